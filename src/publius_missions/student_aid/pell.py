"""The Pell Grant: maximum and minimum by income and family, the award in between, and part-time study."""

from publius.kit import Derivation, InvalidInput, Tables, share
from publius_missions.student_aid.application import Application, FilingStatus, Return

NON_FILER, SINGLE_PARENT, OTHER_FAMILY = 1, 2, 3  # The Department's codes of the maximum.
MAXIMUM_PERCENT = {SINGLE_PARENT: 225, OTHER_FAMILY: 175}
MINIMUM_PERCENT = {1: 325, 2: 275, 3: 400, 4: 350, 5: 275}  # By the Department's codes of the minimum.
FULL_TIME = 100  # Percent.
FULL_TIME_CREDITS = 12  # Credit hours a term.
NEVER = 1_000_000  # Above every Student Aid Index.
MAXIMUM, MINIMUM = "maximum Pell Grant by income", "minimum Pell Grant by income"  # The lines with these codes.
LAW = "HEA sec. 401(b)(1), 20 U.S.C. 1070a(b)(1)"
OF_FIRST_DEGREE = "HEA sec. 401(c)(1), 20 U.S.C. 1070a(c)(1)"
NO_GRANT_FROM = "pell_law_119_21.no_grant_from"
FOREIGN_INCOME = "pell_law_119_21.foreign_income_percent"  # Not in the tables of a year that leaves it out.


def single_parent(application: Application) -> bool:
    """A single parent of tax law: unmarried, and head of household, surviving spouse or with earned income credit.

    Marital status alone is not enough: the Department's records follow the tax notion.
    """
    household = application.household
    return not household.married and any(
        each.earned_income_credit
        or each.filing_status in (FilingStatus.HEAD_OF_HOUSEHOLD, FilingStatus.SURVIVING_SPOUSE)
        for each in household.people
    )


def poverty_guideline(application: Application, year: Tables, derivation: Derivation) -> int:
    """The poverty guideline of the tax year for the family's size and state, in dollars."""
    place = {"AK": "alaska", "HI": "hawaii"}.get(application.state, "states")
    first, more = year[f"poverty_guideline.{place}"], year[f"poverty_guideline.{place}_each_more"]
    return derivation.add(
        "poverty guideline",
        first.value + (application.family_size - 1) * more.value,
        "for one person, and so much for each more",
        first.source,
        family_size=application.family_size,
    )


def income_for_pell(application: Application, year: Tables, derivation: Derivation) -> int:
    """What is held against the guideline: adjusted gross income, from 2026-27 on with excluded foreign income."""
    household = application.household
    agi, foreign = household.together.adjusted_gross_income, household.foreign_income
    if FOREIGN_INCOME not in year:
        return derivation.add("income for Pell", agi, "adjusted gross income", LAW, adjusted_gross_income=agi)
    counted = year[FOREIGN_INCOME]
    return derivation.add(
        "income for Pell",
        agi + share(foreign, 100 * counted.value),
        "adjusted gross income + foreign income excluded",
        f"{LAW}; {counted.source}",
        adjusted_gross_income=agi,
        foreign_income_excluded=foreign,
    )


def maximum(application: Application, income: int, guideline: int, derivation: Derivation) -> int:
    """The Department's indicator of a maximum Pell Grant: 1, 2 or 3, or 0 for none."""
    people = application.household.people
    if people and all(each.filed is Return.NOT_REQUIRED for each in people):
        return derivation.answer(MAXIMUM, NON_FILER, "no return was required", LAW)
    kind = SINGLE_PARENT if application.formula != "B" and single_parent(application) else OTHER_FAMILY
    return derivation.answer(
        MAXIMUM,
        kind if income > 0 and 100 * income <= MAXIMUM_PERCENT[kind] * guideline else 0,
        f"income above 0 and at most {MAXIMUM_PERCENT[kind]} % of the poverty guideline",
        LAW,
        income=income,
        guideline=guideline,
    )


