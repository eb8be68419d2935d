"""What a person says becomes values, in either language and any order; what was not said becomes none."""

from typing import Annotated, Any, Literal, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publius.kit import Ask, AwardYear, Derivation, Money, Result, State, Whole, YesNo, tool
from publius.missions import mentions
from publius.missions.saying import said
from publius.missions.slots import slots_of


class Return(NamedTuple):
    """A tax return."""

    agi: Annotated[Money, Ask("Adjusted gross income", es="Ingreso bruto", words=("agi", "income", "ingreso bruto"))]
    earned: Annotated[Money, Ask("Earned", es="Ganado", words=("earned", "wages", "ganaron", "gané"))]
    tax: Annotated[Money, Ask("Income tax", es="Impuesto", words=("income tax", "tax", "impuestos"))]


@tool(title="Everything", asks=("everything",))
def everything(
    award_year: Annotated[AwardYear, Ask("For which award year?", words=("award year", "año académico"))],
    dependent: Annotated[YesNo, Ask("Are you a dependent student?", words=("dependent", "dependiente"))],
    family: Annotated[
        Whole,
        Ask(
            "How many people are in the family?",
            es="¿Cuántas personas hay?",
            words=("family size", "family of", "familia de"),
        ),
    ],
    parents: Annotated[
        list[Return], Ask("What did your parents earn?", words=("parents|padres", "mother|madre", "father"))
    ] = [],  # noqa: B006
    student: Annotated[list[Return], Ask("What did you earn?", words=("student", "my own", "myself", "yo"))] = [],  # noqa: B006
    married: Annotated[
        YesNo, Ask("Are you married?", words=("married", "casado", "casada"), no=("single", "soltero"))
    ] = False,
    parents_married: Annotated[YesNo, Ask("Are they?", words=("parents are married", "padres están casados"))] = False,
    children: Annotated[YesNo, Ask("Do you have children?", words=("child", "children", "kids", "hijos"))] = False,
    state: Annotated[State | None, Ask("In which state?", words=("live in", "vivo en"))] = None,
    born: Annotated[Whole | None, Ask("In which year were you born?", words=("born in", "nací en"))] = None,
    savings: Annotated[
        Money, Ask("What have you saved?", words=("my savings", "i have in the bank", "mis ahorros"))
    ] = 0,
    hours: Annotated[
        Whole,
        Ask(
            "How much?",
            words=("hours",),
            called={50: ("half-time", "medio tiempo"), 0: ("part-time", "less than half-time", "tiempo parcial")},
        ),
    ] = 100,
    filed: Annotated[
        Literal["joint", "separate"],
        Ask(
            "How was it filed?",
            words=("filed",),
            choices={"joint": ("Filing jointly", "Juntos"), "separate": ("Filing separately", "Por separado")},
        ),
    ] = "joint",
) -> Result[int]:
    """Nothing.

    Of no law.
    """
    return Result(0, Derivation())


SLOTS = slots_of(everything)
BY_PATH = {slot.path: slot for slot in SLOTS}


def heard(text: str, *asked: str, subject: str = "") -> dict[str, Any]:
    return said(text, SLOTS, [BY_PATH[path] for path in asked], subject).values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "I'm a dependent student, family of 4, 2026-27. My parents' AGI is $90,000, they earned $88,000 and paid "
            "$6,000 in income tax.",
            {
                "award_year": "2026-27", "dependent": True, "family": 4,
                "parents.0.agi": 90_000, "parents.0.earned": 88_000, "parents.0.tax": 6_000,
            },
        ),
        (
            "i am dependnet, 4 people in the family, award year 2026-2027, parents AGI 90000 tax 6,000, wages 90k",
            {
                "award_year": "2026-27", "dependent": True, "family": 4,
                "parents.0.agi": 90_000, "parents.0.earned": 90_000, "parents.0.tax": 6_000,
            },
        ),
        (
            "Soy estudiante dependiente, familia de cinco. Mis padres tienen un ingreso bruto de $45,000 y pagaron "
            "impuestos de $1,200. Ganaron 45,000",
            {
                "dependent": True, "family": 5,
                "parents.0.agi": 45_000, "parents.0.earned": 45_000, "parents.0.tax": 1_200,
            },
        ),
        (
            "I am independent and married. We live in Ohio. I earned twenty thousand dollars, my AGI is $20,500.",
            {"dependent": False, "married": True, "state": "OH", "student.0.earned": 20_000, "student.0.agi": 20_500},
        ),
        (
            "I am not married. my parents are married. I have 500 in the bank",
            {"married": False, "parents_married": True, "savings": 500},
        ),
        ("My parents earned 50,000. They are married.", {"parents.0.earned": 50_000, "parents_married": True}),
        ("dependent, 2026-27, family of 4", {"dependent": True, "award_year": "2026-27", "family": 4}),
        ("independent, not married, with 500 in my savings", {"dependent": False, "married": False, "savings": 500}),
        ("Soy independiente y no estoy casado", {"dependent": False, "married": False}),
        ("Soy dependiente, ¿cuánto me darían?", {"dependent": True}),
        ("my father: wages $4,000, agi $5,000, tax $60", {
            "parents.0.earned": 4_000, "parents.0.agi": 5_000, "parents.0.tax": 60,
        }),
        ("My mother filed separately", {"filed": "separate"}),
        ("I have two kids and was born in 2001", {"children": True, "born": 2001}),
        ("I live in Portland, OR and my AGI was -$3,000", {"state": "OR", "student.0.agi": -3_000}),
        ("vivo en Carolina del Norte", {"state": "NC"}),
        ("they filed separately", {"filed": "separate"}),
        ("no, 5 people", {"family": 5}),
        ("My mother earned 30,000. Her tax was 1,000.", {"parents.0.earned": 30_000, "parents.0.tax": 1_000}),
    ],
)  # fmt: skip
def test_a_statement_is_understood(text: str, values: dict[str, Any]) -> None:
    assert heard(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "Does it matter if I am married? Am I dependent?",
        "What happens if I have children?",
        "my parents make 50k",
        "four of us are on 50k",
        "My brother is married and my sister has kids",
        "next year",
        "single, married, or divorced?",
        "they never filed separately",
        "the usual tax",
        "I earn 1.234",
        "We filled in line 11 of form 1040 in 3 of 4 years",
    ],
)
def test_what_is_not_said_has_no_value(text: str) -> None:
    assert heard(text) == {}


