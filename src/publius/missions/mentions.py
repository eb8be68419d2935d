"""What a person's words hold that could be an answer: amounts, numbers, award years, states, yes and no."""

import re
from fractions import Fraction
from typing import NamedTuple

from publius.kit import Kind
from publius.missions import states
from publius.verification import figures
from publius.verification.figure import Day, Figure
from publius.verification.figure import Kind as Read
from publius.verification.words import fold

_THOUSANDS = re.compile(r"(?<=\d)k\b")
_YES = re.compile(r"(?:yes|yess|yep|yeah|yup|si|correct|true|correcto|claro)\b")
_NO = re.compile(r"(?:no|nope|nah|false|not)\b")
_NOTHING = re.compile(r"(?:none|nothing|zero|nada|cero|ninguno|ninguna)\b")
_START = re.compile(r"(?:^|[\n,;.:]|\band\b|\by\b)\s*(?:\d{1,2}[.)]\s+)?")

_WORDS: tuple[tuple[re.Pattern[str], Kind, int | bool], ...] = (
    (_YES, Kind.YES_NO, True),
    (_NO, Kind.YES_NO, False),
    (_NOTHING, Kind.WHOLE, 0),
)


class Mention(NamedTuple):
    """`text[start:end]`, and what it is a value of. An `idle` one, such as `one`, can only be an answer."""

    kind: Kind
    value: int | str | bool
    start: int
    end: int
    idle: bool = False

    def fits(self, kind: Kind) -> bool:
        """Whether it can be the answer to a question of this kind. A bare number can be an amount."""
        return kind is self.kind or (kind is Kind.MONEY and self.kind is Kind.WHOLE)


def read(text: str, *, alone: bool = False) -> list[Mention]:
    """All that the text holds, in order. `alone`: it is nothing but answers, so `OH` is a state, and `1` a number."""
    found = [mention for figure in figures.read(_THOUSANDS.sub("K", text)) if (mention := _number(figure, alone))]
    found += [Mention(Kind.STATE, code, start, end) for code, start, end in states.find(text, alone=alone)]
    folded = fold(text)
    if alone and len(folded) == len(text):
        for start in {match.end() for match in _START.finditer(folded)}:
            for pattern, kind, value in _WORDS:
                if (match := pattern.match(folded, start)) and not any(one.start == start for one in found):
                    found.append(Mention(kind, value, match.start(), match.end()))
    return sorted(found, key=lambda mention: mention.start)


def _number(figure: Figure, alone: bool) -> Mention | None:
    """A figure as an answer. One with a fraction is none: nobody can say what was meant by 1.234."""
    value, kind = figure.value, Kind.WHOLE
    if figure.kind is Read.YEARS and isinstance(value, tuple) and not isinstance(value, Day):
        first, second = value
        if second != first + 1:
            return None
        return Mention(Kind.AWARD_YEAR, f"{first}-{second % 100:02}", figure.start, figure.end)
    if figure.kind is Read.DATE and isinstance(value, Day) and value.year and not value.month:
        return Mention(Kind.WHOLE, value.year, figure.start, figure.end)
    if figure.kind not in (Read.MONEY, Read.NUMBER) or not isinstance(value, Fraction):
        return None
    if figure.kind is Read.MONEY:
        if figure.unit != "dollar":
            return None
        kind, value = Kind.MONEY, Fraction(round(value))  # An amount is in whole dollars, as a form rounds it.
    if value.denominator != 1 or (figure.weak and not alone):
        return None
    return Mention(kind, int(value), figure.start, figure.end, figure.weak)
