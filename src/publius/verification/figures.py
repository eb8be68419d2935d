"""Figures: every number, amount, date and numbered name in a text, read as a value of a kind.

A figure of a sentence stands in a source when the source holds one of the same kind and value, about
the same thing: 45 days is neither 45 dollars, 45 percent, section 45 nor 45 students. When in doubt
two figures are different, because a wrong figure is worse than none.
"""

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from publius.verification import dates, labels, quantities
from publius.verification.figure import Day, Figure, Kind
from publius.verification.words import stem

# In this order: what a reader takes, the later ones do not see.
_READERS = (
    labels.addresses, dates.days, dates.times, dates.year_pairs, labels.sections,
    quantities.ordinals, labels.codes, quantities.in_figures, quantities.spelt_out,
)  # fmt: skip
# Ten business days are not ten days, nor is a credit hour an hour.
_QUALIFIERS = frozenset(map(stem, ("business", "working", "school", "instructional", "credit", "clock")))
_BETWEEN = re.compile(r"(?i)\s*(?:-|–|—|to|and|or|through|a|y|o|e|hasta)\s*")


@lru_cache(maxsize=8192)
def read(text: str) -> tuple[Figure, ...]:
    """Every figure of `text`, in order."""
    taken = bytearray(len(text))
    found: list[Figure] = []
    for reader in _READERS:
        for figure in reader(text, taken):
            taken[figure.start : figure.end] = b"\1" * (figure.end - figure.start)
            found.append(figure)
    return _share(text, sorted(found, key=lambda figure: figure.start))


def stands(figure: Figure, source: Iterable[Figure]) -> bool:
    """Whether `figure` is held by a source with these figures."""
    return figure.weak or any(_same(figure, other) for other in source)


def missing(sentence: str, source: Iterable[Figure]) -> list[Figure]:
    """The figures of `sentence` that do not stand in the source."""
    held = tuple(source)
    return [figure for figure in read(sentence) if not stands(figure, held)]


def _same(mine: Figure, other: Figure) -> bool:
    if isinstance(mine.value, Day) and isinstance(other.value, Day):
        return mine.value.within(other.value)
    if {mine.kind, other.kind} == {Kind.NUMBER, Kind.DATE}:
        return _as_number(mine) == _as_number(other) is not None and bool(mine.nouns & other.nouns)
    if mine.kind != other.kind:
        bare = {mine.kind, other.kind} == {Kind.NUMBER, Kind.MONEY}
        plain = mine if mine.kind is Kind.NUMBER else other
        return bare and mine.value == other.value and not plain.unit and not plain.weak and not plain.nouns
    if mine.value != other.value:
        return False
    if mine.kind is Kind.LABEL:
        return not mine.unit or not other.unit or mine.unit == other.unit
    return mine.unit == other.unit if mine.kind is not Kind.NUMBER else _about_the_same(mine, other)


def _as_number(figure: Figure) -> Fraction | None:
    """2000 may be a year or a count: its value as a number, if it is a bare one."""
    if isinstance(figure.value, Day):
        return Fraction(figure.value.year) if figure.value.year and not figure.value.month else None
    return figure.value if isinstance(figure.value, Fraction) else None


def _about_the_same(mine: Figure, other: Figure) -> bool:
    """Units must agree where both have one; else the nouns that follow must share a word."""
    if _QUALIFIERS & mine.nouns != _QUALIFIERS & other.nouns:
        return False
    if mine.unit and other.unit:
        return mine.unit == other.unit
    if not mine.nouns or not other.nouns:
        return not (mine.weak or other.weak)
    return bool(mine.nouns & other.nouns)


def _share(text: str, found: list[Figure]) -> tuple[Figure, ...]:
    """In `30 to 45 days` and `5 or 10 percent` the first number is of the kind of the second."""
    shared = list(found)
    for at in range(len(shared) - 2, -1, -1):
        first, second = shared[at], shared[at + 1]
        bare = first.kind is Kind.NUMBER and not first.unit and not first.nouns and not first.weak
        if (
            bare
            and second.kind in {Kind.NUMBER, Kind.PERCENT, Kind.MONEY}
            and _BETWEEN.fullmatch(text[first.end : second.start])
        ):
            shared[at] = Figure(second.kind, first.value, first.text, first.start, first.end, second.unit, second.nouns)
    return tuple(shared)
