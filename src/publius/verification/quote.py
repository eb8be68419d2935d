"""Answering with the source's own words: which sentence of the evidence answers the question.

Used when nothing of a draft stands, or when what stands lacks the figure, date or name that was
asked for.
"""

import re
from enum import StrEnum

import numpy as np

from publius.verification import figures, names
from publius.verification.support import COSINE_SHARE, Match, Neighbours, Sources, Span, Vectors
from publius.verification.words import TALK_WORDS, content, fold

# Measured: docs/decisions/2026-11-23-support-threshold.md.
ANSWER_FLOOR = 0.50
EXPECTED_BONUS = 0.08


class Expected(StrEnum):
    """What kind of thing a question asks for."""

    FIGURE = "figure"
    DURATION = "duration"
    MONEY = "amount"
    PERCENT = "percentage"
    DATE = "date"
    NAME = "name"


_ASKED = [
    (Expected.PERCENT, r"what (?:percent|percentage|share)|which percentage|what %|que porcentaje|percent of|percentage of"),
    (Expected.DURATION, r"how (?:long|soon|late|far in advance)|(?:how many|cuant[oa]s) (?:\w+ )?(?:days?|weeks?|months?|years?|hours?|minutes?|seconds?|semesters?|dias|semanas|meses|anos|horas|minutos)|cuanto tiempo|how often"),
    (Expected.MONEY, r"how much (?:money|can|does|do|is|are|will|would|did|was|must|should|may)|how (?:expensive|costly)|cuanto (?:dinero|cuesta|cobra|puedo|puede|vale)|dollar|(?:maximum|minimum|largest) (?:amount|award|fine|loan|grant)"),
    (Expected.DATE, r"when (?:is|was|were|did|does|do|must|will|can)|(?:what|which|by what|on what) (?:date|day|year|month)|deadline|cuando|en que (?:fecha|ano|dia)|fecha limite"),
    (Expected.FIGURE, r"how (?:many|much|old|big|large|small|tall|high|deep|far|fast|few)|cuant[oa]s?|que edad|what (?:number|age|amount|size|length)"),
    (Expected.NAME, r"who|whom|whose|quien(?:es)?|which (?:country|president|secretary|agency|office|state|person|treaty|company|committee)"),
]  # fmt: skip
_EXPECTED = [(kind, re.compile(rf"\b(?:{pattern})(?!\w)")) for kind, pattern in _ASKED]
_TIME_UNITS = frozenset({"day", "week", "month", "year", "hour", "minute", "second", "semester", "quarter"})


def expected(question: str) -> Expected | None:
    """What kind of thing `question` asks for, if its words say so."""
    folded = fold(question)
    return next((kind for kind, pattern in _EXPECTED if pattern.search(folded)), None)


def holds(text: str, kind: Expected | None) -> bool:
    """Whether `text` has a thing of the kind that was asked for."""
    if kind is None:
        return True
    if kind is Expected.NAME:
        return bool(names.read_names(text))
    return any(_fits(figure, kind) for figure in figures.read(text) if not figure.weak)


def _fits(figure: figures.Figure, kind: Expected) -> bool:
    match kind:
        case Expected.PERCENT:
            return figure.kind is figures.Kind.PERCENT
        case Expected.MONEY:
            return figure.kind is figures.Kind.MONEY
        case Expected.DURATION:
            return figure.unit in _TIME_UNITS
        case Expected.DATE:
            return figure.kind in {figures.Kind.DATE, figures.Kind.YEARS} or figure.unit in _TIME_UNITS
        case _:
            return figure.kind not in {figures.Kind.LABEL, figures.Kind.TIME}


def best(question: str, vector: Vectors, sources: Sources) -> Match | None:
    """The span that answers `question` best, or None if none is near enough to count as an answer."""
    if not sources.spans:
        return None
    kind = expected(question)
    stems = {word.stem for word in content(question) if word.text.lower() not in TALK_WORDS}
    similarities = np.clip(sources.vectors @ vector, 0.0, 1.0).tolist()
    matches = [
        _match(span, similarity, stems, kind, sources)
        for span, similarity in zip(sources.spans, similarities, strict=True)
    ]
    top = max(matches, key=lambda match: match.support)
    return top if top.support >= ANSWER_FLOOR else None


def _match(span: Span, similarity: float, stems: set[str], kind: Expected | None, sources: Sources) -> Match:
    overlap = sources.overlap(stems, span)
    score = COSINE_SHARE * similarity + (1 - COSINE_SHARE) * overlap
    if kind is not None:
        score += EXPECTED_BONUS if holds(span.text, kind) else -EXPECTED_BONUS
    if isinstance(span, Neighbours):
        score -= 0.03
    if len(span.text) < 25 or len(span.text) > 900:
        score -= 0.2  # a bare heading answers nothing, and a page is no quotation
    return Match(span, min(1.0, max(0.0, score)), similarity, overlap)
