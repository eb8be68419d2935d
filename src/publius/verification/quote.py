"""Answering with the source's own words: which sentences of the evidence answer the question.

Used when nothing of a draft stands, or when what stands lacks the figure, date or name that was
asked for.
"""

import re
from collections.abc import Iterable, Sequence, Set
from functools import cached_property

from publius.types import Agency
from publius.verification import abstention, figures, lists
from publius.verification.abstention import Signs
from publius.verification.asking import Expected, expected, holds, unit
from publius.verification.choosing import WITHIN, chosen, nearest, quotable, telling_most
from publius.verification.naming import LEAST_ASKED, Named, parts, says_much, subjects
from publius.verification.support import Heading, Match, Sources, Span, Vectors
from publius.verification.words import content, fold, telling

# Measured: docs/decisions/2026-11-25-answer-quality.md.
ANSWER_FLOOR = 0.44
SPAN, PASSAGE, WORDS = 0.40, 0.18, 0.30  # what each kind of nearness counts
RANK = 0.02  # for each place that search put the passage behind the first
EXPECTED = 0.15  # for holding the kind of thing that was asked for, or not
SOME_FIGURE = 0.06  # the same where only some figure is asked for
SHORT = 0.10
BEHIND = 0.3  # how far behind the nearest span one may be that still bears on the question

# A document that speaks to the machine is data like any other, but what it orders answers nobody's question.
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|prompt|rule|polic)"
    r"|\b(?:always|only) (?:answer|say|reply|respond) (?:that|with)\b|\breveal\b.{0,30}\b(?:key|password|prompt|secret)"
)
# A heading that asks, and a line that names where a text is from, say nothing by themselves.
_STATES_NOTHING = re.compile(r"\?[\"'”’»)\]]*$|^(?:sources?|fuentes?):")


def states_nothing(span: Span) -> bool:
    """Whether it is a question or the naming of a source, which can be no answer."""
    return _STATES_NOTHING.search(fold(span.plain)) is not None


class Answers:
    """How well each span answers one question; about 0 to 1.

    `sought` is the question, or its words in the language of the documents; `vector` is of that.
    """

    def __init__(self, agency: Agency, question: str, sought: str, vector: Vectors, sources: Sources) -> None:
        self.expected, self._unit = expected(question), unit(question)
        self._given = figures.read(question)
        self.several = len(parts(question)) > 1
        self._says_much = says_much(question)
        self._subjects = subjects(sought)
        self._vector = vector
        self._named = Named(sought, agency, {span.source for span in sources.spans}, sources.acronyms)
        self._sources = sources
        self._stems = {sources.nearest(word.stem) for word in telling(sought)}
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

    @cached_property
    def best(self) -> list[Match]:
        """The few spans that answer best, best first; none where the evidence holds no answer."""
        found = chosen(self._ranked())
        if not found or self.signs(found).likelihood < abstention.FLOOR:
            return []
        if self.expected not in (None, Expected.SOME_FIGURE):
            # What lacks the thing that was asked for is only about it, so it goes where another has it.
            found = self._fitting(found) or found
        if not self.several:
            found = nearest(found)
        found = telling_most(found, self._told, figures_count=self.several)
        return lists.in_full(found, self._sources.spans) if self.expected is None else found

    def signs(self, chosen: Sequence[Match]) -> Signs:
        """What speaks for it, and against it, that these spans answer the question."""
        fitting = self._fitting(chosen)
        likely = [match.span for match in fitting or chosen]
        held = frozenset[str]().union(*(span.around for span in likely))
        return Signs(
            nearness=self._matches[id(chosen[0].span)].support,
            unmet=float(not fitting),
            unnamed=self._named.lacking(likely),
            unsaid=sum(stem not in held for stem in self._subjects) / max(1, len(self._subjects)),
            several=self._says_much,
        )

    def _fitting(self, chosen: Iterable[Match]) -> list[Match]:
        return [match for match in chosen if self.fits(match.span.plain)]

    def _ranked(self) -> list[Match]:
        """Every span that could be quoted and comes near the best, best first."""
        top = max((match.support for match in self._matches.values()), default=0.0)
        # Only these can still come first, or near to it, once it is known what they hold.
        close = [
            self._judge(match)
            for match in self._matches.values()
            if match.support >= top - 2 * EXPECTED - WITHIN
            and not isinstance(match.span, Heading)
            and not states_nothing(match.span)
            and not _ORDERS.search(fold(match.span.plain))
        ]
        return sorted(close, key=quotable, reverse=True)

    def _told(self, span: Span) -> Set[object]:
        """The words and figures of the question that stand in the span itself."""
        given = {figure.value for figure in self._given if not figure.weak and figures.stands(figure, span.figures)}
        return given | {word.stem for word in content(span.plain) if word.stem in self._stems}

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
        counts = SOME_FIGURE if self.expected is Expected.SOME_FIGURE else EXPECTED
        return match._replace(support=match.support + (counts if self.fits(match.span.plain) else -counts))

    def fits(self, text: str) -> bool:
        """Whether a text holds the kind of thing that was asked for, if the question says which."""
        return holds(text, self.expected, self._unit, self._given)
