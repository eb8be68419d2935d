"""The promise: what was not said is asked for, what was said and is not used is told, and nobody is mixed up."""

import re
from pathlib import Path

import pytest
from tests.missions.test_desk import Conversation, filled

import publius_missions.student_aid
from publius.kit import Tool
from publius.missions.loading import tools_of
from publius.missions.pack import Pack, read_pack
from publius.missions.saying import amounts
from publius.types import Reply


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(Path(publius_missions.student_aid.__file__).parent, "publius_missions.student_aid")


@pytest.fixture(scope="module")
def tools(pack: Pack) -> list[Tool]:
    return list(tools_of(pack))


@pytest.fixture
def talk(pack: Pack, tools: list[Tool], home: Path) -> Conversation:
    return Conversation(pack, tools, home)


async def replied(talk: Conversation, *turns: str) -> Reply:
    for text in turns:
        evidence = await talk.say(text)
    assert evidence.reply is not None
    return evidence.reply


FAMILY = "What is my SAI for 2026-27? I am dependent, family of 4."


@pytest.mark.parametrize(
    "turns",
    [
        (f"{FAMILY} $80,000 AGI, $78,000 wages, $5,000 tax",),
        (FAMILY, "80,000 de ingreso bruto ajustado, 78,000 de sueldo y pagaron 5,000 de impuestos"),
        ("SAI 2026-27 dependent family of 4", "80,000 AGI, 78,000 wages and 5,000 tax"),
    ],
)
async def test_amounts_before_their_names_are_confirmed_as_they_were_meant(
    talk: Conversation, turns: tuple[str, ...]
) -> None:
    reply = await replied(talk, *turns)
    assert reply.kind == "confirm"
    figures = {"adjusted_gross_income": 80_000, "income_earned": 78_000, "income_tax": 5_000}
    assert all(filled(reply.link)[f"parents.0.{name}"] == str(value) for name, value in figures.items())


async def test_all_that_one_says_of_oneself_is_taken_before_one_is_asked(talk: Conversation) -> None:
    text = "independent, not married, 2026-27, family size 1, AGI 30,000, wages 30,000, tax 500, what is my SAI"
    reply = await replied(talk, text)
    form = filled(reply.link)
    assert reply.kind == "confirm" and form["student.0.income_tax"] == "500" and form["student_married"] == "no"


@pytest.mark.parametrize(
    "turns",
    [
        (
            "What is my SAI for 2026-27? I am independent, married, family of 2. I filed separately with AGI 70,470, "
            "earned 70,000, tax 5,000; my wife filed separately, AGI 10,005, earned 10,000, tax 100",
        ),
        (FAMILY, "My dad's AGI is 50,000, wages 50,000, tax 3,000. My mom's AGI is 20,000, wages 20,000, tax 500."),
        (FAMILY, "Mi papá ganó 40,000 y mi mamá ganó 20,000"),
        (FAMILY, "My father's AGI is 50,000, wages 50,000, tax 3,000.", "My mother's AGI is 20,000"),
        ("Compare my offers: college A tuition 30000, grants 15000, College B tuition 20000, grants 2000",),
        ("Compare my offers: college A tuition 30000 grants 15000", "College B tuition 20000, grants 2000"),
        ("Compare my offers: Ohio State costs 30,000 tuition, Michigan gives grants of 15,000",),
        ("Compare my offers. Harvard: tuition 80,000, grants 60,000", "MIT: housing 20,000, loans 5,000"),
        ("compare my offers: albany college tuition 30000, the university of maine grants 5000",),
        ("compare my offers: harvard gives grants 5000 and yale costs tuition 60000",),
        ("Compare: College 1 tuition 30,000 grants 5,000; College 2 loans 4,000",),
        ("Comparar ofertas: la Universidad de Miami cobra matrícula 30,000; Cornell ofrece becas 15,000",),
        ("Comparar mis ofertas: universidad A matrícula 30000 becas 15000; universidad B matrícula 20000 becas 2000",),
    ],
)
async def test_a_second_person_or_offer_never_overwrites_the_first(talk: Conversation, turns: tuple[str, ...]) -> None:
    reply = await replied(talk, *turns)
    assert reply.kind == "ask" and re.search("more than one|más de uno", reply.text), reply.text
    assert not any(".0." in path for path in filled(reply.link)) and "/missions/student_aid/tools/" in reply.link
    told = reply.text.replace(",", "")
    assert all(amount.replace(",", "") in told for amount in amounts(turns[-1]))


@pytest.mark.parametrize(
    "turns",
    [
        ("compare my offer from Ohio State: tuition 30,000, grants 20,000, loans 5,000",),
        ("compare my college offer: tuition 30,000", "the college offers grants of 20,000, Federal loans 5,000"),
        (
            "Compare: Ohio State tuition 30,000",
            "Ohio State University gives grants 20,000, the college lends loans 5,000",
        ),
    ],
)
async def test_one_offer_is_one_by_whatever_it_is_called(talk: Conversation, turns: tuple[str, ...]) -> None:
    reply = await replied(talk, *turns)
    assert reply.kind == "confirm"
    assert all(figure in reply.text for figure in ("fees: $30,000", "in all: $20,000", "you: $5,000"))


