"""Who is dependent: an age counts where it decides, and nothing is asked once the answer is known."""

import pytest
from tests.missions.student_aid.asking import computed, refused

from publius_missions.student_aid import tools
from publius_missions.student_aid.dependency import QUESTIONS


def answers(**given):
    return dict.fromkeys([each.name for each in QUESTIONS[1:]], False) | given


def asked_next(**given):
    return [one.name for one in tools.am_i_dependent.missing(given)]


@pytest.mark.parametrize("ground", ["veteran_or_active_duty", "married", "legal_dependents", "graduate"])
def test_a_ground_that_was_said_ends_the_asking_whatever_is_open_before_it(ground):
    assert asked_next(**{ground: True}) == []
    told = computed(tools.am_i_dependent, **{ground: True})
    assert told.value.ground == ground and [line.amount for line in told.derivation.lines] == [1]
    assert "every award year from 2024-25 to 2026-27" in told.told() and "todos los años" in told.told("es")


def test_what_a_college_has_to_confirm_counts_only_when_nothing_better_is_open():
    assert asked_next(award_year="2026-27", unusual_circumstances=True) == ["birth_year"]
    told = computed(tools.am_i_dependent, **answers(award_year="2026-27", birth_year=2006, unusual_circumstances=True))
    assert told.value.provisional


@pytest.mark.parametrize(
    ("given", "following"),
    [
        ({"age": 25, "award_year": "2026-27"}, []),  # born in 2000 or 2001
        ({"age": 24, "award_year": "2026-27"}, []),  # in 2001 or 2002
        ({"age": 23, "award_year": "2026-27"}, ["birth_year"]),  # in 2002 or 2003: before January 1, 2003 or not
        ({"age": 22, "award_year": "2026-27"}, ["orphan_foster_or_ward"]),
        ({"age": 26}, []),  # old enough for every award year that there is
        ({"age": 25}, ["award_year"]),
        ({"age": 19}, ["award_year", "orphan_foster_or_ward"]),
        ({}, ["award_year", "birth_year"]),
        ({"birth_year": 1990}, []),
        ({"age": 23, "award_year": "2026-27", "birth_year": 2002}, []),
    ],
)
def test_an_age_decides_where_both_years_of_birth_say_the_same(given, following):
    given = given | ({"age_year": 2026} if "age" in given else {})
    assert asked_next(**given) == following
    if not following:
        assert not computed(tools.am_i_dependent, **given).value.dependent
    assert asked_next(age=25, award_year="2026-27") == ["age_year"]


def test_an_age_and_a_year_of_birth_that_cannot_both_be_are_said():
    problem = refused(tools.am_i_dependent, award_year="2026-27", age=23, age_year=2026, birth_year=1990)
    assert list(problem.problems) == ["birth_year"] and "2002 or 2003" in str(problem)
