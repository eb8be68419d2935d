"""Figures that count: numbers, amounts and percentages, with the unit or the words that follow them."""

import re
from collections.abc import Iterator
from fractions import Fraction

from publius.verification.figure import Day, Figure, Kind, free
from publius.verification.labels import label
from publius.verification.numbers import DIGITS, SCALES, in_digits, in_words
from publius.verification.words import FUNCTION_WORDS, fold, is_spanish, ranked, singular, stem

_UNITS = {
    stem(name): unit
    for unit, names in {
        "day": "day days día días", "week": "week weeks semana semanas", "month": "month months mes meses",
        "year": "year years año años yr yrs", "hour": "hour hours hora horas hr hrs",
        "minute": "minute minutes minuto minutos min", "second": "seconds segundos",
        "semester": "semester semesters semestre semestres", "quarter": "quarters trimestres",
        "credit": "credit credits crédito créditos", "mile": "mile miles milla millas", "foot": "foot feet pie pies",
        "inch": "inch inches", "acre": "acre acres", "pound": "pound pounds libras", "ton": "ton tons tonelada",
        "meter": "meter meters metro metros", "kilometer": "kilometer kilometers km", "gallon": "gallon gallons",
        "character": "character characters carácter caracteres", "page": "page pages página páginas",
        "bit": "bit bits", "byte": "byte bytes", "kilobyte": "kb", "megabyte": "mb", "gigabyte": "gb",
        "degree": "degree degrees", "point": "point points puntos", "watt": "watt watts", "time": "times veces",
    }.items()
    for name in names.split()
}  # fmt: skip
_CURRENCIES = {
    "$": "dollar", "us$": "dollar", "dollar": "dollar", "usd": "dollar", "dolar": "dollar", "dolare": "dollar",
    "€": "euro", "euro": "euro", "£": "pound", "cent": "cent", "centavo": "cent",
}  # fmt: skip
_ORDINALS = ranked(
    """first,primero,primera,primer second,segundo,segunda third,tercero,tercera,tercer fourth,cuarto,cuarta
    fifth,quinto,quinta sixth,sexto,sexta seventh,septimo,septima eighth,octavo,octava ninth,noveno,novena
    tenth,decimo,decima eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth
    nineteenth twentieth""",
    start=1,
)
_PARTS = {"half": 2, "third": 3, "fourth": 4, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}

_COUNTED = re.compile(r"(?i)\b(\d+)(?:st|nd|rd|th|º|ª)\b")
_FRACTIONS = re.compile(
    r"(?i)\b(one|two|three|four|five|seven|\d+)"
    r"[- ](half|halves|thirds?|fourths?|quarters?|fifths?|sixths?|eighths?|tenths?)\b"
    r"|\bhalf\b(?![- ]?time)|\b(\d{1,2})/(\d{1,2})\b|\bla mitad\b"
)
_NOT_A_COUNT = re.compile(r"(?i)^\s*(?:another|of\b|or\s+more\b|who\b|de\b|by\s+one\b|-?stop\b|-?on-one\b)")
_NO_ONE = re.compile(r"(?i)\b(?:no|any|every|some|each|the|that|this|which|another)[ -]$")
_NUMBER = re.compile(
    rf"(?P<sign>(?<![\w)])[-−–](?=[\d$])|\b(?:negative|minus)\s+)?(?:(?P<money>US\$|[$€£])\s?)?(?P<digits>{DIGITS})"
)
_SCALE = re.compile(
    r"(?i)\s?-?(?P<long>thousand|million|billion|trillion|mil(?:\s+millones)?|mill[óo]n(?:es)?(?:\s+de)?)\b"
    r"|(?P<short>[KMB]|bn|mm|tn)\b"
)
_PERCENT = re.compile(
    r"(?i)\s?[-]?(?:%|percent\b|per\s?cent\b|pct\b|por\s?ciento\b)(?P<points>age)?|\s?percentage\s+points?\b"
)
_LETTERS = re.compile(r"[^\W\d_]+")
_AFTER = re.compile(r"\s*(?:\(\s*\$?[\d,.]+\s*\)|\))?[ \t\n]*[-‐]?\s*")


def ordinals(text: str, taken: bytearray) -> Iterator[Figure]:
    """`3rd`, `third`, `two-thirds`, `half`."""
    for match in free(_COUNTED, text, taken):
        yield Figure(Kind.ORDINAL, Fraction(match[1]), match.group(), match.start(), match.end())
    for match in free(_FRACTIONS, text, taken):
        yield _fraction(match)
    for match in free(_LETTERS, text, taken):
        if value := _ORDINALS.get(fold(match.group())):
            weak = value == 1 and bool(
                re.match(r"\s*,|\s+of all", text[match.end() :]) or text[: match.start()].endswith("at ")
            )
            yield Figure(Kind.ORDINAL, Fraction(value), match.group(), match.start(), match.end(), weak=weak)


