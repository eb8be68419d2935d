"""Income under the law: total income, the allowances against it, and what is left, available income."""

from pathlib import Path

from publius.kit import Derivation, InvalidInput, Tables, load, share
from publius_missions.student_aid.application import Contributor, FilingStatus, Unit

TABLES = Path(__file__).parent / "tables"
HOSPITAL_RATE, HOSPITAL_RATE_ABOVE = 145, 235  # 1.45 % and, over the threshold, 2.35 % of earnings.
SOCIAL_SECURITY_RATE = 620
JOINT_THRESHOLD, SEPARATE_THRESHOLD, OTHER_THRESHOLD = 250_000, 125_000, 200_000
EMPLOYMENT_EXPENSE_RATE = 3_500
LARGEST_LISTED_FAMILY = 6

PAYROLL_TAX_LAW = "26 U.S.C. 3101 and 3102(f); HEA sec. 475(c)(2), 476(b)(2) and 477(b)(2)"


def total_income(who: str, unit: Unit, derivation: Derivation) -> int:
    """HEA sec. 480(a): adjusted gross income and untaxed income, less what the law leaves out; dollars of the unit."""
    together, foreign = unit.together, unit.foreign_income
    untaxed_ira = untaxed_pensions = 0
    for each in unit.people:
        untaxed_ira += max(0, each.ira_distributions - each.ira_rollover)
        untaxed_pensions += max(0, each.pensions - each.pension_rollover)
    added = together.adjusted_gross_income + together.ira_deductions + together.tax_exempt_interest
    added += untaxed_ira + untaxed_pensions + foreign
    subtracted = together.taxable_grants + together.education_credits + together.work_study
    return derivation.add(
        f"{who} total income",
        added - subtracted,
        "income and untaxed income - taxable grants - education credits - Federal Work-Study",
        "HEA sec. 480(a) and (e), 20 U.S.C. 1087vv",
        adjusted_gross_income=together.adjusted_gross_income,
        ira_deductions=together.ira_deductions,
        tax_exempt_interest=together.tax_exempt_interest,
        untaxed_ira=untaxed_ira,
        untaxed_pensions=untaxed_pensions,
        foreign_income_excluded=foreign,
        taxable_grants=together.taxable_grants,
        education_credits=together.education_credits,
        work_study=together.work_study,
    )


def income_tax(who: str, unit: Unit, derivation: Derivation) -> int:
    """U.S. income tax paid, each person's counted as zero when it is negative."""
    paid = sum([max(0, each.income_tax) for each in unit.people])
    law = "HEA sec. 475(c)(1)(A), 475(g), 476(b)(1)(A)(i) and 477(b)(1)(A)"
    return derivation.add(f"{who} income tax", paid, "income tax paid, each person's at least 0", law)


def payroll_tax(who: str, unit: Unit, year: Tables, derivation: Derivation) -> int:
    """The allowance for payroll taxes: hospital insurance and Social Security on earnings, each rounded, then added."""
    base = year["payroll_tax.wage_base"]
    earned = [max(0, each.income_earned) for each in unit.people]
    if FilingStatus.JOINT in [each.filing_status for each in unit.people]:
        # One joint return makes the couple one earner under a doubled base, even if the other filed apart.
        parts = [(sum(earned), JOINT_THRESHOLD, 2 * base.value)]
    else:
        parts = [(own, _threshold(each), base.value) for own, each in zip(earned, unit.people, strict=True)]
    hospital = social_security = 0
    for own, threshold, limit in parts:
        hospital += min(own, threshold) * HOSPITAL_RATE + max(0, own - threshold) * HOSPITAL_RATE_ABOVE
        social_security += min(own, limit)
    return derivation.add(
        f"{who} payroll tax allowance",
        share(hospital, 1) + share(social_security, SOCIAL_SECURITY_RATE),
        "1.45 % of earnings (2.35 % over the threshold) + 6.2 % of earnings up to the wage base",
        f"{PAYROLL_TAX_LAW}; {base.source}",
        earned=sum(earned),
        earned_under_base=social_security,
        wage_base=base.value,
    )


def _threshold(person: Contributor) -> int:
    return SEPARATE_THRESHOLD if person.filing_status == FilingStatus.SEPARATE else OTHER_THRESHOLD


def income_protection(who: str, table: str, family_size: int, year: Tables, derivation: Derivation) -> int:
    """The income protection allowance of a family, from the table of its kind; beyond six, so much for each more."""
    smallest = 3 if table == "married_parent" else 2
    size = max(family_size, smallest)
    name = f"income_protection.{table}.{min(size, LARGEST_LISTED_FAMILY)}"
    if name in year.not_known:
        raise InvalidInput(
            f"For {year.year} no source was found for the income protection allowance of a family of {family_size} with"
            " a single parent who is the student.",
            "Choose another award year, or ask the college's financial aid office for the index of this one.",
        )
    listed = year[name]
    allowance, more = listed.value, size - LARGEST_LISTED_FAMILY
    if more > 0:
        allowance += more * year[f"income_protection.{table}.each_more"].value
    return derivation.add(
        f"{who} income protection allowance",
        allowance,
        "the table's amount for the family size",
        listed.source,
        family_size=family_size,
    )


def has_allowance(award_year: str, family_size: int) -> bool:
    """Whether the year's table for a single parent who is the student holds a family of this size."""
    size = min(family_size, LARGEST_LISTED_FAMILY)
    return f"income_protection.single_parent.{size}" not in load(TABLES, award_year).not_known


def income_protection_alone(who: str, name: str, year: Tables, derivation: Derivation) -> int:
    """The income protection allowance that does not depend on family size, such as the dependent student's."""
    figure = year[f"income_protection.{name}"]
    return derivation.add(
        f"{who} income protection allowance", figure.value, "the amount set for the year", figure.source
    )


def employment_expense(who: str, unit: Unit, year: Tables, derivation: Derivation) -> int:
    """The employment expense allowance: 35 % of earnings, up to the year's cap."""
    cap = year["employment_expense.cap"]
    earned = sum([max(0, each.income_earned) for each in unit.people])
    return derivation.add(
        f"{who} employment expense allowance",
        min(cap.value, share(earned, EMPLOYMENT_EXPENSE_RATE)),
        "35 % of earnings, at most the cap",
        cap.source,
        earned=earned,
        cap=cap.value,
    )


def allowances(who: str, parts: dict[str, int], derivation: Derivation) -> int:
    """Total allowances against income."""
    law = "HEA sec. 475(c)(1), 475(g), 476(b)(1) and 477(b)(1)"
    return derivation.add(f"{who} allowances", sum(parts.values()), "the sum of the allowances", law, **parts)


def available_income(who: str, income: int, against: int, derivation: Derivation) -> int:
    """What is left of total income; it may be negative."""
    law = "HEA sec. 475(c), 475(g), 476(b) and 477(b)"
    return derivation.add(
        f"{who} available income", income - against, "total income - allowances", law, income=income, allowances=against
    )
