"""Figures are compared by value and kind: what is the same must be seen, what is not must never pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publius.verification.figures import missing, read

SAME = [
    ("It costs $7,395.", "The amount is 7395."),
    ("1.5 million people", "1,500,000 people"),
    ("$1.5 million", "$1,500,000"),
    ("$1.5M was paid", "1.5 million dollars"),
    ("within 45 days", "not more than forty-five days"),
    ("45 days", "forty-five (45) calendar days"),
    ("on October 13, 2010", "on 2010-10-13"),
    ("el 13 de octubre de 2010", "October 13, 2010"),
    ("13 October 2010", "Oct. 13, 2010"),
    ("10/13/2010", "October 13, 2010"),
    ("in October 2010", "on October 13, 2010"),
    ("in 2010", "on October 13, 2010"),
    ("12 %", "twelve percent"),
    ("12 percent", "12%"),
    ("12 por ciento", "12%"),
    ("the 2026-27 award year", "award year 2026–2027"),
    ("20 USC 1087tt", "20 U.S.C. 1087tt"),
    ("20 U.S.C. § 1087tt", "20 U.S.C. 1087tt"),
    ("section 1070a", "§ 1070a"),
    ("Call 1-800-433-3243", "(800) 433-3243"),
    ("5 p.m.", "17:00"),
    ("at noon", "12:00 p.m."),
    ("the 3rd time", "the third time"),
    ("$20,000 to $30,000", "between $20,000 and $30,000"),
    ("30 to 45 days", "30 days or 45 days"),
    ("an SAI of -1500", "an SAI of −1,500"),
    ("1.500,50 dólares", "$1,500.50"),
    ("1.500 estudiantes en las escuelas", "1,500 estudiantes"),
    ("treinta y cinco días", "35 days"),
    ("mil quinientos millones de dólares", "$1,500,000,000"),
    ("two-thirds of the members", "2/3 of the members"),
    ("120 payments", "120 monthly payments"),
    ("one year", "a year"),
    ("TLS 1.3", "TLS 1.3"),
    ("SP 800-63B", "SP 800-63B"),
    ("control AC-2(1)", "AC-2(1)"),
    ("five-year period", "5 years"),
    ("a dozen eggs", "twelve eggs"),
    ("two hundred and fifty thousand dollars", "$250,000"),
    ("https://www.studentaid.gov/", "studentaid.gov"),
]

DIFFERENT = [
    ("$7,395", "$7,359"),
    ("45 days", "45 dollars"),
    ("45 days", "45 percent"),
    ("45 days", "45 months"),
    ("45 days", "section 45"),
    ("45 days", "45 students"),
    ("12%", "$12"),
    ("12 percent", "12 percentage points"),
    ("12%", "12 students"),
    ("1.5 million people", "1.5 billion people"),
    ("1.5 million people", "1.5 people"),
    ("$1.5 million", "$1.5"),
    ("October 13, 2010", "October 12, 2010"),
    ("October 13, 2010", "October 2010"),
    ("October 13, 2010", "November 13, 2010"),
    ("in 2010", "in 2011"),
    ("the 2026-27 award year", "the 2025-26 award year"),
    ("the 2026-27 award year", "in 2026"),
    ("20 U.S.C. 1087tt", "20 U.S.C. 1087uu"),
    ("20 U.S.C. 1087", "22 U.S.C. 1087"),
    ("section 1070a", "section 1070b"),
    ("AC-2(1)", "AC-2(2)"),
    ("1-800-433-3243", "1-800-433-3244"),
    ("5 p.m.", "5 a.m."),
    ("the third time", "the fourth time"),
    ("three times", "the third time"),
    ("30 to 45 days", "45 days"),
    ("an SAI of -1500", "an SAI of 1500"),
    ("1.500,50 dólares", "$1.50"),
    ("treinta y cinco días", "30 days"),
    ("12 million students", "12 million borrowers"),
    ("two-thirds of the members", "one-third of the members"),
    ("half of the members", "all members"),
    ("one application", "two applications"),
    ("2 years", "(2) a year of study"),
    ("€500", "$500"),
    ("fifty cents", "fifty dollars"),
    ("TLS 1.3", "TLS 1.2"),
    ("SP 800-63B", "SP 800-63A"),
    ("five agencies", "five days"),
    ("10 days", "10 business days"),
    ("3 hours", "3 credit hours"),
    ("gsa.gov/pay", "gsa.gov"),
]


@pytest.mark.parametrize(("sentence", "source"), SAME)
def test_the_same_figure_is_seen_however_it_is_written(sentence: str, source: str) -> None:
    assert not missing(sentence, read(source))


@pytest.mark.parametrize(("sentence", "source"), DIFFERENT)
def test_a_different_figure_never_stands(sentence: str, source: str) -> None:
    assert missing(sentence, read(source))


@pytest.mark.parametrize(
    "text", ["one of the schools", "no one", "each other", "(2) the school", "At first, it was so."]
)
def test_words_that_count_nothing_need_no_source(text: str) -> None:
    assert not missing(text, ())


SCRAPS = (
    "one hundred and five half 1/0 99/99/2020 32 de enero 2010-13-45 mil millones $ % 1,2,3 1.2.3,4 § (a) 25:61 1-800-"
)


@given(st.text(max_size=60) | st.lists(st.sampled_from(SCRAPS.split()), max_size=12).map(" ".join))
def test_any_text_can_be_read_and_holds_its_own_figures(text: str) -> None:
    assert not missing(text, read(text))
    assert all(text[figure.start : figure.end].strip() for figure in read(text))


def test_once_is_eleven_in_spanish_alone() -> None:
    assert not [figure for figure in read("Once the school has decided, it tells the student.") if not figure.weak]
    assert [figure.value for figure in read("La beca dura once semestres y no más.")] == [11]
