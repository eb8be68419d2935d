"""What a person answers about the family, and the application that the law computes with."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from publius.kit import AwardYear, Between, InvalidInput, Money, State, Whole, YesNo
from publius_missions.student_aid.application import (
    LARGEST_AMOUNT,
    LARGEST_FAMILY,
    Application,
    Contributor,
    FilingStatus,
    Return,
    Unit,
)
from publius_missions.student_aid.contradictions import couple, faults
from publius_missions.student_aid.questions import asked

Amount = Annotated[Money, Between(-LARGEST_AMOUNT, LARGEST_AMOUNT)]  # Losses are negative.
Owned = Annotated[Money, Between(0, LARGEST_AMOUNT)]

FILING_STATUS = {
    "unknown": FilingStatus.UNKNOWN,
    "single": FilingStatus.SINGLE,
    "joint": FilingStatus.JOINT,
    "separate": FilingStatus.SEPARATE,
    "head_of_household": FilingStatus.HEAD_OF_HOUSEHOLD,
    "surviving_spouse": FilingStatus.SURVIVING_SPOUSE,
}
ABROAD = "FC"  # No state or territory.
FILED = {"us": Return.US, "not_required": Return.NOT_REQUIRED, "elsewhere": Return.ELSEWHERE}


class Person(NamedTuple):
    """One tax return, or one person without one; whole dollars of the tax year. A joint return is one entry."""

    adjusted_gross_income: Annotated[Amount, asked("person.adjusted_gross_income")]
    income_earned: Annotated[Amount, asked("person.income_earned")]
    income_tax: Annotated[Amount, asked("person.income_tax")]
    filing_status: Annotated[
        Literal["unknown", "single", "joint", "separate", "head_of_household", "surviving_spouse"],
        asked("person.filing_status"),
    ] = "unknown"
    filed: Annotated[Literal["us", "not_required", "elsewhere"], asked("person.filed")] = "us"
    earned_income_credit: Annotated[YesNo, asked("person.earned_income_credit")] = False
    tax_exempt_interest: Annotated[Amount, asked("person.tax_exempt_interest")] = 0
    ira_deductions: Annotated[Amount, asked("person.ira_deductions")] = 0
    ira_distributions: Annotated[Amount, asked("person.ira_distributions")] = 0
    ira_rollover: Annotated[Amount, asked("person.ira_rollover")] = 0
    pensions: Annotated[Amount, asked("person.pensions")] = 0
    pension_rollover: Annotated[Amount, asked("person.pension_rollover")] = 0
    foreign_income_excluded: Annotated[Amount, asked("person.foreign_income_excluded")] = 0
    taxable_grants: Annotated[Amount, asked("person.taxable_grants")] = 0
    education_credits: Annotated[Amount, asked("person.education_credits")] = 0
    work_study: Annotated[Amount, asked("person.work_study")] = 0
    schedule_c: Annotated[Amount, asked("person.schedule_c")] = 0
    other_schedules: Annotated[YesNo, asked("person.other_schedules")] = False

    def contributor(self) -> Contributor:
        """The same as the law's contributor."""
        own = self._asdict() | {"filing_status": FILING_STATUS[self.filing_status], "filed": FILED[self.filed]}
        return Contributor(**own)


PLAIN = Person._fields.index("tax_exempt_interest")  # What comes from here on, most families do not have.
OWNED = ("cash", "investments", "business_farm", "child_support")


class Situation(NamedTuple):
    """A student and the family, as the student tells it; what is owned is as of today."""

    award_year: Annotated[AwardYear, asked("award_year")]
    dependent: Annotated[YesNo, asked("dependent")]
    family_size: Annotated[Whole, Between(1, LARGEST_FAMILY), asked("family_size")]
    parents: Annotated[list[Person], Between(0, 2), asked("parents")] = []  # noqa: RUF012 (never changed)
    student: Annotated[list[Person], Between(0, 2), asked("student")] = []  # noqa: RUF012
    student_married: Annotated[YesNo | None, asked("student_married")] = None
    parents_married: Annotated[YesNo | None, asked("parents_married")] = None
    state: Annotated[State | None, asked("state")] = None
    lives_abroad: Annotated[YesNo, asked("lives_abroad")] = False
    benefits: Annotated[YesNo, asked("benefits")] = False
    parents_cash: Annotated[Owned, asked("parents_cash")] = 0
    parents_investments: Annotated[Owned, asked("parents_investments")] = 0
    parents_business_farm: Annotated[Owned, asked("parents_business_farm")] = 0
    parents_child_support: Annotated[Owned, asked("parents_child_support")] = 0
    student_cash: Annotated[Owned, asked("student_cash")] = 0
    student_investments: Annotated[Owned, asked("student_investments")] = 0
    student_business_farm: Annotated[Owned, asked("student_business_farm")] = 0
    student_child_support: Annotated[Owned, asked("student_child_support")] = 0
    bachelors_degree: Annotated[YesNo, asked("bachelors_degree")] = False

    def application(self) -> Application:
        """The application; InvalidInput where the people that the law looks at are missing, or cannot be a family."""
        require(needed(self._asdict()), self._asdict())
        if found := faults(self._asdict()):
            problems = {path: sentence["en"] for path, sentence in found.items()}
            raise InvalidInput(" ".join(problems.values()), problems=problems)
        return Application(
            award_year=self.award_year,
            student=_unit(self, "student", self.student, bool(self.student_married)),
            parents=_unit(self, "parents", self.parents, together(self)) if self.dependent else None,
            family_size=self.family_size,
            state=ABROAD if self.lives_abroad else self.state or "",
            benefits=self.benefits,
            has_degree=self.bachelors_degree,
        )


def needed(given: Mapping[str, Any]) -> tuple[str, ...]:
    """What is asked for beside what every family is asked, by the answers so far: whose income counts."""
    if "dependent" not in given:
        return ()
    return ("parents",) if given["dependent"] else ("student", "student_married")


def require(names: Iterable[str], given: Mapping[str, Any]) -> None:
    """InvalidInput, with the question, where one of `names` was not answered."""
    for name in names:
        if given[name] in (None, [], ()):
            raise InvalidInput("One answer is missing.", f"Answer also: {asked(name).question}")


def together(situation: Situation) -> bool:
    """Whether the parents are two in one household: they say so, or filed jointly, or there are two returns."""
    return couple(situation.parents_married, situation.parents)


def counted_without(situation: Situation) -> tuple[str, ...]:
    """What is taken to be so, mostly that something is not there, because it was said or nothing was: sentences."""
    whose = "parents" if situation.dependent else "student"
    whole = {
        "first_degree": not situation.bachelors_degree,
        "without_student_income": not situation.student,
        "without_untaxed_income": not any(any(each[PLAIN:]) for each in (*situation.parents, *situation.student)),
        "without_assets": not any(getattr(situation, f"{whose}_{name}") for name in OWNED),
        "without_benefits": not situation.benefits,
        "without_state": situation.state is None and not situation.lives_abroad,
    }
    return tuple(name for name, holds in whole.items() if holds)


def brings_up_alone(situation: Situation) -> bool:
    """Whether it is one person, as far as anybody said, whose return counts, and who has a family."""
    people = situation.parents if situation.dependent else situation.student
    married = together(situation) if situation.dependent else situation.student_married
    return len(people) == 1 and not married and (situation.dependent or situation.family_size > 1)


def _unit(situation: Situation, whose: str, people: Sequence[Person], married: bool) -> Unit:
    owned = {name: getattr(situation, f"{whose}_{name}") for name in OWNED}
    return Unit(people=tuple(each.contributor() for each in people), married=married, **owned)
