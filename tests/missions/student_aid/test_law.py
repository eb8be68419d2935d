"""The law of student aid: the worked cases to the dollar, its bounds, and that its figures carry their sources."""

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from publius.kit import Derivation, InvalidInput, load
from publius_missions.student_aid.application import Application, Contributor, Return, Unit
from publius_missions.student_aid.index import TABLES, student_aid
from publius_missions.student_aid.pell import for_enrolment

CASES = tomllib.loads(Path(__file__).with_name("worked_cases.toml").read_text(encoding="utf-8"))["case"]
YEARS = ("2024-25", "2025-26", "2026-27")


def unit(given):
    people = [each | {"filed": Return[each.get("filed", "US")]} for each in given.get("people", [{}])]
    return Unit(**given | {"people": tuple(Contributor(**each) for each in people)})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_worked_case_recomputes_to_the_dollar(case):
    applied = Application(
        "2026-27",
        student=unit(case.get("student", {})),
        parents=unit(case["parents"]) if "parents" in case else None,
        family_size=case.get("family_size", 1),
        state=case.get("state", ""),
        benefits=case.get("benefits", False),
    )
    result = student_aid(applied)
    assert {name: result.derivation.amounts()[name] for name in case["lines"]} == case["lines"]
    assert list(result.value) == case["aid"]


def single(**amounts):
    return Application("2026-27", Unit((Contributor(**amounts),)))


@pytest.mark.parametrize(
    ("application", "says"),
    [
        (Application("2023-24", Unit((Contributor(),))), "2024-25, 2025-26, 2026-27"),
        (single(adjusted_gross_income=10**12), r"\$1,000,000,000,000"),
        (single()._replace(family_size=-2), "family size is -2"),
        (single()._replace(family_size=0), "family size is 0"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_that_says_what_to_do(application, says):
    with pytest.raises(InvalidInput, match=says) as refused:
        student_aid(application)
    assert refused.value.cure


def test_a_table_that_is_not_known_is_said_and_nothing_is_computed():
    four_alone = Application("2024-25", Unit((Contributor(adjusted_gross_income=90_000),)), family_size=4)
    with pytest.raises(InvalidInput, match=r"For 2024-25 no source was found .*family of 4 with a single parent"):
        student_aid(four_alone)


@pytest.mark.parametrize("year", YEARS)
def test_every_figure_names_its_source_and_how_far_it_is_verified(year):
    tables = load(TABLES, year)
    assert len(tables) + len(tables.not_known) > 30
    for name, figure in tables.items():
        assert figure.source and figure.status in {"seen", "recomputed", "CPI rule"}, name
        assert figure.value or figure.steps, name


def test_every_line_rests_on_a_paragraph_or_a_table_and_equal_inputs_give_equal_lines():
    applied = single(adjusted_gross_income=60_000, income_earned=60_000)
    lines = student_aid(applied).derivation.lines
    assert all(line.name and line.formula and line.citation for line in lines)
    assert lines == student_aid(applied).derivation.lines


def test_the_schedules_meet_where_their_steps_do():
    for year in YEARS:
        for name in ("assessment.steps", "business_farm.steps"):
            steps = load(TABLES, year)[name].steps
            for lower, higher in pairwise(steps):
                assert lower.base + (higher.over - lower.over) * lower.rate // 10_000 == higher.base, (year, name)


def test_from_2026_27_an_index_of_twice_the_maximum_ends_the_grant():
    # Income within the minimum's line, and savings that raise the index over the cut-off.
    rich = Unit((Contributor(adjusted_gross_income=40_000, income_earned=40_000, other_schedules=True),), cash=90_000)
    now, before = (student_aid(Application(year, rich)) for year in ("2026-27", "2025-26"))
    assert now.value.sai >= 14_790 and now.value.min_pell == 5
    assert (now.value.pell, before.value.pell) == (0, 740)
    assert "twice the largest" in now.derivation.lines[-1].formula


@pytest.mark.parametrize(("award", "intensity", "year"), [(7_395, 100, 7_395), (7_395, 50, 3_698), (740, 25, 185)])
def test_part_time_study_takes_its_share_of_the_award(award, intensity, year):
    assert for_enrolment(award, intensity, Derivation()) == year


@pytest.mark.parametrize("intensity", [0, -50, 101])
def test_an_impossible_enrolment_is_refused(intensity):
    with pytest.raises(InvalidInput, match=f"{intensity} percent"):
        for_enrolment(7_395, intensity, Derivation())


def owner(**changed):
    """A single student with savings, and an income under the asset exemption's line but over the maximum grant's."""
    person = Contributor(adjusted_gross_income=45_000, income_earned=45_000)._replace(**changed)
    return Application("2026-27", Unit((person,), cash=100_000), state="NJ")


@pytest.mark.parametrize(
    ("application", "counted"),
    [
        (owner(), 0),
        (owner(schedule_c=-10_001), 100_000),
        (owner(schedule_c=-10_000), 0),
        (owner(other_schedules=True), 100_000),
        (owner(adjusted_gross_income=60_000), 100_000),
        (owner(adjusted_gross_income=60_000)._replace(benefits=True), 0),
        (owner()._replace(state="PW"), 100_000),
        (owner(filed=Return.ELSEWHERE)._replace(benefits=True), 100_000),
    ],
)
def test_assets_count_unless_the_law_leaves_them_out(application, counted):
    assert student_aid(application).derivation.amounts()["student net worth"] == counted


def test_foreign_income_counts_for_pell_from_2026_27_on():
    person = Contributor(adjusted_gross_income=20_000, foreign_income_excluded=50_000)
    before, now = (student_aid(Application(year, Unit((person,)))).value.max_pell for year in ("2025-26", "2026-27"))
    assert (before, now) == (3, 0)


def test_who_need_not_file_has_the_lowest_index_and_the_whole_grant():
    family = Unit((Contributor(filed=Return.NOT_REQUIRED),), cash=500_000)
    assert list(student_aid(Application("2026-27", family)).value) == [-1_500, 1, 0, 7_395]
