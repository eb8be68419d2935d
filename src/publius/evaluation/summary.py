"""The figures of a whole evaluation."""

from collections.abc import Iterable, Sequence
from statistics import mean, median
from typing import Any

from msgspec import Struct

from publius.evaluation.baselines import NAMES
from publius.evaluation.evaluate import Outcome
from publius.evaluation.judging import Judgement
from publius.evaluation.questions import FALSE_PREMISE, Case
from publius.evaluation.ranking import Ranks


class Answers(Struct, frozen=True, kw_only=True):
    """How good answers are, as shares from 0 to 1 of the questions that each speaks of; None where there were none."""

    correct: float | None = None  # of the answerable: figures or short answer there, a right document cited
    right: float | None = None  # the same without regard to the citation
    quote_cited: float | None = None  # of the answerable that were answered: a citation overlaps a gold quote
    refused: float | None = None  # of the answerable
    beside: float | None = None  # of the answerable: answered with something else
    declined: float | None = None  # of those that the documents do not answer, premises caught among them
    premises_caught: float | None = None  # declined, or answered with the passage that shows the premise wrong
    wrong: float | None = None  # of all
    unsupported_figures: int | None = None
    words_median: float | None = None  # of an answer


class Summary(Answers, frozen=True, kw_only=True):
    """All figures. `baselines` holds, by name, those of search; the recipe's answers are in `recipe`."""

    questions: int
    answerable: int
    errors: int
    search: dict[str, float]
    seconds_median: float | None = None
    seconds_worst: float | None = None
    baselines: dict[str, dict[str, float]] = {}
    recipe: Answers | None = None


def summarise(outcomes: Sequence[Outcome]) -> Summary:
    """Add the outcomes up."""
    judged = [(outcome.case, outcome.judgement) for outcome in outcomes if outcome.judgement]
    recipe = [(outcome.case, outcome.recipe) for outcome in outcomes if outcome.recipe]
    seconds = [outcome.seconds for outcome in outcomes if outcome.judgement]
    compared = [outcome.baselines for outcome in outcomes if outcome.baselines]
    return Summary(
        questions=len(outcomes),
        answerable=sum(outcome.case.answerable for outcome in outcomes),
        errors=sum(bool(outcome.error) for outcome in outcomes),
        search=_means([outcome.ranks for outcome in outcomes if outcome.ranks]),
        **_answers(judged),
        seconds_median=median(seconds) if seconds else None,
        seconds_worst=max(seconds, default=None),
        baselines={name: _means([each[name] for each in compared]) for name in NAMES} if compared else {},
        recipe=Answers(**_answers(recipe)) if recipe else None,
    )


def _means(ranked: Sequence[Ranks]) -> dict[str, float]:
    if not ranked:
        return {}
    return {name: mean(getattr(each, name) for each in ranked) for name in Ranks.__struct_fields__}


def _answers(judged: Sequence[tuple[Case, Judgement]]) -> dict[str, Any]:
    answerable = [verdict for case, verdict in judged if case.answerable]
    premises = [verdict for case, verdict in judged if case.kind == FALSE_PREMISE]
    words = [verdict.words for _, verdict in judged if verdict.answered]
    return {
        "correct": _share(verdict.correct for verdict in answerable),
        "right": _share(verdict.right for verdict in answerable),
        "quote_cited": _share(verdict.quoted for verdict in answerable if verdict.answered),
        "refused": _share(not verdict.answered for verdict in answerable),
        "beside": _share(verdict.answered and not verdict.right for verdict in answerable),
        "declined": _share(verdict.declined for case, verdict in judged if not case.answerable),
        "premises_caught": _share(verdict.declined for verdict in premises),
        "wrong": _share(verdict.wrong for _, verdict in judged),
        "unsupported_figures": sum(len(verdict.unsupported) for _, verdict in judged) if judged else None,
        "words_median": median(words) if words else None,
    }


def _share(of: Iterable[bool]) -> float | None:
    told = list(of)
    return sum(told) / len(told) if told else None
