"""What a result counts that nobody said is said under it, where it may decide."""

import pytest
from tests.missions.student_aid.asking import computed

from publius_missions.student_aid import tools


def test_what_decides_and_was_not_said_is_said():
    """A single parent's return may make the grant larger; of income nobody speaks who gives an index alone."""
    mother = {"adjusted_gross_income": 55_000, "income_earned": 55_000, "income_tax": 3_500}
    family = {"award_year": "2026-27", "dependent": True, "family_size": 3, "parents": [mother]}
    assert "head of household" in computed(tools.student_aid_index, **family).told("en")
    family["parents"] = [mother | {"filing_status": "head_of_household"}]
    alone = computed(tools.student_aid_index, **family)
    assert alone.value.pell == 7_395 and "head of household" not in alone.told("en")
    none = computed(tools.pell_grant, award_year="2026-27", student_aid_index=8_000)
    assert none.value == 0 and "does not apply" not in none.told("en")
    assert "The smallest Pell Grant by income and family size, $740, is not counted" in none.told("en")
    assert computed(tools.pell_grant, award_year="2026-27", student_aid_index=8_000, minimum_pell=True).value == 740
    for index in (-5, 3_000, 6_655, 14_790):
        told = computed(tools.pell_grant, award_year="2026-27", student_aid_index=index).told("en")
        assert "by income" not in told and "not counted" not in told


FILED = "parents.0.filing_status"
MOTHER = {"adjusted_gross_income": 52_000, "income_earned": 52_000, "income_tax": 3_000}


def of(size=3, income=52_000, dependent=True, **more):
    """A family of one parent, or of a student who is one, as a conversation knows it."""
    one = MOTHER | {"adjusted_gross_income": income, "income_earned": income}
    known = {"award_year": "2026-27", "dependent": dependent, "family_size": size} | more
    return known | ({"parents": [one]} if dependent else {"student": [one], "student_married": False})


def test_the_filing_status_is_asked_for_only_where_it_decides():
    """225 % of the guideline for 3 people is $58,095: up to there it decides, where the index alone gives less."""
    ask = tools.student_aid_index.undecided
    assert ask(of()) == (FILED,)
    assert ask(of(income=45_000)) == ()
    assert ask(of(income=58_095)) == (FILED,) and ask(of(income=58_096)) == ()
    assert ask(of(parents_married=True)) == ()
    assert ask(of(size=2, dependent=False)) == ()  # the index of so low an income gives the maximum by itself
    assert ask({"award_year": "2026-27", "dependent": True, "family_size": 3}) == ()


@pytest.mark.parametrize(("filed", "asked"), [
    ("joint", ()), ("head_of_household", ()), ("surviving_spouse", ()),
    ("single", ("parents.0.earned_income_credit",)), ("separate", ("parents.0.earned_income_credit",)),
])  # fmt: skip
def test_who_filed_otherwise_is_asked_for_the_credit_that_also_makes_a_single_parent(filed, asked):
    family = of()
    family["parents"][0]["filing_status"] = filed
    assert tools.student_aid_index.undecided(family) == asked
    family["parents"][0]["earned_income_credit"] = True
    assert tools.student_aid_index.undecided(family) == ()


def test_the_minimum_by_income_is_asked_for_only_where_the_index_leaves_it_open():
    ask = tools.pell_grant.undecided
    known = {"award_year": "2026-27"}
    for index, asked in ((6_655, ()), (6_656, ("minimum_pell",)), (14_789, ("minimum_pell",)), (14_790, ())):
        assert ask(known | {"student_aid_index": index}) == asked
    assert ask({"award_year": "2025-26", "student_aid_index": 20_000}) == ("minimum_pell",)  # no such limit yet
    assert ask(known) == () and ask(known | {"student_aid_index": 9_000, "bachelors_degree": True}) == ()