def _fraction(match: re.Match[str]) -> Figure:
    if match[3]:
        value = Fraction(int(match[3]), int(match[4]) or 1)
    elif match[1]:
        words = in_words(match[1], 0)
        top = Fraction(match[1]) if words is None else words.value
        part = match[2].lower().removesuffix("s").replace("halve", "half")
        value = top / _PARTS[part]
    else:
        value = Fraction(1, 2)
    return Figure(Kind.NUMBER, value, match.group(), match.start(), match.end(), nouns=frozenset({"share"}))


def in_figures(text: str, taken: bytearray) -> Iterator[Figure]:
    """Numbers in digits: `1,500`, `$1.5 million`, `12 %`."""
    spanish = is_spanish(text)
    for match in free(_NUMBER, text, taken):
        value = in_digits(match["digits"], spanish)
        if value is None:
            yield label("", match["digits"], match)
            continue
        end = match.end()
        if scale := _SCALE.match(text, end):
            value, end = value * _scale(scale), scale.end()
        sign = -1 if match["sign"] else 1
        digits = "" if match["sign"] else match["digits"]
        yield _quantity(text, match.start(), end, sign * value, match["money"], digits)


def _scale(match: re.Match[str]) -> int:
    written = fold(match["long"] or match["short"]).removesuffix(" de")
    return 10**9 if written.startswith("mil ") else SCALES[written]


def spelt_out(text: str, taken: bytearray) -> Iterator[Figure]:
    """Numbers in words: `forty-five days`, `twelve percent`, `dos mil`."""
    done = 0
    for match in free(_LETTERS, text, taken):
        if match.start() < done:
            continue
        number = in_words(text, match.start())
        if number is None or any(taken[match.start() : number.end]):
            continue
        if fold(text[match.start() : number.end]) == "once" and not is_spanish(text):
            continue  # eleven in Spanish alone
        done = number.end
        figure = _quantity(text, match.start(), number.end, number.value, None, "")
        article = fold(match.group()) not in {"one", "uno", "single"}
        idle = _NOT_A_COUNT.match(text, number.end) or _NO_ONE.search(text[: match.start()])
        weak = number.single and bool(article or idle or not (figure.unit or figure.nouns))
        yield Figure(figure.kind, figure.value, figure.text, figure.start, figure.end, figure.unit, figure.nouns, weak)


def _quantity(text: str, start: int, end: int, value: Fraction, money: str | None, digits: str) -> Figure:
    """A number with what stands around it: a currency, a percent sign, or the words that follow."""
    if money:
        return Figure(Kind.MONEY, value, text[start:end].strip(), start, end, unit=_CURRENCIES[money.lower()])
    if percent := _PERCENT.match(text, end):
        unit = "point" if "age" in percent.group() else ""
        return Figure(Kind.PERCENT, value, text[start : percent.end()].strip(), start, percent.end(), unit=unit)
    nouns = _following(text, end + 3 if text.startswith(" de d", end) or text.startswith(" de e", end) else end)
    for noun in nouns[:1]:
        if currency := _CURRENCIES.get(singular(noun)):
            return Figure(Kind.MONEY, value, text[start:end].strip(), start, end, unit=currency)
    unit = next((_UNITS[stem(noun)] for noun in nouns if stem(noun) in _UNITS), "")
    if re.fullmatch(r"1[5-9]\d\d|20\d\d", digits) and not unit:
        year = Day(int(digits))
        return Figure(Kind.DATE, year, text[start:end].strip(), start, end, nouns=frozenset(map(stem, nouns)))
    return Figure(Kind.NUMBER, value, text[start:end].strip(), start, end, unit, frozenset(map(stem, nouns)))


def _following(text: str, end: int) -> list[str]:
    """Up to three words after a number, as far as they can belong to it."""
    gap = _AFTER.match(text, end)
    at = gap.end() if gap else end
    nouns: list[str] = []
    while len(nouns) < 3 and (word := _LETTERS.match(text, at)):
        if word.group().lower() in FUNCTION_WORDS:
            break
        nouns.append(word.group())
        at = word.end() + 1 if text[word.end() : word.end() + 1] in {" ", "-", "\n"} else len(text)
    return nouns
