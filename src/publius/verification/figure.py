"""What a figure is: a value of a kind, with what is said to be counted."""

import re
from collections.abc import Iterator
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from msgspec import Struct


class Kind(StrEnum):
    """What sort of figure it is. Only figures of fitting kinds are ever compared."""

    NUMBER = "number"
    MONEY = "amount"
    PERCENT = "percentage"
    DATE = "date"
    YEARS = "years"
    TIME = "time"
    ORDINAL = "ordinal"
    LABEL = "label"  # section numbers, versions, telephone numbers, addresses: equal only letter by letter


class Day(NamedTuple):
    """A date as far as it is written; None stands for a part that is not."""

    year: int | None
    month: int | None = None
    day: int | None = None

    def within(self, other: "Day") -> bool:
        """Whether everything this date says is also said by `other`: October 2010 by October 13, 2010."""
        return all(mine is None or mine == theirs for mine, theirs in zip(self, other, strict=True))


class Figure(Struct, frozen=True):
    """`text[start:end]` of its sentence. `unit` is a known measure; `nouns` are the words after it."""

    kind: Kind
    value: Fraction | Day | tuple[int, int] | int | str
    text: str
    start: int
    end: int
    unit: str = ""
    nouns: frozenset[str] = frozenset()
    weak: bool = False  # `a year`, `one of`: may support a figure, needs none itself


def free(pattern: re.Pattern[str], text: str, taken: bytearray) -> Iterator[re.Match[str]]:
    """The matches of `pattern` in those parts of `text` that no other reader has taken."""
    return (match for match in pattern.finditer(text) if taken.find(1, match.start(), match.end()) < 0)