def minimum(application: Application, income: int, guideline: int, derivation: Derivation) -> int:
    """The Department's indicator of a minimum Pell Grant: 1 to 5, or 0 for none."""
    single = single_parent(application)
    kind = {"A": 1 if single else 2, "B": 5, "C": 3 if single else 4}[application.formula]
    return derivation.answer(
        MINIMUM,
        kind if 100 * income <= MINIMUM_PERCENT[kind] * guideline else 0,
        f"income at most {MINIMUM_PERCENT[kind]} % of the poverty guideline",
        LAW,
        income=income,
        guideline=guideline,
    )


def scheduled_award(
    index: int, max_pell: int, min_pell: int | None, year: Tables, derivation: Derivation, has_degree: bool = False
) -> int:
    """The year's award for full-time study in dollars, before the cost of attendance limits it, and the reason.

    `min_pell` is None where nobody knows the income, so that no minimum by it is given, and none denied.
    There is none for who `has_degree`: a bachelor's degree already, or is in a graduate programme.
    """
    most, least = year["pell.maximum"], year["pell.minimum"]
    source = most.source
    if has_degree:
        amount, reason, source = 0, "a Pell Grant is for the first bachelor's degree", OF_FIRST_DEGREE
    elif max_pell:
        amount, reason = most.value, "the largest Pell Grant, by income and family size"
    elif index >= no_grant_from(year):
        amount, reason = 0, "the Student Aid Index is at least twice the largest Pell Grant"
    elif most.value - index >= least.value:
        to_the_nearest_5 = 5 * ((most.value - max(0, index) + 2) // 5)
        amount, reason = (
            to_the_nearest_5,
            "the largest Pell Grant less the Student Aid Index (below 0 it counts as 0), to the nearest $5",
        )
    elif min_pell:
        amount, reason = least.value, "the smallest Pell Grant, by income and family size"
    elif min_pell is None:
        amount, reason = 0, "the index by itself leaves less than the smallest Pell Grant"
    else:
        amount, reason = (
            0,
            "the index leaves less than the smallest Pell Grant, and the smallest by income does not apply",
        )
    return derivation.add(
        "scheduled Pell award", amount, reason, source, index=index, maximum=most.value, minimum=least.value
    )


def no_grant_from(year: Tables) -> int:
    """The index from which there is no grant at all; before 2026-27 there was no such limit."""
    return year[NO_GRANT_FROM].value if NO_GRANT_FROM in year else NEVER


def for_enrolment(award: int, intensity: int, derivation: Derivation) -> int:
    """The year's award of a part-time student; `intensity` is the whole percent of full-time study.

    InvalidInput unless it is from 1 to 100.
    """
    if not 1 <= intensity <= FULL_TIME:
        raise InvalidInput(
            f"The enrolment intensity is {intensity} percent.",
            f"Give the whole percent of full-time study, from 1 to {FULL_TIME}.",
        )
    name, law = "Pell award for enrolment", "HEA sec. 401(b)(2), 20 U.S.C. 1070a(b)(2)"
    formula = "scheduled award x enrolment intensity"
    return derivation.add(name, share(award, 100 * intensity), formula, law, award=award, percent=intensity)


def intensity_of(credits: int, derivation: Derivation) -> int:
    """The enrolment intensity in whole percent of so many credit hours a term, where 12 are full time."""
    percent = min(FULL_TIME, (200 * credits + FULL_TIME_CREDITS) // (2 * FULL_TIME_CREDITS))
    name, law = "enrolment intensity in percent", "HEA sec. 401(b)(2), 20 U.S.C. 1070a(b)(2)"
    formula = f"credit hours / {FULL_TIME_CREDITS}, to the nearest whole percent"
    return derivation.add(name, percent, formula, law, credits=credits)


def within_cost(award: int, cost: int, other_grants: int, year: Tables, derivation: Derivation) -> int:
    """The award within the cost of attendance; none where other grants already cover it (from 2026-27 on)."""
    law = "HEA sec. 401(b)(3), 20 U.S.C. 1070a(b)(3)"
    amount, formula = min(award, cost), "the award, at most the cost of attendance"
    if other_grants >= cost and NO_GRANT_FROM in year:  # Both rules came with Public Law 119-21.
        amount, formula, law = 0, "grants that are not federal cover the cost of attendance", "Public Law 119-21"
    return derivation.add(
        "Pell award within the cost of attendance",
        amount,
        formula,
        law,
        award=award,
        cost_of_attendance=cost,
        other_grants=other_grants,
    )
