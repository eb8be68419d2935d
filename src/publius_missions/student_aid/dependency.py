"""Who is a dependent student: the questions of 20 U.S.C. 1087vv(d)(1) in their order, until the answer is known."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from publius.kit import AwardYear, Between, Derivation, InvalidInput, Whole, YesNo
from publius_missions.student_aid.questions import asked

INDEPENDENT_AGE = 24


class Question(NamedTuple):
    """One ground of independence: the answer's name, the derivation's line, the paragraph, and how it is said."""

    name: str
    line: str
    law: str
    en: str
    es: str


class Answers(NamedTuple):
    """A student's answers; None for a question that was not answered, since the law may not need it."""

    award_year: Annotated[AwardYear, asked("award_year")]
    birth_year: Annotated[Whole | None, Between(1900, 2025), asked("birth_year")] = None
    orphan_foster_or_ward: Annotated[YesNo | None, asked("orphan_foster_or_ward")] = None
    emancipated_or_guardianship: Annotated[YesNo | None, asked("emancipated_or_guardianship")] = None
    veteran_or_active_duty: Annotated[YesNo | None, asked("veteran_or_active_duty")] = None
    graduate: Annotated[YesNo | None, asked("graduate")] = None
    married: Annotated[YesNo | None, asked("married")] = None
    legal_dependents: Annotated[YesNo | None, asked("legal_dependents")] = None
    homeless: Annotated[YesNo | None, asked("homeless")] = None
    unusual_circumstances: Annotated[YesNo | None, asked("unusual_circumstances")] = None


class Dependency(NamedTuple):
    """Whether the student is dependent, on which ground, and whether a college must still confirm it."""

    dependent: bool
    provisional: bool
    ground: str  # The name of the question that decided; empty for a dependent student.


QUESTIONS = tuple(
    Question(**each)
    for each in tomllib.loads(Path(__file__).with_name("dependency.toml").read_text(encoding="utf-8"))["question"]
)
PROVISIONAL = "unusual_circumstances"  # The one ground that a college's financial aid office has to confirm.


def first_year_born_too_late(award_year: str) -> int:
    """Who was born in this year or later is not 24 by December 31 of the award year's first calendar year."""
    return int(award_year[:4]) - INDEPENDENT_AGE + 1


def applies(question: Question, award_year: str, answer: Any) -> bool:
    """Whether the answer is a ground of independence; a year of birth by the award year's cut-off."""
    if question.name == "birth_year":
        return bool(answer < first_year_born_too_late(award_year))
    return bool(answer)


def needed(given: Mapping[str, Any]) -> tuple[str, ...]:
    """The next question by the answers so far: the first that is open, until one of them is a ground."""
    if "award_year" not in given:
        return ()
    for question in QUESTIONS:
        answer = given.get(question.name)
        if answer is None:
            return (question.name,)
        if applies(question, given["award_year"], answer):
            return ()
    return ()


def dependency(answers: Answers, derivation: Derivation) -> Dependency:
    """The status by the answers in the law's order, a line for each question asked: 1 for yes, 0 for no."""
    for question in QUESTIONS:
        answer = getattr(answers, question.name)
        if answer is None:
            raise InvalidInput("The answers do not decide yet.", f"Answer also: {asked(question.name).question}")
        yes = applies(question, answers.award_year, answer)
        if question.name == "birth_year":
            formula = f"born before January 1, {first_year_born_too_late(answers.award_year)}"
            derivation.answer(question.line, int(yes), formula, question.law, year=answer)
        else:
            derivation.answer(question.line, int(yes), "as answered", question.law)
        if yes:
            return Dependency(False, question.name == PROVISIONAL, question.name)
    return Dependency(True, False, "")
