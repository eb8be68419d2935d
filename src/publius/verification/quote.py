"""Answering with the source's own words: which sentence of the evidence answers the question.

Used when nothing of a draft stands, or when what stands lacks the figure, date or name that was
asked for.
"""

import re
from enum import StrEnum
from functools import cached_property

from publius.verification import figures, names
from publius.verification.figure import Figure, Kind
from publius.verification.support import Heading, Match, Sources, Span, Vectors
from publius.verification.words import either, fold, telling

# Measured: docs/decisions/2026-11-23-support-threshold.md.
ANSWER_FLOOR = 0.44
SECOND = 0.05  # how near to the best a second sentence must come to be quoted beside it
SPAN, PASSAGE, WORDS = 0.40, 0.18, 0.30  # what each kind of nearness counts
RANK = 0.04  # for each place that search put the passage behind the first
EXPECTED = 0.15  # for holding the kind of thing that was asked for, or not
SHORT = 0.10
LEAST_ASKED = 3  # content words
BEHIND = 0.3  # how far behind the nearest span one may be that still bears on the question


class Expected(StrEnum):
    """What kind of thing a question asks for."""

    FIGURE = "figure"
    DURATION = "duration"
    MONEY = "amount"
    PERCENT = "percentage"
    DATE = "date"
    NAME = "name"
    PHONE = "telephone number"


_ASKED = [
    (Expected.PHONE, r"""(?:tele)?phone number; fax(?: number)?; number (?:to|can i|do i) call;
        numero de (?:telefono|fax)"""),
    (Expected.PERCENT, r"""what (?:percent|percentage|share); which percentage; what %; que porcentaje;
        percent of; percentage of; interest rates?; (?:tasa|tipo) de interes"""),
    (Expected.DURATION, r"""how (?:long|soon|late|far in advance); (?:how many|cuant[oa]s) (?:\w+
        )?(?:days?|weeks?|months?|years?|hours?|minutes?|seconds?|semesters?|dias|semanas|meses|anos|horas|minutos);
        cuanto tiempo; how often"""),
    (Expected.MONEY, r"""how much (?:money|can|does|do|is|are|will|would|did|was|must|should|may);
        how (?:expensive|costly);
        cuanto (?:dinero|cuesta|cobra|puedo|puede|vale); dollar; (?:maximum|minimum|largest)
        (?:amount|award|fine|loan|grant)"""),
    (Expected.DATE, r"""when (?:is|was|were|did|does|do|must|will|can);
        (?:what|which|by what|on what) (?:date|day|year|month);
        deadline; cuando; en que (?:fecha|ano|dia); fecha limite"""),
    (Expected.FIGURE, r"""how (?:many|much|old|big|large|small|tall|high|deep|far|fast|few); cuant[oa]s?; que edad;
        what
        (?:number|age|amount|size|length)"""),
    (Expected.NAME, r"""who; whom; whose; quien(?:es)?; which
        (?:country|president|secretary|agency|office|state|person|treaty|company|committee)"""),
]  # fmt: skip
_EXPECTED = [(kind, re.compile(rf"\b(?:{either(written)})(?!\w)")) for kind, written in _ASKED]
# A document that speaks to the machine is data like any other, but what it orders answers nobody's question.
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|prompt|rule|polic)"
    r"|\b(?:always|only) (?:answer|say|reply|respond) (?:that|with)\b|\breveal\b.{0,30}\b(?:key|password|prompt|secret)"
)
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


def _fits(figure: Figure, kind: Expected) -> bool:
    match kind:
        case Expected.PERCENT:
            return figure.kind is Kind.PERCENT
        case Expected.MONEY:
            return figure.kind is Kind.MONEY
        case Expected.DURATION:
            return figure.unit in _TIME_UNITS
        case Expected.DATE:
            return figure.kind in {Kind.DATE, Kind.YEARS} or figure.unit in _TIME_UNITS
        case Expected.PHONE:
            return figure.unit == "phone"
        case _:
            counted = figure.kind is Kind.NUMBER and figure.unit not in _TIME_UNITS
            return counted or figure.kind in {Kind.PERCENT, Kind.MONEY}


class Answers:
    """How well each span answers one question; about 0 to 1."""

    def __init__(self, question: str, vector: Vectors, sources: Sources) -> None:
        self.expected = expected(question)
        self._vector = vector
        self._sources = sources
        self._stems = {word.stem for word in telling(question)}
        self._matches = {id(span): self._match(number) for number, span in enumerate(sources.spans)}

    def bears(self, span: Span) -> bool:
        """Whether `span` bears on the question: near enough by itself, and not far behind the nearest."""
        return self.score(span) >= max(ANSWER_FLOOR, self._nearest - BEHIND)

    def score(self, span: Span) -> float:
        """How well `span` bears on the question: here it is no fault to lack what was asked for."""
        match = self._matches[id(span)]
        return max(match.support, self._judge(match).support)

    @cached_property
    def _nearest(self) -> float:
        return max((self._judge(match).support for match in self._matches.values()), default=0.0)

    @property
    def vague(self) -> bool:
        """Whether the question says too little by itself to tell what bears on it: `And for graduates?`"""
        return len(self._stems) < LEAST_ASKED

    def best(self) -> list[Match]:
        """The one or two spans that answer best; none where none is near enough to count as an answer."""
        top = max((match.support for match in self._matches.values()), default=0.0)
        # Only these can still come first once it is known what they hold.
        close = [
            self._judge(match)
            for match in self._matches.values()
            if match.support >= top - 2 * EXPECTED
            and not isinstance(match.span, Heading)
            and not _ORDERS.search(fold(match.span.plain))
        ]
        ranked = sorted(close, key=lambda match: match.support, reverse=True)
        if not ranked or ranked[0].support < ANSWER_FLOOR:
            return []
        first = ranked[0]
        near = (match for match in ranked if match.support >= first.support - SECOND)
        second = next((match for match in near if not first.span.overlaps(match.span)), None)
        return [first, second] if second else [first]

    def _match(self, number: int) -> Match:
        span = self._sources.spans[number]
        similarity = max(0.0, float(self._sources.vectors[number] @ self._vector))
        around = max(0.0, float(self._sources.passage_vectors[span.source.rank] @ self._vector))
        overlap = self._sources.overlap(self._stems, span.stems | span.source.stems)
        score = SPAN * similarity + PASSAGE * around + WORDS * overlap - RANK * min(span.source.rank, 5)
        if len(span.plain.split()) < 7 and not span.header:
            score -= SHORT  # a bare heading answers nothing
        return Match(span, score, similarity, overlap)

    def _judge(self, match: Match) -> Match:
        """Add what is slow to find out: whether the span holds the kind of thing that was asked for."""
        if self.expected is None:
            return match
        fits = holds(match.span.plain, self.expected)
        return match._replace(support=match.support + (EXPECTED if fits else -EXPECTED))
