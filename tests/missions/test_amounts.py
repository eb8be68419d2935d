"""An amount belongs to the name in its own clause; what cannot be told for certain is not taken, and never lost."""

import re
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.missions.test_saying import BY_PATH, SLOTS

from publius.missions.saying import Said, amounts, numbers, said


def taken(text: str, *asked: str, subject: str = "parents") -> Said:
    return said(text, SLOTS, [BY_PATH[path] for path in asked], subject)


@pytest.mark.parametrize(
    "text",
    [
        "$80,000 AGI, $78,000 wages, $5,000 tax",
        "AGI $80,000, wages $78,000 and tax $5,000",
        "80,000 of income, they earned 78,000 and 5,000 was paid in tax",
        "their AGI was 80,000 in 2024, wages 78,000 in 2024, tax 5,000",
        "80,000 de ingreso bruto, 78,000 ganaron y pagaron 5,000 de impuestos",
        "ingreso bruto 80,000 y ganaron 78,000 e impuestos de 5,000",
    ],
)
def test_an_amount_is_of_the_name_in_its_own_clause_on_either_side(text: str) -> None:
    agi, earned, tax = "parents.0.agi", "parents.0.earned", "parents.0.tax"
    assert taken(text).values == {agi: 80_000, earned: 78_000, tax: 5_000}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("AGI and wages 30,000 and 28,000", ("30,000", "28,000")),
        ("30,000 and 28,000 AGI and wages", ("30,000", "28,000")),
        ("AGI wages 30,000", ("30,000",)),
        ("ingreso bruto y ganaron 30,000 y 28,000", ("30,000", "28,000")),
        ("AGI 80.000", ("80.000",)),  # a thousand in Spain, a decimal in the United States
        ("AGI 30,000. AGI 40,000", ("30,000", "40,000")),
    ],
)
def test_an_amount_that_could_be_two_things_is_not_taken_but_told(text: str, left: tuple[str, ...]) -> None:
    heard = taken(text)
    assert not heard.values and heard.unplaced == left


@pytest.mark.parametrize(
    "amount",
    [
        "under 60,000", "less than $60,000", "about 60k", "at least 60,000", "up to sixty thousand", "60,000 or so",
        "60,000+", "~$60,000", "between 50,000 and 60,000", "50,000 to 60,000", "$50-60k", "nearly 60,000 dollars",
        "menos de 60.000", "unos 60.000", "como 60.000", "al menos 60.000", "entre 50.000 y 60.000", "60.000 o menos",
        "de 50.000 a 60.000", "alrededor de 60 mil", "hasta 60.000 dólares", "casi 60.000",
    ],
)  # fmt: skip
@pytest.mark.parametrize("sentence", ["the AGI of my parents is {}", "mis padres tienen un ingreso bruto de {}"])
def test_a_bound_a_guess_or_a_range_is_no_amount_and_is_asked_back(amount: str, sentence: str) -> None:
    heard = taken(sentence.format(amount))
    assert not heard.values and heard.named == ("parents.0.agi",)
    assert len(heard.unplaced) == 1 and amount.removesuffix(" dollars").removesuffix(" dólares") in heard.unplaced[0]
    assert not taken(amount, "parents.0.agi").values


def test_a_count_that_is_a_guess_is_asked_back() -> None:
    for text in ("family of about 4", "a family of at least 4", "familia de 4 o 5", "we are a family of 4-5"):
        assert taken(text).values == {} and taken(text).named == ("family",), text
    assert taken("what about a family of 4 and AGI 60,000?").values == {"family": 4, "parents.0.agi": 60_000}


def test_a_year_is_an_amount_only_where_it_is_written_as_money() -> None:
    heard = taken("my parents' AGI 2024 and wages 60,000")
    assert heard.values == {"parents.0.earned": 60_000} and heard.named == ("parents.0.agi",)
    assert heard.unplaced == ("2024",) == taken("2024", "parents.0.agi").unplaced
    for text in ("AGI $2,024", "AGI 2,024", "AGI 2024 dollars", "AGI $2024"):
        assert taken(text).values == {"parents.0.agi": 2024}
    assert taken("AGI 2000").values == {"parents.0.agi": 2000}
    assert taken("AGI 2024 60,000, wages for 2024: 55,000").values["parents.0.agi"] == 60_000


def test_a_point_between_thousands_is_read_where_the_language_is_plain() -> None:
    assert taken("mis padres ganaron 80.000 y pagaron impuestos de 5.000").values == {
        "parents.0.earned": 80_000,
        "parents.0.tax": 5_000,
    }


@pytest.mark.parametrize(
    "text",
    [
        "My mother earned 20,000 and paid tax of 500. My father earned 30,000 and his tax was 900.",
        "my mother: wages 20,000; my father: tax 900",
        "my parents each earned 20,000",
        "mi madre: ganaron 20,000. Mis padres: impuestos 500",
        "parents AGI 20,000, tax 500. parents AGI 30,000, tax 900",
    ],
)
def test_of_two_people_where_one_can_be_told_of_none_is_taken(text: str) -> None:
    heard = taken(text, subject="")
    assert not heard.values and heard.several == {"parents"}
    assert Counter(heard.unplaced) == Counter(amounts(text))


def test_what_a_number_is_called_is_taken_and_what_it_may_be_is_asked_for() -> None:
    assert taken("pass half-time").values == taken("voy medio tiempo").values == {"hours": 50}
    for text in ("I go part-time", "less than half-time", "voy a tiempo parcial", "how many hours, I wonder"):
        assert taken(text).values == {} and taken(text).named == ("hours",)
    assert taken("part-time, 7 hours").values == {"hours": 7} and not taken("part-time, 7 hours").named


@pytest.mark.parametrize(
    "text",
    ["I am single", "single, family of 1", "I am single, no kids", "soy soltero", "I'm not married", "unmarried"],
)
def test_what_says_no_in_a_word_of_its_own_is_no(text: str) -> None:
    assert taken(text).values["married"] is False


def test_a_list_without_commas_is_a_list() -> None:
    expected = {"award_year": "2026-27", "dependent": True, "family": 4}
    assert taken("2026-27 dependent family of 4").values == taken("2026-27 dependiente familia de 4").values == expected


SPOKEN = """my parents mother father I wife they each agi tax earned income is and y , . ; : $5,000 20,000 80.000 900
2024 7 hours half-time 2026-27 yes no married single family of 4 ? 90k Ohio if in between about under to
padres impuestos $1.50"""


USED = re.compile(r" (?:\d (?:married|single)|(?:mother|father|parents|padres|they) \d) ")  # `4 married`, `parent 1`


@settings(max_examples=300, deadline=None)
@example(["y", "80.000", "family"])
@given(st.lists(st.sampled_from(SPOKEN.split()), max_size=25))
def test_whatever_is_said_every_number_is_an_input_or_told(words: list[str]) -> None:
    text = " ".join(words)
    heard = said(text, SLOTS)
    values = list(heard.values.values())
    left = list(heard.unplaced)
    for written, number in numbers(text):
        if written in left:
            left.remove(written)
        elif not number.year and not USED.search(f" {text} "):
            assert number.value in values and not number.vague, (text, written)
