"""Numbers and dates by value, read for measuring alone.

Verification reads figures too. This reader is another one on purpose: what checks the checks must not share their
mistakes. It knows less, and takes a number for a number whatever it counts.
"""

import re

from publius.verification.words import ranked

_UNITS = ranked("""
    zero,cero one,uno,una,un two,dos three,tres four,cuatro five,cinco six,seis seven,siete eight,ocho nine,nueve
    ten,diez eleven twelve,doce thirteen,trece fourteen,catorce fifteen,quince sixteen,dieciséis
    seventeen,diecisiete eighteen,dieciocho nineteen,diecinueve
""")
# Spanish "once" is left out: in English it is no number, and far more often met.
_TENS = {word: 10 * tens for word, tens in ranked("""
    twenty,veinte thirty,treinta forty,cuarenta fifty,cincuenta sixty,sesenta seventy,setenta eighty,ochenta
    ninety,noventa
""", 2).items()}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000, "mil": 1000, "million": 10**6, "millones": 10**6, "billion": 10**9}
_MONTHS = ranked("""
    january,enero february,febrero march,marzo april,abril may,mayo june,junio july,julio august,agosto
    september,septiembre october,octubre november,noviembre december,diciembre
""", 1)  # fmt: skip
_MONTH = "|".join(_MONTHS)
_NUMBER = re.compile(r"(?<![\w.])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_WORD = re.compile(r"[^\W\d_]+")
_DATES = (
    re.compile(rf"(?i)\b(?P<month>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{{4}}))?"),
    re.compile(
        rf"(?i)\b(?P<day>\d{{1,2}})\s+(?:de\s+)?(?P<month>{_MONTH})\b(?:,?\s+(?:de\s+|del\s+)?(?P<year>\d{{4}}))?"
    ),
    re.compile(rf"(?i)\b(?P<month>{_MONTH})\s+(?:de\s+)?(?P<year>\d{{4}})\b"),
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b"),
)
Date = tuple[int, int, int]  # year, month, day; 0 where it is not said


def numbers(text: str) -> set[float]:
    """Every number of a text, in digits and in words, those inside dates too."""
    found = set()
    for match in _NUMBER.finditer(text):
        value = float(match.group().replace(",", ""))
        scale = _WORD.match(text, match.end() + 1)
        found |= (
            {value, value * _SCALES[scale.group().lower()]} if scale and scale.group().lower() in _SCALES else {value}
        )
    return found | _spelled(text)


def dates(text: str) -> set[Date]:
    """Every date of a text, English, Spanish or ISO."""
    found = set()
    for pattern in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            month = parts["month"]
            number = int(month) if month.isdecimal() else _MONTHS[month.lower()]
            found.add((int(parts.get("year") or 0), number, int(parts.get("day") or 0)))
    return found


def holds(text: str, figure: str) -> bool:
    """Whether a text says a figure as the labels write it: a date, a number with or without a unit, or a code."""
    if wanted := dates(figure):
        said = dates(text)
        return all(any(_within(one, other) for other in said) for one in wanted)
    if re.fullmatch(r"[\d,.]+(?:\s+[a-z]+)?", figure):
        value = max(numbers(figure), default=None)
        return value is not None and value in numbers(text)
    return re.search(rf"(?<!\w){re.escape(figure)}(?!\w)", text, re.IGNORECASE) is not None


def _within(wanted: Date, said: Date) -> bool:
    return all(one in (0, other) for one, other in zip(wanted, said, strict=True))


def _spelled(text: str) -> set[float]:
    """Numbers in words: `forty-five`, `two hundred thousand`, `one hundred and twelve`, `treinta y dos`."""
    found: set[float] = set()
    run: list[str] = []
    matches = list(_WORD.finditer(text.lower()))
    for match, after in zip(matches, [*matches[1:], None], strict=False):
        word, beyond = match.group(), after.group() if after else ""
        near = after is not None and text[match.end() : after.start()] in (" ", "-")
        if word in _UNITS or word in _TENS or (run and word in _SCALES):
            run.append(word)
            joins = beyond in _UNITS or beyond in _TENS or beyond in _SCALES or _is_and(run, beyond)
        else:
            joins = _is_and(run, word) and (beyond in _UNITS or beyond in _TENS)
        if run and not (near and joins):
            found.add(_value(run))
            run = []
    return found


def _is_and(run: list[str], word: str) -> bool:
    """`hundred and` and `treinta y` go on; `two and three` are two numbers."""
    return bool(run) and ((word == "and" and run[-1] in _SCALES) or (word == "y" and run[-1] in _TENS))


def _value(run: list[str]) -> float:
    total = part = 0
    for word in run:
        if word in _SCALES and _SCALES[word] == 100:
            part = max(part, 1) * 100
        elif word in _SCALES:
            total += max(part, 1) * _SCALES[word]
            part = 0
        else:
            part += _UNITS.get(word, _TENS.get(word, 0))
    return float(total + part)
