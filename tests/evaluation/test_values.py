"""The evaluation's own reader of numbers and dates, which verification has no part in."""

import pytest

from publius.evaluation.values import holds, numbers


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("within forty-five days", "45"),
        ("two hundred thousand dollars", "200,000"),
        ("one hundred and twelve", "112"),
        ("treinta y dos días", "32"),
        ("el 13 de octubre de 2010", "October 13, 2010"),
        ("as of 2023-04-14", "April 14, 2023"),
        ("on March 5, 1979", "March 1979"),
        ("10 million people", "10 million"),
        ("$7,395 a year", "7395"),
        ("control AC-11 asks", "AC-11"),
        ("call 1-888-767-6738", "1-888-767-6738"),
        ("at 7:40 a.m.", "7:40"),
    ],
)
def test_a_figure_is_found_by_its_value(text, figure):
    assert holds(text, figure)


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("within forty days and five nights", "45"),
        ("two and three", "5"),
        ("4.5 percent", "45"),
        ("October 14, 2010", "October 13, 2010"),
        ("control AC-112", "AC-11"),
        ("1,450 pages", "450"),
    ],
)
def test_another_value_is_not_taken_for_it(text, figure):
    assert not holds(text, figure)


def test_numbers_in_words_and_digits_are_all_seen():
    assert numbers("Six of 1,200 schools, or one hundred and one, waited 2.5 years.") == {6, 1200, 101, 2.5}
