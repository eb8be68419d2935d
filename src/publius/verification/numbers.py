"""Numbers as they are written, in digits and in words, English and Spanish, read into exact values."""

import re
from fractions import Fraction
from typing import NamedTuple

from publius.verification.words import fold, listed, ranked

DIGITS = r"\d{1,3}(?:[,.\u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?"

_SMALL = ranked(
    """zero,cero one,uno two,dos three,tres four,cuatro five,cinco six,seis seven,siete eight,ocho nine,nueve
    ten,diez eleven,once twelve,doce thirteen,trece fourteen,catorce fifteen,quince sixteen,dieciseis
    seventeen,diecisiete eighteen,dieciocho nineteen,diecinueve"""
)
_SMALL |= {f"veinti{word}": 20 + _SMALL[word] for word in listed("uno dos tres cuatro cinco seis siete ocho nueve")}
_SMALL |= {"veintiun": 21, "veintiuna": 21, "dozen": 12, "docena": 12}
_TENS = {
    word: 10 * value
    for word, value in ranked(
        """twenty,veinte thirty,treinta forty,cuarenta fifty,cincuenta sixty,sesenta seventy,setenta
        eighty,ochenta ninety,noventa""",
        start=2,
    ).items()
}
_HUNDREDS = {
    "cien": 100, "ciento": 100, "doscientos": 200, "doscientas": 200, "trescientos": 300, "trescientas": 300,
    "cuatrocientos": 400, "quinientos": 500, "quinientas": 500, "seiscientos": 600, "setecientos": 700,
    "ochocientos": 800, "novecientos": 900,
}  # fmt: skip
SCALES = {
    "thousand": 10**3, "mil": 10**3, "million": 10**6, "millon": 10**6, "millones": 10**6, "billion": 10**9,
    "trillion": 10**12, "k": 10**3, "m": 10**6, "mm": 10**6, "bn": 10**9, "b": 10**9, "tn": 10**12,
}  # fmt: skip
_ONES = {"one", "uno", "a", "an", "un", "una", "each", "single"}
_PLAIN_SCALES = frozenset(name for name in SCALES if len(name) > 2)
_TOKEN = re.compile(r"[^\W\d_]+")
_GAP = re.compile(r"[ \t]*[-‐‑]?[ \t]*\n?[ \t]*")


class Words(NamedTuple):
    """A number in words: its value, where it ends, and whether it is only `a` or `one`."""

    value: Fraction
    end: int
    single: bool


def in_digits(written: str, spanish: bool = False) -> Fraction | None:
    """The value of digits with separators; None if they are no number (`1.2.3`).

    `1,500.50` and `1.500,50` are read alike. A lone group of three after a comma is thousands
    (agencies write so in both languages); after a point it is thousands in Spanish only.
    """
    text = re.sub("[\u00a0\u202f]", "", written)
    if "," in text and "." in text:
        decimal = max(text.rfind(","), text.rfind("."))
        whole = re.sub("[,.]", "", text[:decimal])
        return Fraction(f"{whole}.{text[decimal + 1 :]}")
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+", text) or re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3}){2,}", text):
        return Fraction(re.sub("[,.]", "", text))
    if spanish and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", text):
        return Fraction(text.replace(".", ""))
    if text.count(",") + text.count(".") > 1:
        return None
    return Fraction(text.replace(",", "."))


def in_words(text: str, start: int) -> Words | None:
    """The longest number in words that begins at `start`; None if none does."""
    total, current, end, at, joined, count = 0, 0, start, start, False, 0
    while token := _TOKEN.match(text, at):
        word = fold(token.group())
        step = _step(word, total, current, count)
        if step is None:
            if not (word in {"and", "y"} and count and not joined and _may_join(word, total, current)):
                break
            joined = True
        else:
            total, current = step
            end, joined, count = token.end(), False, count + 1
        gap = _GAP.match(text, token.end())
        at = gap.end() if gap else token.end()
    single = count == 1 and fold(text[start:end]) in _ONES
    return Words(Fraction(total + current), end, single) if count else None


def _may_join(word: str, total: int, current: int) -> bool:
    """`one hundred and five`, `treinta y cinco`: but `five and six` are two numbers."""
    if word == "y":
        return current % 100 in range(30, 100, 10)
    return bool(total or current) and current % 100 == 0


def _step(word: str, total: int, current: int, count: int) -> tuple[int, int] | None:
    """Add one number word to what has been read; None if it does not go on the same number."""
    if word in _ONES:
        return (
            (total, current + 1)
            if current % 10 == 0 and current % 100 != 10 and (not count or word in {"one", "uno", "un"})
            else None
        )
    if word in _SMALL:
        value = _SMALL[word]
        free = current % 100 == 0 or (value < 10 and current % 10 == 0 and current % 100 > 10)
        return (total, current + value) if free and (value or not count) else None
    if word in _TENS:
        return (total, current + _TENS[word]) if current % 100 == 0 else None
    if word in _HUNDREDS:
        return (total, current + _HUNDREDS[word]) if current == 0 else None
    if word in {"hundred", "hundreds"}:
        return (total, (current or 1) * 100) if count and 0 < current < 100 else None
    if word in _PLAIN_SCALES:
        scale = SCALES[word]
        if not count and word != "mil":
            return None
        if total and total < scale:
            return (total + current) * scale, 0
        return (total + (current or 1) * scale, 0) if current or not count else None
    return None
