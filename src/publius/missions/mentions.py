"""What a person's words hold that could be an answer: amounts, numbers, award years, states, yes and no."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from publius.kit import Kind
from publius.missions import states, vague
from publius.verification import figures
from publius.verification.figure import Day, Figure
from publius.verification.figure import Kind as Read
from publius.verification.words import fold

_POINTED = re.compile(r"(?<!\d)\d{1,3}\.\d{3}(?!\d)")  # thousands in Spain, three decimals in the United States
ROUND = 50  # what a number that is written as a year is a multiple of where it can be an amount: 1950, 2000
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATED = re.compile(r"(?i)\b(?:in|for|since|year|en|del|desde|a[nñ]o)\s+$")
_THOUSANDS = re.compile(r"(?<=\d)k\b")
_RANGE = re.compile(r"(?i)(?<=\d)-(?=\$?\d[\d,.]*k\b)")  # `50-60k` is no code of a form
# `SAI 1000 half-time` is a thousand, and not half of it.
_PARTS = re.compile(r"(?i)(?<=\d)\s(?:half|quarter|third|medio|media|cuarto|tercio)\b")
_PLAN = re.compile(r"(?i)(?<!\d)(?:401|403|457)(?=\s?\(?[kb]\b)")  # a 401(k) is a retirement account, and no amount
_YES = re.compile(r"(?:yes|yess|yep|yeah|yup|si|correct|true|correcto|claro)\b")
# Who says `no sé` or `not sure` has not said no.
_NO = re.compile(
    r"(?:no|nope|nah|false|not)\b(?!\W+(?:(?:lo|la)\s+se\b|se\b|idea\b|clue\b|tengo\s+(?:ni\s+)?idea|entiend|sure\b|certain\b|(?:estoy\s+)?segur))"
)
_NOTHING = re.compile(r"(?:none|nothing|zero|nada|cero|ninguno|ninguna)\b")
_START = re.compile(r"(?:^|[\n,;.:]|\band\b|\by\b)\s*(?:\d{1,2}[.)]\s+)?")

_WORDS: tuple[tuple[re.Pattern[str], Kind, int | bool], ...] = (
    (_YES, Kind.YES_NO, True),
    (_NO, Kind.YES_NO, False),
    (_NOTHING, Kind.WHOLE, 0),
)


class Mention(NamedTuple):
    """`text[start:end]`, and what it is a value of. An `idle` one, such as `one`, can only be an answer.

    `year`: it is written as a year is, `2024`; `dated`: and the word before says so, `in 2024`.
    `unclear`: nobody can say which amount it is, as with `80.000`, nor can they where it is `vague`, `about 60,000`.
    """

    kind: Kind
    value: int | str | bool
    start: int
    end: int
    idle: bool = False
    year: bool = False
    dated: bool = False
    unclear: bool = False
    vague: bool = False

    def fits(self, kind: Kind) -> bool:
        """Whether it can be the answer to a question of this kind."""
        return self.like(kind) and not self.unclear and not self.vague

    def like(self, kind: Kind) -> bool:
        """Whether it is of this kind, clear or not. A bare number can be an amount; `2024` is a year, and 2000 can."""
        if kind is Kind.MONEY and self.kind is Kind.WHOLE:
            return not self.dated and not (self.year and _number(self) % ROUND)
        return kind is self.kind


def read(text: str, *, alone: bool = False) -> list[Mention]:
    """All that the text holds, in order. `alone`: it is nothing but answers, so `OH` is a state, and `1` a number."""
    found = _exact([each for figure in figures.read(_plain(text)) if (each := _mention(figure, text, alone))], text)
    found += [Mention(Kind.STATE, code, start, end) for code, start, end in states.find(text, alone=alone)]
    folded = fold(text)
    if alone and len(folded) == len(text):
        for start in {match.end() for match in _START.finditer(folded)}:
            for pattern, kind, value in _WORDS:
                if (match := pattern.match(folded, start)) and not any(one.start == start for one in found):
                    found.append(Mention(kind, value, match.start(), match.end()))
    return sorted(found, key=lambda mention: mention.start)


def _plain(text: str) -> str:
    """The text as figures are read in it, every place where it was."""
    text = _PLAN.sub("___", text)
    return _PARTS.sub(lambda part: f" {'_' * (len(part.group()) - 1)}", _THOUSANDS.sub("K", _RANGE.sub("–", text)))


def _exact(found: Sequence[Mention], text: str) -> list[Mention]:
    """The same, where a bound, a guess or a range is one mention that is vague, with its words."""
    told: list[Mention] = []
    for each in found:
        before = told[-1] if told else None
        if not _counts(each):
            told.append(each)
        elif before and _ranges(before, each) and vague.joins(text, before.end, each.start):
            kind = Kind.MONEY if Kind.MONEY in (before.kind, each.kind) else Kind.WHOLE
            first = before.start if before.vague else vague.opens(text, before.start)
            told[-1] = Mention(kind, each.value, first, vague.ends(text, each.end), vague=True)
        else:
            first, last = vague.begins(text, each.start), vague.ends(text, each.end)
            inexact = (first, last) != (each.start, each.end)
            told.append(each._replace(start=first, end=last, year=False, vague=True) if inexact else each)
    return told


def _counts(mention: Mention) -> bool:
    """Whether it is a number or an amount, and no date."""
    return mention.kind in (Kind.MONEY, Kind.WHOLE) and not mention.dated and not mention.idle


def _ranges(first: Mention, second: Mention) -> bool:
    """Whether the two can be the ends of a range of amounts: two years are none."""
    return _counts(first) and _counts(second) and not (first.year and second.year)


def _number(mention: Mention) -> int:
    return mention.value if isinstance(mention.value, int) else 0


def _mention(figure: Figure, text: str, alone: bool) -> Mention | None:
    """A figure as an answer. One with a fraction is none: nobody can say what was meant by 1.234."""
    value, kind = figure.value, Kind.WHOLE
    if figure.text.lower() == "single":
        return None  # which says that somebody is not married
    if _POINTED.search(figure.text) and isinstance(value, Fraction) and value < 1_000:
        return Mention(Kind.MONEY, 0, figure.start, figure.end, unclear=True)
    if figure.kind is Read.YEARS and isinstance(value, tuple) and not isinstance(value, Day):
        first, second = value
        if second != first + 1:
            return None
        return Mention(Kind.AWARD_YEAR, f"{first}-{second % 100:02}", figure.start, figure.end)
    if figure.kind is Read.DATE and isinstance(value, Day) and value.year and not value.month:
        return Mention(Kind.WHOLE, value.year, figure.start, figure.end, year=True, dated=_is_dated(figure, text))
    if figure.kind not in (Read.MONEY, Read.NUMBER) or not isinstance(value, Fraction):
        return None
    if figure.kind is Read.MONEY:
        if figure.unit != "dollar":
            return None
        kind, value = Kind.MONEY, Fraction(round(value))  # An amount is in whole dollars, as a form rounds it.
    if value.denominator != 1 or (figure.weak and not alone):
        return None
    year = kind is Kind.WHOLE and bool(_YEAR.fullmatch(figure.text))
    dated = year and _is_dated(figure, text)
    return Mention(kind, int(value), figure.start, figure.end, figure.weak, year, dated)


def _is_dated(figure: Figure, text: str) -> bool:
    return bool(_DATED.search(text, max(0, figure.start - 12), figure.start))
