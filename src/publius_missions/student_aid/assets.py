"""Assets under the law: who need not report them, what they are worth, and what share of them counts."""

from publius.kit import Derivation, Tables, assess, share
from publius_missions.student_aid.application import Application, Return, Unit

EXEMPT_INCOME = 60_000  # Adjusted gross income below this, with simple returns.
EXEMPT_BUSINESS = 10_000  # A Schedule C gain or loss of at most this.
PARENTS_RATE, STUDENT_RATE, FAMILY_RATE = 1_200, 2_000, 700  # 12, 20 and 7 percent.

EXEMPTION_LAW = "HEA sec. 479(b), 20 U.S.C. 1087ss(b)"


def exemption(application: Application, derivation: Derivation) -> bool:
    """Whether assets are left out, of student and parents alike, with the reason as the line's formula.

    Who qualifies for the maximum Pell Grant need not report assets either, but where they were reported all the same
    the Department counts them, and so does this: the index is then at most 0 in any case.
    """
    reason = _reason(application)
    derivation.answer("asset exemption", int(bool(reason)), reason or "no ground for leaving assets out", EXEMPTION_LAW)
    return bool(reason)


def _reason(application: Application) -> str:
    household = application.household
    if application.abroad or any(each.filed is Return.ELSEWHERE for each in household.people):
        return ""
    simple = not any(each.other_schedules or abs(each.schedule_c) > EXEMPT_BUSINESS for each in household.people)
    if simple and household.together.adjusted_gross_income < EXEMPT_INCOME:
        return "adjusted gross income under $60,000 with simple returns"
    return "a listed federal benefit was received" if application.benefits else ""


def business_farm(who: str, unit: Unit, year: Tables, derivation: Derivation) -> int:
    """The part of a business's or farm's net worth that counts."""
    figure = year["business_farm.steps"]
    return derivation.add(
        f"{who} adjusted business and farm",
        assess(max(0, unit.business_farm), figure.steps),
        "the table's share of the net worth",
        figure.source,
        net_worth=unit.business_farm,
    )


def net_worth(who: str, unit: Unit, exempt: bool, year: Tables, derivation: Derivation) -> int:
    """What the unit owns: cash, investments, the adjusted business and farm, and a year's child support received."""
    law = "HEA sec. 480(f), 20 U.S.C. 1087vv(f)"
    if exempt:
        return derivation.add(f"{who} net worth", 0, "assets are left out", EXEMPTION_LAW)
    parts = {
        "cash": max(0, unit.cash),
        "investments": max(0, unit.investments),
        "business_farm": business_farm(who, unit, year, derivation),
        "child_support": unit.child_support,
    }
    return derivation.add(f"{who} net worth", sum(parts.values()), "the sum of what is owned", law, **parts)


def from_assets(who: str, worth: int, rate: int, derivation: Derivation) -> int:
    """The contribution from assets: the formula's share of net worth; there is no asset protection allowance now."""
    return derivation.add(
        f"{who} contribution from assets",
        max(0, share(worth, rate)),
        f"{rate // 100} % of net worth",
        "HEA sec. 475(d), 475(h), 476(c) and 477(c)",
        net_worth=worth,
    )
