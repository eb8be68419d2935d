"""How much may be borrowed in federal Direct Loans: the year's limit and the lifetime's, by level and dependency."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from publius.kit import AwardYear, Between, Derivation, InvalidInput, Tables, Whole, YesNo, load, share
from publius_missions.student_aid.questions import asked

LIMITS = Path(__file__).parent / "tables" / "loans"
GRADUATE = ("graduate", "professional")
FULL_TIME = 100  # Percent.
BEFORE_2026 = "2025-26"  # Who had borrowed before 1 July 2026 keeps this year's graduate and PLUS limits for a while.
VERIFIED = {
    "seen": "the limit of the law, seen in a published source",
    "from memory": "the limit of the law, from memory and not verified",
}


class Borrower(NamedTuple):
    """Who borrows, in which year of study."""

    award_year: Annotated[AwardYear, asked("award_year")]
    level: Annotated[Literal["first", "second", "third", "graduate", "professional"], asked("level")]
    dependent: Annotated[YesNo | None, asked("dependent")] = None
    plus_refused: Annotated[YesNo, asked("plus_refused")] = False
    borrowed_before: Annotated[YesNo, asked("borrowed_before")] = False
    enrolment: Annotated[Whole, Between(1, FULL_TIME), asked("enrolment")] = FULL_TIME


class Loans(NamedTuple):
    """The most in dollars; 0 where there is no such loan, None where the law sets no amount of dollars."""

    year: int
    year_subsidized: int
    lifetime: int
    lifetime_subsidized: int
    parent_plus_year: int | None
    parent_plus_lifetime: int | None
    all_loans_lifetime: int | None


def needed(given: Mapping[str, Any]) -> tuple[str, ...]:
    """An undergraduate is asked whether dependent, which every graduate student is not."""
    return ("dependent",) if given.get("level", "graduate") not in GRADUATE else ()


def limits(borrower: Borrower, derivation: Derivation) -> Loans:
    """The limits of one borrower in one award year. InvalidInput for a year without tables."""
    year = load(LIMITS, borrower.award_year)
    # Public Law 119-21 left alone what undergraduates borrow themselves; only the other limits have an old rule.
    in_force = load(LIMITS, BEFORE_2026) if borrower.borrowed_before and borrower.award_year > BEFORE_2026 else year
    in_all = _limit("all federal student loans in a lifetime", "all_loans.lifetime", in_force, derivation)
    if borrower.level in GRADUATE:
        own = (_yearly("Direct Loans in the year", f"{borrower.level}.year", borrower, in_force, derivation), 0)
        lifetime = (_limit("Direct Loans in all", f"{borrower.level}.lifetime", in_force, derivation) or 0, 0)
        return Loans(*own, *lifetime, 0, 0, in_all)
    if borrower.dependent is None:
        raise InvalidInput("An undergraduate's limits depend on being dependent.", "Say whether you are dependent.")
    kind = "dependent" if borrower.dependent and not borrower.plus_refused else "independent"
    return Loans(
        year=_yearly("Direct Loans in the year", f"{kind}.{borrower.level}", borrower, year, derivation),
        year_subsidized=_yearly(
            "of these subsidized in the year", f"subsidized.{borrower.level}", borrower, year, derivation
        ),
        lifetime=_limit("Direct Loans in all", f"{kind}.lifetime", year, derivation) or 0,
        lifetime_subsidized=_limit("of these subsidized in all", "subsidized.lifetime", year, derivation) or 0,
        **_parent_plus(borrower, in_force, derivation),
        all_loans_lifetime=in_all,
    )


def prorated(award_year: str) -> bool:
    """Whether a part-time student's yearly limit is that part of it: from 2026-27 on, by Public Law 119-21."""
    return award_year > BEFORE_2026


def _parent_plus(borrower: Borrower, year: Tables, derivation: Derivation) -> dict[str, int | None]:
    if not borrower.dependent or borrower.plus_refused:
        return {"parent_plus_year": 0, "parent_plus_lifetime": 0}
    return {
        "parent_plus_year": _limit("Parent PLUS Loans in the year", "parent_plus.year", year, derivation),
        "parent_plus_lifetime": _limit("Parent PLUS Loans in all", "parent_plus.lifetime", year, derivation),
    }


def _limit(name: str, figure: str, year: Tables, derivation: Derivation) -> int | None:
    """The limit of the law, or None where the year's tables set none."""
    if figure not in year:
        return None
    held = year[figure]
    return derivation.add(name, held.value, VERIFIED[held.status], held.source)


def _yearly(name: str, figure: str, borrower: Borrower, year: Tables, derivation: Derivation) -> int:
    """The year's limit, of a part-time student that part of it."""
    held = year[figure]
    derivation.add(name, held.value, VERIFIED[held.status], held.source)
    if borrower.enrolment >= FULL_TIME or not prorated(borrower.award_year):
        return held.value
    return derivation.add(
        f"{name}, part-time",
        share(held.value, 100 * borrower.enrolment),
        "the year's limit x enrolment intensity; the rounding is from memory and not verified",
        "Public Law 119-21, from 1 July 2026",
        limit=held.value,
        percent=borrower.enrolment,
    )


def all_verified(derivation: Derivation) -> bool:
    """Whether every limit was seen in a published source."""
    return not any("not verified" in line.formula for line in derivation.lines)
