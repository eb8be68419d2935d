"""The Student Aid Index: formulas A, B and C, their bounds, and what a maximum Pell Grant makes of them."""

from typing import NamedTuple

from publius.kit import Derivation, Result, Tables, assess, load, share
from publius_missions.student_aid import assets, income, pell
from publius_missions.student_aid.application import Application, Unit, check

TABLES = income.TABLES
LOWEST, HIGHEST = -1_500, 999_999
HALF = 5_000  # 50 percent.
STUDENT_INCOME_MAY_BE_NEGATIVE = {"2024-25"}  # From 2025-26 on the Department counts it as at least 0.


class Aid(NamedTuple):
    """The Student Aid Index, the Department's Pell indicators (0 for none), and the scheduled award in dollars."""

    sai: int
    max_pell: int
    min_pell: int
    pell: int


def student_aid(
    application: Application, tables: Tables | None = None, derivation: Derivation | None = None
) -> Result[Aid]:
    """The index and the Pell Grant of one application, under the law of today or the `tables` of another day.

    The lines are written into a fresh derivation, or the given one. InvalidInput for an impossible application or a
    year without tables.
    """
    year = load(TABLES, application.award_year) if tables is None else tables
    check(application)
    derivation = Derivation() if derivation is None else derivation
    tested = pell.income_for_pell(application, year, derivation)
    guideline = pell.poverty_guideline(application, year, derivation)
    max_pell = pell.maximum(application, tested, guideline, derivation)
    index = student_aid_index(application, max_pell, year, derivation)
    min_pell = 0
    if not max_pell and year["pell.maximum"].value - index < year["pell.minimum"].value:
        min_pell = pell.minimum(application, tested, guideline, derivation)
    award = pell.scheduled_award(index, max_pell, min_pell, year, derivation, application.has_degree)
    return Result(Aid(index, max_pell, min_pell, award), derivation)


def student_aid_index(application: Application, max_pell: int, year: Tables, derivation: Derivation) -> int:
    """HEA sec. 473: the formula's sum within its bounds; a non-filer's is the lowest, with maximum Pell at most 0."""
    law = "HEA sec. 473(b) and (c), 20 U.S.C. 1087mm; sec. 475(a)(2), 476(a)(2) and 477(a)(2)"
    if max_pell == pell.NON_FILER:
        return derivation.add("Student Aid Index", LOWEST, "no return was required: the lowest index", law)
    exempt = assets.exemption(application, derivation)
    formula = {"A": formula_a, "B": formula_b, "C": formula_c}[application.formula]
    computed = formula(application, exempt, year, derivation)
    highest = 0 if max_pell else HIGHEST
    return derivation.add(
        "Student Aid Index",
        max(LOWEST, min(highest, computed)),
        f"the computed index, from {LOWEST:,} to {highest:,}",
        law,
        computed=computed,
    )


def formula_a(application: Application, exempt: bool, year: Tables, derivation: Derivation) -> int:
    """HEA sec. 475, a dependent student: the parents' contribution, and the student's from income and assets."""
    parents, student = application.parents or Unit(), application.student
    against = _family_allowances("parents", parents, "parents", application, year, derivation)
    earned = income.total_income("parents", parents, derivation)
    available = income.available_income("parents", earned, against, derivation)
    worth = assets.net_worth("parents", parents, exempt, year, derivation)
    owned = assets.from_assets("parents", worth, assets.PARENTS_RATE, derivation)
    adjusted = adjusted_available_income("parents", available, owned, derivation)
    parts = {
        "parents": contribution_from_aai("parents", adjusted, year, derivation),
        "student_income": _dependent_student_income(student, adjusted, year, derivation),
        "student_assets": _student_assets(student._replace(child_support=0), exempt, year, derivation),
    }
    law = "HEA sec. 475(a)(1), 20 U.S.C. 1087oo(a)(1)"
    return derivation.add("formula A", sum(parts.values()), "the sum of the contributions", law, **parts)


def _family_allowances(
    who: str, unit: Unit, table: str, application: Application, year: Tables, derivation: Derivation
) -> int:
    parts = {
        "income_tax": income.income_tax(who, unit, derivation),
        "payroll_tax": income.payroll_tax(who, unit, year, derivation),
        "income_protection": income.income_protection(who, table, application.family_size, year, derivation),
        "employment_expense": income.employment_expense(who, unit, year, derivation),
    }
    return income.allowances(who, parts, derivation)


