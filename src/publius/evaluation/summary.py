"""The figures of a whole evaluation."""

from collections.abc import Iterable, Sequence
from statistics import mean, median

from msgspec import Struct

from publius.evaluation.evaluate import Outcome
from publius.evaluation.questions import FALSE_PREMISE
from publius.evaluation.ranking import Ranks


class Summary(Struct, frozen=True, kw_only=True):
    """Shares are from 0 to 1, of the questions that they speak of; None where there were none of them."""

    questions: int
    answerable: int
    errors: int
    search: dict[str, float]
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
    seconds_median: float | None = None
    seconds_worst: float | None = None


def summarise(outcomes: Sequence[Outcome]) -> Summary:
    """Add the outcomes up."""
    ranked = [outcome.ranks for outcome in outcomes if outcome.ranks]
    judged = [(outcome.case, outcome.judgement) for outcome in outcomes if outcome.judgement]
    answerable = [verdict for case, verdict in judged if case.answerable]
    premises = [verdict for case, verdict in judged if case.kind == FALSE_PREMISE]
    words = [verdict.words for _, verdict in judged if verdict.answered]
    seconds = [outcome.seconds for outcome in outcomes if outcome.judgement]
    return Summary(
        questions=len(outcomes),
        answerable=sum(outcome.case.answerable for outcome in outcomes),
        errors=sum(bool(outcome.error) for outcome in outcomes),
        search={name: mean(getattr(each, name) for each in ranked) for name in Ranks.__struct_fields__}
        if ranked
        else {},
        correct=_share(verdict.correct for verdict in answerable),
        right=_share(verdict.right for verdict in answerable),
        quote_cited=_share(verdict.quoted for verdict in answerable if verdict.answered),
        refused=_share(not verdict.answered for verdict in answerable),
        beside=_share(verdict.answered and not verdict.right for verdict in answerable),
        declined=_share(verdict.declined for case, verdict in judged if not case.answerable),
        premises_caught=_share(verdict.declined for verdict in premises),
        wrong=_share(verdict.wrong for _, verdict in judged),
        unsupported_figures=sum(len(verdict.unsupported) for _, verdict in judged) if judged else None,
        words_median=median(words) if words else None,
        seconds_median=median(seconds) if seconds else None,
        seconds_worst=max(seconds, default=None),
    )


def _share(of: Iterable[bool]) -> float | None:
    told = list(of)
    return sum(told) / len(told) if told else None
