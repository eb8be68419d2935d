"""What a result counts that nobody said is said under it, where it may decide."""

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
    assert none.value == 0 and "It assumes no maximum or minimum Pell Grant by income" in none.told("en")
    assert computed(tools.pell_grant, award_year="2026-27", student_aid_index=8_000, minimum_pell=True).value == 740
    assert "by income" not in computed(tools.pell_grant, award_year="2026-27", student_aid_index=-5).told("en")
