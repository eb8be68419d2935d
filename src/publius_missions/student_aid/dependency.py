"""Who is a dependent student: the questions of 20 U.S.C. 1087vv(d)(1) in their order, until the answer is known."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from publius.kit import AwardYear, Between, Derivation, InvalidInput, Whole, YesNo
from publius_missions.student_aid.questions import asked, said

INDEPENDENT_AGE = 24


class Question(NamedTuple):
    """One ground of independence: the answer's name, the derivation's line, the paragraph, and how it is said."""

    name: str
    line: str
    law: str
    en: str
    es: str


class Answers(NamedTuple):
    """A student's answers; None for a question that was not answered, since the law may not need it.

    An age in a year stands for the two years of birth that it leaves open, and decides where both say the same.
    """

    award_year: Annotated[AwardYear | None, asked("award_year")] = None
    birth_year: Annotated[Whole | None, Between(1900, 2025), asked("birth_year")] = None
    orphan_foster_or_ward: Annotated[YesNo | None, asked("orphan_foster_or_ward")] = None
    emancipated_or_guardianship: Annotated[YesNo | None, asked("emancipated_or_guardianship")] = None
    veteran_or_active_duty: Annotated[YesNo | None, asked("veteran_or_active_duty")] = None
    graduate: Annotated[YesNo | None, asked("graduate")] = None
    married: Annotated[YesNo | None, asked("married")] = None
    legal_dependents: Annotated[YesNo | None, asked("legal_dependents")] = None
    homeless: Annotated[YesNo | None, asked("homeless")] = None
    unusual_circumstances: Annotated[YesNo | None, asked("unusual_circumstances")] = None
    age: Annotated[Whole | None, Between(0, 125), asked("age")] = None
    age_year: Annotated[Whole | None, Between(2020, 2040), asked("age_year")] = None


class Dependency(NamedTuple):
    """Whether the student is dependent, on which ground, and whether a college must still confirm it."""

    dependent: bool
    provisional: bool
    ground: str  # The name of the question that decided; empty for a dependent student.


QUESTIONS = tuple(
    Question(**each)
    for each in tomllib.loads(Path(__file__).with_name("dependency.toml").read_text(encoding="utf-8"))["question"]
)
AGE = "birth_year"  # The question that a year of birth or an age answers.
PROVISIONAL = "unusual_circumstances"  # The one ground that a college's financial aid office has to confirm.


def first_year_born_too_late(award_year: str) -> int:
    """Who was born in this year or later is not 24 by December 31 of the award year's first calendar year."""
    return int(award_year[:4]) - INDEPENDENT_AGE + 1


AWARD_YEARS = tuple(asked("award_year").choices)


def cut_offs(award_year: str | None) -> tuple[int, ...]:
    """The cut-off of the award year; where none is said, those of all that there are."""
    return tuple(map(first_year_born_too_late, [award_year] if award_year else AWARD_YEARS))


def born(given: Mapping[str, Any]) -> tuple[int, ...]:
    """The years in which the student can have been born, by that year itself or by an age; none where neither is said.

    Whoever is 23 in 2026 was born in 2003, or in 2002 if the birthday is still to come.
    """
    if given.get("birth_year") is not None:
        return (given["birth_year"],)
    if given.get("age") is None or given.get("age_year") is None:
        return ()
    return given["age_year"] - given["age"] - 1, given["age_year"] - given["age"]


def old_enough(given: Mapping[str, Any]) -> bool | None:
    """Whether the student is 24 in time; None where what was said leaves it open."""
    found = {year < cut_off for year in born(given) for cut_off in cut_offs(given.get("award_year"))}
    return found.pop() if len(found) == 1 else None


def answer(question: Question, given: Mapping[str, Any]) -> bool | None:
    """Whether this is a ground of independence; None where it is not known yet."""
    return old_enough(given) if question.name == AGE else given.get(question.name)


def ground(given: Mapping[str, Any]) -> Question | None:
    """The first answer that makes independent. One that a college has to confirm counts when no other is open."""
    for question in QUESTIONS:
        if answer(question, given) and not (question.name == PROVISIONAL and open_questions(given)):
            return question
    return None


def open_questions(given: Mapping[str, Any]) -> list[Question]:
    """The questions that are not answered yet, in the law's order."""
    return [question for question in QUESTIONS if answer(question, given) is None]


def needed(given: Mapping[str, Any]) -> tuple[str, ...]:
    """The next question by the answers so far; none once an answer is a ground, and the award year where it decides."""
    if ground(given) is not None:
        return ()
    year = () if given.get("award_year") else ("award_year",)
    following = next(iter(open_questions(given)), None)
    if following is None:
        return year
    if following.name != AGE:
        return (*year, following.name)
    if given.get("age") is not None and given.get("age_year") is None:
        return (*year, "age_year")
    return year if year and born(given) else (*year, AGE)


def faults(given: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Where an age and a year of birth cannot both be; by the path of the answer, in both languages."""
    by_age = born({**given, "birth_year": None})
    if given.get("birth_year") is None or not by_age or given["birth_year"] in by_age:
        return {}
    return {"birth_year": said("fault_age", first=str(by_age[0]), second=str(by_age[1])).says()}


def dependency(answers: Answers, derivation: Derivation) -> Dependency:
    """The status by the answers in the law's order, a line for each one that was given: 1 for yes, 0 for no."""
    given = answers._asdict()
    if missing := needed(given):
        raise InvalidInput("The answers do not decide yet.", f"Answer also: {asked(missing[-1]).question}")
    decisive = ground(given)
    for question in QUESTIONS:
        yes = answer(question, given)
        if question.name == AGE and yes is not None:
            derivation.answer(question.line, int(yes), _rule(given), question.law, **_told(given))
        elif yes is not None:
            derivation.answer(question.line, int(yes), "as answered", question.law)
        if question is decisive:
            return Dependency(False, question.name == PROVISIONAL, question.name)
    return Dependency(True, False, "")


def _rule(given: Mapping[str, Any]) -> str:
    """The age's rule: with the earliest cut-off, where all of them say the same."""
    return f"born before January 1, {min(cut_offs(given.get('award_year')))}"


def _told(given: Mapping[str, Any]) -> dict[str, int]:
    if given["birth_year"] is not None:
        return {"year": given["birth_year"]}
    return {"age": given["age"], "in the year": given["age_year"]}
