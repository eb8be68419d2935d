"""Which of the spans that bear on a question are quoted: few, each for something of its own, in reading order."""

from collections.abc import Callable, Iterable, Sequence, Set

from publius.verification.support import Match, Neighbours, Span

# Measured: docs/decisions/2026-11-25-answer-quality.md.
PAIR = 0.10  # two sentences are quoted only where they are so much better than either
MOST_QUOTES = 5
MOST_WORDS = 150  # in all quotations together, but for the first
WITHIN = 0.25  # how near to the best another must come to be quoted beside it
WITHIN_ONE = 0.15  # the same where one thing is asked: what is farther off does not answer it
MOST_FOR_ONE = 4
SAME = 0.8  # of the words of the shorter one, from which two say the same


def quotable(match: Match) -> float:
    """How well a span does as a quotation; one sentence is better than two."""
    return match.support - PAIR * isinstance(match.span, Neighbours)


def chosen(ranked: Iterable[Match]) -> list[Match]:
    """The first, and those near it that say something else, as far as there is room."""
    kept: list[Match] = []
    words = 0
    for match in ranked:
        length = len(match.span.plain.split())
        if kept and (len(kept) == MOST_QUOTES or quotable(match) < quotable(kept[0]) - WITHIN):
            break
        if kept and words + length > MOST_WORDS:
            continue
        if not any(match.span.overlaps(other.span) or _same(match.span, other.span) for other in kept):
            kept.append(match)
            words += length
    return kept


def nearest(found: Sequence[Match]) -> list[Match]:
    """Fewer of them, for a question that asks one thing."""
    return [match for match in found if quotable(match) >= quotable(found[0]) - WITHIN_ONE][:MOST_FOR_ONE]


def telling_most(found: Sequence[Match], told: Callable[[Span], Set[object]], *, figures_count: bool) -> list[Match]:
    """Without those that tell of the question only a part of what another of their passage tells.

    `Family size: 3` goes where `Family size: 4` stands beside it and four were asked for. With `figures_count` one
    stays that has a figure which the other lacks: of several things that are asked it may be the answer to the next.
    """

    def less(match: Match, other: Match) -> bool:
        if match.span.source is not other.span.source or not told(match.span) < told(other.span):
            return False
        return not (figures_count and _values(match.span) - _values(other.span))

    return [match for match in found if not any(less(match, other) for other in found)]


def in_reading_order(found: Sequence[Match]) -> list[Match]:
    """The same as they are read: passage by passage, that of the best first, and in each as they stand there."""
    first: dict[int, int] = {}
    for place, match in enumerate(found):
        first.setdefault(match.span.source.rank, place)
    return sorted(found, key=lambda match: (first[match.span.source.rank], match.span.start))


def _values(span: Span) -> Set[object]:
    return {figure.value for figure in span.figures if not figure.weak}


def _same(one: Span, other: Span) -> bool:
    shared = len(one.stems & other.stems)
    return shared > SAME * max(1, min(len(one.stems), len(other.stems)))