def _dependent_student_income(student: Unit, parents_adjusted: int, year: Tables, derivation: Derivation) -> int:
    parts = {
        "income_tax": income.income_tax("student", student, derivation),
        "payroll_tax": income.payroll_tax("student", student, year, derivation),
        "income_protection": income.income_protection_alone("student", "dependent_student.amount", year, derivation),
        "parents_negative": negative_parents_income(parents_adjusted, derivation),
    }
    against = income.allowances("student", parts, derivation)
    earned = income.total_income("student", student, derivation)
    available = income.available_income("student", earned, against, derivation)
    lowest = LOWEST if year.year in STUDENT_INCOME_MAY_BE_NEGATIVE else 0
    return derivation.add(
        "student contribution from income",
        max(lowest, share(available, HALF)),
        f"50 % of available income, at least {lowest:,}",
        "HEA sec. 475(g), 20 U.S.C. 1087oo(g)",
        available=available,
    )


def negative_parents_income(adjusted: int, derivation: Derivation) -> int:
    """A dependent student's allowance for the parents' negative adjusted available income."""
    law = "HEA sec. 475(g), 20 U.S.C. 1087oo(g)"
    name = "student allowance for parents' negative income"
    return derivation.add(name, max(0, -adjusted), "what the parents' income falls short of 0", law, adjusted=adjusted)


def formula_b(application: Application, exempt: bool, year: Tables, derivation: Derivation) -> int:
    """HEA sec. 476, an independent student without dependents but a spouse: half of available income, and assets."""
    unit = application.student
    parts = {
        "income_tax": income.income_tax("student", unit, derivation),
        "payroll_tax": income.payroll_tax("student", unit, year, derivation),
        "income_protection": income.income_protection_alone(
            "student", "independent.married" if unit.married else "independent.single", year, derivation
        ),
    }
    if unit.married:
        parts["employment_expense"] = income.employment_expense("student", unit, year, derivation)
    against = income.allowances("student", parts, derivation)
    earned = income.total_income("student", unit, derivation)
    available = income.available_income("student", earned, against, derivation)
    law = "HEA sec. 476(b)(1)(B), 20 U.S.C. 1087pp(b)(1)(B)"
    of_income = derivation.add(
        "student contribution from income", share(available, HALF), "50 % of available income", law, available=available
    )
    of_assets = _student_assets(unit, exempt, year, derivation)
    law, total = "HEA sec. 476(a)(1), 20 U.S.C. 1087pp(a)(1)", of_income + of_assets
    return derivation.add("formula B", total, "the sum of the contributions", law, income=of_income, assets=of_assets)


def _student_assets(unit: Unit, exempt: bool, year: Tables, derivation: Derivation) -> int:
    worth = assets.net_worth("student", unit, exempt, year, derivation)
    return assets.from_assets("student", worth, assets.STUDENT_RATE, derivation)


def formula_c(application: Application, exempt: bool, year: Tables, derivation: Derivation) -> int:
    """HEA sec. 477, an independent student with dependents: adjusted available income under the schedule."""
    unit = application.student
    table = "married_parent" if unit.married else "single_parent"
    against = _family_allowances("student", unit, table, application, year, derivation)
    earned = income.total_income("student", unit, derivation)
    available = income.available_income("student", earned, against, derivation)
    worth = assets.net_worth("student", unit, exempt, year, derivation)
    owned = assets.from_assets("student", worth, assets.FAMILY_RATE, derivation)
    adjusted = adjusted_available_income("student", available, owned, derivation)
    return contribution_from_aai("student", adjusted, year, derivation)


def adjusted_available_income(who: str, available: int, owned: int, derivation: Derivation) -> int:
    """Adjusted available income, AAI: what is left of income, and the contribution from assets."""
    return derivation.add(
        f"{who} adjusted available income",
        available + owned,
        "available income + contribution from assets",
        "HEA sec. 475(b)(1) and 477(a)(1)(A)",
        available=available,
        assets=owned,
    )


def contribution_from_aai(who: str, adjusted: int, year: Tables, derivation: Derivation) -> int:
    """The contribution from AAI under the year's assessment schedule; it goes down to the schedule's floor."""
    schedule, floor = year["assessment.steps"], year["assessment.floor"]
    amount = max(floor.value, assess(adjusted, schedule.steps))
    formula = "the schedule's share of adjusted available income"
    return derivation.add(f"{who} contribution", amount, formula, schedule.source, adjusted=adjusted)
