"""An amount belongs to the name in its own clause; what cannot be told for certain is not taken, and never lost."""

from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.missions.test_saying import BY_PATH, SLOTS

from publius.missions.saying import Said, amounts, said, sums


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
2024 7 hours half-time 2026-27 yes no married single family of 4 ? 90k Ohio if in between padres impuestos $1.50"""


@settings(max_examples=300, deadline=None)
@example(["y", "80.000", "family"])
@given(st.lists(st.sampled_from(SPOKEN.split()), max_size=25))
def test_whatever_is_said_every_amount_is_an_input_or_told(words: list[str]) -> None:
    text = " ".join(words)
    heard = said(text, SLOTS)
    values = list(heard.values.values())
    left = list(heard.unplaced)
    for written, amount in sums(text):
        if written in left:
            left.remove(written)
        else:
            assert amount.value in values, (text, written)
