"""Whether each figure still stands beside its own words.

A tool's sentence may hold several figures: with the index and the grant exchanged, every word and every figure of it
would still stand in the result. So where a sentence of a result has several figures of a kind, a sentence that repeats
them keeps their order, and says of each no more than what the result says between it and its neighbours.
"""

from collections.abc import Sequence

from publius.verification.figure import Figure, Kind
from publius.verification.figures import read, stands
from publius.verification.words import telling


def moved(sentence: str, source: str) -> Figure | None:
    """The first figure of `sentence` that stands beside other words than in `source`; None if none does."""
    held = _exchangeable(source)
    said = [figure for figure in read(sentence) if not figure.weak and any(_alike(figure, other) for other in held)]
    after = 0
    for at, figure in enumerate(said):
        place = next((n for n in range(after, len(held)) if stands(figure, [held[n]])), None)
        if place is None:
            return figure
        before = _between(sentence, said, at - 1, at)
        following = _between(sentence, said, at, at + 1) if at + 1 == len(said) else frozenset()
        if not before <= _between(source, held, place - 1, place) or not (
            following <= _between(source, held, place, place + 1)
        ):
            return figure
        after = place + 1
    return None


def _exchangeable(source: str) -> list[Figure]:
    """The figures of which there are several of one kind, with different values."""
    found = [figure for figure in read(source) if not figure.weak]
    return [one for one in found if any(_alike(one, other) and one.value != other.value for other in found)]


def _alike(one: Figure, other: Figure) -> bool:
    """An amount and a bare number are alike: either may be written for the other."""
    return one.kind == other.kind or {one.kind, other.kind} == {Kind.NUMBER, Kind.MONEY}


def _between(text: str, found: Sequence[Figure], left: int, right: int) -> frozenset[str]:
    """The stems of the words between two figures, or to the beginning or end of the text."""
    start = found[left].end if left >= 0 else 0
    end = found[right].start if right < len(found) else len(text)
    return frozenset(word.stem for word in telling(text[start:end]))