@pytest.mark.parametrize(
    ("text", "told", "asked"),
    [
        (
            "AGI about 80,000, wages 78,000, tax under 5,000",
            ("“about 80,000”", "“under 5,000”"),
            ("gross_income", "tax"),
        ),
        ("AGI 80,000, wages 78,000, tax 5,000, child support less than 3,000", ("“less than 3,000”",), ("support",)),
        ("AGI 2024, wages 78,000, tax 5,000", ("2024, which I read as a year", "$2,024"), ("gross_income",)),
        (
            "ingreso bruto ajustado de unos 80.000, sueldo 78,000, impuestos 50",
            ("«de unos 80.000»",),
            ("gross_income",),
        ),
    ],
)
async def test_what_can_be_several_amounts_is_asked_back_with_its_reason(
    talk: Conversation, text: str, told: tuple[str, ...], asked: tuple[str, ...]
) -> None:
    reply = await replied(talk, FAMILY, text)
    assert reply.kind == "ask" and len(reply.asks) == len(asked)
    assert all(path.endswith(name) for path, name in zip(reply.asks, asked, strict=True))
    assert all(each in reply.text for each in told)


async def test_an_answer_that_is_a_guess_is_asked_for_again_with_its_reason(talk: Conversation) -> None:
    reply = await replied(talk, FAMILY, "somewhere between 50,000 and 60,000")
    assert reply.kind == "ask" and "between 50,000 and 60,000”, which can be more than one figure" in reply.text
    assert "I could not tell" not in reply.text


async def test_a_small_number_that_goes_unused_is_told(talk: Conversation) -> None:
    reply = await replied(talk, FAMILY, "AGI 60,000, wages 60,000, tax 500, filed jointly, 2 in college. I am 19.")
    assert reply.kind == "confirm" and "You also said 2 and 19" in reply.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("How much Pell with SAI 1000 half-time in 2026-27?", "enrolment=50"),
        ("¿Cuánta beca Pell con SAI 1000 y medio tiempo en 2026-27?", "enrolment=50"),
        ("How much Pell would I get in 2026-27 with SAI 1000 and 7 credits?", "credits=7"),
        ("¿Cuánto Pell me darían en 2026-27 con SAI 1000 y 7 créditos?", "credits=7"),
    ],
)
async def test_said_enrolment_is_taken(talk: Conversation, text: str, said: str) -> None:
    reply = await replied(talk, text)
    assert reply.kind == "confirm"
    assert {said, "student_aid_index=1000"} <= {f"{name}={value}" for name, value in filled(reply.link).items()}


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("SAI 1000 part-time in 2026-27, what is my Pell?", "credits"),
        ("Beca Pell 2026-27, SAI 1000, tiempo parcial", "credits"),
        ("How much may I borrow part-time in 2026-27? I am independent, first year.", "enrolment"),
    ],
)
async def test_unsure_enrolment_is_asked_for_and_not_taken_for_full_time(
    talk: Conversation, text: str, asked: str
) -> None:
    reply = await replied(talk, text)
    assert reply.kind == "ask" and reply.asks == (asked,)


@pytest.mark.parametrize(
    "text", ["SAI for 2027-28?", "What would my SAI be in 2027-28?", "¿Cuál sería mi SAI en 2027-28?"]
)
async def test_a_year_without_tables_is_said_before_anything_else(talk: Conversation, text: str) -> None:
    reply = await replied(talk, text)
    first = reply.text.split("\n")[0]
    assert reply.asks[0] == "award_year" and "2027-28" in first and "2026-27" in first


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("What is my SAI for 2024-25? I am independent, not married, family of 4.", "no source was found"),
        ("¿Cuál es mi SAI para 2024-25? Soy independiente, no estoy casado, familia de 4.", "ninguna fuente"),
    ],
)
async def test_a_table_that_is_not_known_is_said_before_any_amount_is_asked_for(
    talk: Conversation, text: str, said: str
) -> None:
    reply = await replied(talk, text)
    assert reply.kind == "ask" and reply.asks == () and said in reply.text.split("\n")[0]
    assert filled(reply.link)["family_size"] == "4"
    changed = await replied(talk, "2026-27")
    assert changed.kind == "ask" and "student.0.adjusted_gross_income" in changed.asks


async def test_who_need_not_file_is_asked_on_although_the_table_is_not_known(talk: Conversation) -> None:
    reply = await replied(
        talk, "SAI for 2024-25? I am independent, not married, family of 4. I was not required to file a return."
    )
    assert "no source was found" not in reply.text and "student.0.adjusted_gross_income" in reply.asks


@pytest.mark.parametrize(
    "turns",
    [
        (f"{FAMILY} My parents earned 50,000, and she has 21,000 in savings",),
        (FAMILY, "AGI 80.000, sueldo 78.000, tax 0"),
        (FAMILY, "AGI and wages 30,000 and 28,000"),
        (f"{FAMILY} What if my uncle gives me $700?",),
        (FAMILY, "AGI 90,000, wages 88,000, tax 6,000. Does my uncle's 700 dollars count?"),
        (FAMILY, "my uncle gives me $700"),
        (FAMILY, "Mis padres: ingresos 40,000, sueldo 40,000, impuestos 900 y mi tío me da 700 dólares"),
    ],
)
async def test_every_amount_is_an_input_or_is_told_as_not_used(talk: Conversation, turns: tuple[str, ...]) -> None:
    reply = await replied(talk, *turns)
    written = reply.text.replace(",", "")
    assert all(amount.replace(",", "").strip("$") in written for amount in amounts(turns[-1])), reply.text
