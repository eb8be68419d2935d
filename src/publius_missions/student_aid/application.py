"""What the law computes with: the people whose income counts, what they own, and the family they live in."""

from collections.abc import Iterable
from enum import StrEnum
from operator import add
from typing import Any, NamedTuple

from publius.kit import InvalidInput, dollars

LARGEST_AMOUNT = 9_999_999_999  # The widest dollar field of the application holds ten digits.
LARGEST_FAMILY = 99

# The United States for the asset exemption: states, territories, and military post offices abroad.
UNITED_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR"
    " PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI AA AE AP"
)
STATES = frozenset(UNITED_STATES.split())


class Return(StrEnum):
    """What a person filed for the tax year."""

    US = "a U.S. income tax return"
    ELSEWHERE = "no U.S. return, for another reason than income below the threshold"
    NOT_REQUIRED = "no return, and none was required"


class FilingStatus:
    """The filing status of a U.S. return, by the number that the application gives it."""

    UNKNOWN, SINGLE, JOINT, SEPARATE, HEAD_OF_HOUSEHOLD, SURVIVING_SPOUSE = range(6)


class Contributor(NamedTuple):
    """One person whose income counts; all amounts in whole dollars of the tax year."""

    adjusted_gross_income: int = 0
    income_earned: int = 0
    income_tax: int = 0
    ira_deductions: int = 0
    tax_exempt_interest: int = 0
    ira_distributions: int = 0
    ira_rollover: int = 0
    pensions: int = 0
    pension_rollover: int = 0
    foreign_income_excluded: int = 0
    taxable_grants: int = 0
    education_credits: int = 0
    work_study: int = 0
    schedule_c: int = 0
    other_schedules: bool = False  # Schedule A, B, D, E, F or H was filed.
    filing_status: int = FilingStatus.UNKNOWN
    filed: Return = Return.US
    earned_income_credit: bool = False


AMOUNTS = Contributor._fields.index("other_schedules")  # So many fields come first, and are dollars.
NOBODY = Contributor()


class Unit(NamedTuple):
    """The student with a spouse, or the parents: people assessed together, and what they own now."""

    people: tuple[Contributor, ...] = ()
    married: bool = False
    cash: int = 0
    investments: int = 0
    business_farm: int = 0
    child_support: int = 0

    @property
    def together(self) -> Contributor:
        """Each amount summed over the people; of what is no amount nothing is said."""
        if len(self.people) == 1:
            return self.people[0]
        sums: Iterable[Any] = NOBODY[:AMOUNTS]
        for person in self.people:
            sums = map(add, sums, person[:AMOUNTS])
        return Contributor._make((*sums, *NOBODY[AMOUNTS:]))

    @property
    def foreign_income(self) -> int:
        """Foreign earned income left out of adjusted gross income; some write it as a negative number."""
        return sum([abs(person.foreign_income_excluded) for person in self.people])


NO_PEOPLE = Unit()


class Application(NamedTuple):
    """One student's application for one award year, such as `2026-27`."""

    award_year: str
    student: Unit
    parents: Unit | None = None  # Given exactly for a dependent student.
    family_size: int = 1
    state: str = ""  # Two letters; the parents' state for a dependent student.
    benefits: bool = False  # Someone in the family received a listed means-tested federal benefit.
    has_degree: bool = False  # A bachelor's degree is held already, or the student is in a graduate programme.

    @property
    def household(self) -> Unit:
        """Whose income the law tests: the parents of a dependent student, else the student and spouse."""
        return self.student if self.parents is None else self.parents

    @property
    def abroad(self) -> bool:
        """Whether the household lives outside the United States and its territories; a blank state is inside."""
        return bool(self.state) and self.state not in STATES

    @property
    def formula(self) -> str:
        """A for a dependent student; B for an independent one without dependents but a spouse; C with dependents."""
        if self.parents is not None:
            return "A"
        return "C" if self.family_size > (2 if self.student.married else 1) else "B"


def check(application: Application) -> None:
    """InvalidInput, naming the first thing that cannot be: a family without people, an impossible amount."""
    if not 1 <= application.family_size <= LARGEST_FAMILY:
        raise InvalidInput(
            f"The family size is {application.family_size}; it counts the student too.",
            f"Give a whole number from 1 to {LARGEST_FAMILY}.",
        )
    for unit in (application.student, application.parents or NO_PEOPLE):
        amounts: list[Any] = [unit.cash, unit.investments, unit.business_farm, unit.child_support]
        for person in unit.people:
            amounts += person[:AMOUNTS]
        if max(amounts) > LARGEST_AMOUNT or min(amounts) < -LARGEST_AMOUNT:
            largest = max(amounts, key=abs)
            raise InvalidInput(
                f"An amount of {dollars(largest)} is more than the application can hold.",
                f"Give whole dollars of at most {dollars(LARGEST_AMOUNT)}.",
            )