@pytest.mark.parametrize(
    ("text", "asked", "values"),
    [
        ("2026-27, yes, 4", ("award_year", "dependent", "family"),
         {"award_year": "2026-27", "dependent": True, "family": 4}),
        ("1. 2026-27\n2. no\n3. four", ("award_year", "dependent", "family"),
         {"award_year": "2026-27", "dependent": False, "family": 4}),
        ("3) 4", ("award_year", "dependent", "family"), {"family": 4}),
        ("4", ("award_year", "dependent", "family"), {"family": 4}),
        ("$32,719", ("parents.0.agi",), {"parents.0.agi": 32_719}),
        ("90,000, 88,000 and 6,000", ("parents.0.agi", "parents.0.earned", "parents.0.tax"),
         {"parents.0.agi": 90_000, "parents.0.earned": 88_000, "parents.0.tax": 6_000}),
        ("none", ("parents.0.tax",), {"parents.0.tax": 0}),
        ("sí", ("dependent",), {"dependent": True}),
        ("No, I'm not", ("dependent",), {"dependent": False}),
        ("una", ("family",), {"family": 1}),
        ("OH", ("state",), {"state": "OH"}),
        ("in ohio", ("state",), {"state": "OH"}),
    ],
)  # fmt: skip
def test_a_bare_answer_fills_what_was_asked_for(text: str, asked: tuple[str, ...], values: dict[str, Any]) -> None:
    assert heard(text, *asked) == values


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("90,000", ("parents.0.agi", "parents.0.earned", "parents.0.tax")),  # which of them?
        ("yes", ("dependent", "married")),
        ("next year", ("award_year",)),
        ("2026", ("award_year",)),
        ("i don't know", ("parents.0.tax",)),
        ("about 3 or 4", ("family",)),
    ],
)
def test_an_answer_that_could_be_several_things_is_none(text: str, asked: tuple[str, ...]) -> None:
    assert heard(text, *asked) == {}


def test_an_amount_without_a_name_is_told_apart() -> None:
    assert said("My uncle gives me $500", SLOTS).unplaced == ("$500",)
    assert said("They make 50k", SLOTS).unplaced == ("50k",)
    assert said("We have 2 cars since 2019", SLOTS).unplaced == ("2 cars",)
    assert said("I have 2 kids, and 1 of us is 19", SLOTS).unplaced == ("1", "19")


def test_amounts_are_the_persons_of_whom_is_spoken() -> None:
    both = heard("My parents' AGI is $90,000. I earned $3,000 and my tax was $100.")
    assert both == {"parents.0.agi": 90_000, "student.0.earned": 3_000, "student.0.tax": 100}
    assert heard("AGI $90,000", subject="parents") == {"parents.0.agi": 90_000}
    assert heard("AGI $90,000") == {}


WORDS = "my parents agi tax earned is and , . $5,000 7 2026-27 yes no I am married family of 4 ? 90k live in Ohio if"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS.split()), max_size=25))
def test_whatever_is_said_no_value_is_made_up(words: list[str]) -> None:
    text = " ".join(words)
    held = {mention.value for mention in mentions.read(text)}
    for path, value in heard(text).items():
        assert value in held or BY_PATH[path].kind.value in ("yes_no", "choice"), (text, path, value)


BOTH = ("award_year", "dependent", "married")


@pytest.mark.parametrize("text", ["yes", "Sí.", "no", "yes please", "nope"])
def test_a_yes_that_could_answer_several_questions_answers_none_and_names_them(text: str) -> None:
    told = said(text, SLOTS, [BY_PATH[path] for path in BOTH])
    assert told.values == {} and told.doubtful == ("dependent", "married")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2. yes", {"dependent": True}),
        ("2) no, 3) yes", {"dependent": False, "married": True}),
        ("1. 2026-27 2. no 3. yes", {"award_year": "2026-27", "dependent": False, "married": True}),
        ("yes, I am married", {"married": True}),
        ("2026-27, no, yes", {"award_year": "2026-27", "dependent": False, "married": True}),
    ],
)
def test_a_yes_with_its_question_is_taken(text: str, values: dict[str, Any]) -> None:
    told = said(text, SLOTS, [BY_PATH[path] for path in BOTH])
    assert told.values == values and not told.alone


@pytest.mark.parametrize("text", ["yes", "sí", "no"])
def test_a_yes_that_only_one_question_can_take_is_taken_and_said(text: str) -> None:
    told = said(text, SLOTS, [BY_PATH[path] for path in ("award_year", "dependent", "family")])
    assert told.values == {"dependent": text != "no"} and told.alone == "dependent"
    assert not said(text, SLOTS, [BY_PATH["dependent"]]).alone


@pytest.mark.parametrize("text", ["not sure", "no sé", "no lo sé", "no idea", "no tengo idea", "no estoy seguro"])
def test_who_does_not_know_has_not_said_no(text: str) -> None:
    assert heard(text, "dependent") == {}
