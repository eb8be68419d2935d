"""Figures: every number, amount, date and numbered name in a text, read as a value of a kind.

A figure of a sentence stands in a source when the source holds one of the same kind and value, about
the same thing: 45 days is neither 45 dollars, 45 percent, section 45 nor 45 students. When in doubt
two figures are different, because a wrong figure is worse than none.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from publius.verification import dates
from publius.verification.numbers import DIGITS, SCALES, in_digits, in_words
from publius.verification.words import FUNCTION_WORDS, fold, is_spanish, singular, stem


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


class Figure(Struct, frozen=True):
    """`text[start:end]` of its sentence. `unit` is a known measure; `nouns` are the words after it."""

    kind: Kind
    value: Fraction | dates.Day | tuple[int, int] | int | str
    text: str
    start: int
    end: int
    unit: str = ""
    nouns: frozenset[str] = frozenset()
    weak: bool = False  # `a year`, `one of`: may support a figure, needs none itself


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
_ORDINALS = {
    word: value
    for value, names in enumerate(
        """first,primero,primera,primer second,segundo,segunda third,tercero,tercera,tercer fourth,cuarto,cuarta
        fifth,quinto,quinta sixth,sexto,sexta seventh,septimo,septima eighth,octavo,octava ninth,noveno,novena
        tenth,decimo,decima eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth
        nineteenth twentieth""".split(),
        start=1,
    )
    for word in names.split(",")
}
_PARTS = {"half": 2, "third": 3, "fourth": 4, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}

_LINKS = re.compile(
    r"(?i)https?://[^\s)>\]]+|www\.[^\s)>\]]+|[\w.+-]+@[\w-]+\.[\w.-]*\w|\b[\w-]+(?:\.[\w-]+)*\.(?:gov|mil|org|com|edu|net)\b(?:/[^\s)>\]]*)?"
)
_PHONES = re.compile(r"(?<!\w)(?:\+?1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b|\b1-8\d\d-[\dA-Z]+(?:-[\dA-Z]+)*\b")
_LAW = re.compile(
    r"\b(\d+)\s+(U\.?\s?S\.?\s?C\.?|C\.?\s?F\.?\s?R\.?)\s*(?:§+\s*)?(?:[Pp]arts?\s+)?(\d+[\w.-]*\w|\d)((?:\([\w]+\))*)"
)
_NAMED = re.compile(
    r"(?:§+\s*|\b(?i:sections?|sec\.|sección|subsections?|titles?|título|parts?|parte|chapters?|capítulo|subparts?|articles?|artículo"
    r"|art\.|paragraphs?|notes?|footnotes?|pages?|table|tabla|figure|fig\.|form|appendix|annex|levels?|nivel|versions?|phase|fase"
    r"|rooms?|rev\.|revision|number|no\.|nos\.|núm\.|public law|pub\. l\.|public law no\.|order|resolution|step|paso)\s+(?:No\.\s+)?)"
    r"(?:(\d[\w.–-]*\w|\d|[IVX]{1,5}\b|[A-H]\b(?!\s+[a-z]))((?:\((?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})\))*)"
    r"|((?:\((?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})\))+))"
)
_LIST_MARKS = re.compile(r"(?m)^\s*\d{1,3}[.)]\s|(?<!\w)\((?:\d{1,2}|[a-zA-Z]|[ivx]{2,5})\)(?=\s)|\[\d{1,3}\]")
_COUNTED = re.compile(r"(?i)\b(\d+)(?:st|nd|rd|th|º|ª)\b")
_DECADES = re.compile(r"\b(?:1[5-9]|20)\d0s\b|['’]\d0s\b")
_MIXED = re.compile(
    r"(?<=SP )\d+-\d+\w*(?:-\w+)*|\b\d+(?:\.\d+){2,}\b|\b[A-Za-z]+\d[\w.]*(?:-\w+)*(?:\(\d+\))*|\b[A-Z]{1,6}-\d+\w*(?:-\w+)*(?:\(\d+\))*"
    r"|\b\d+(?:-\d+){2,}\w*\b|\b\d+[A-Za-z]+\d\w*|\b\d+(?:-\d+)+[A-Z]\b|\b\d+(?!(?:[KMB]|bn|mm|tn|[kKMG][bB]|km|hr|h|s|st|nd|rd|th)\b)[A-Za-z]{1,3}\b"
)
_FRACTIONS = re.compile(
    r"(?i)\b(one|two|three|four|five|seven|\d+)[- ](half|halves|thirds?|fourths?|quarters?|fifths?|sixths?|eighths?|tenths?)\b|\bhalf\b(?![- ]?time|\s+(?:a|an|the)\b\s*$)|\b(\d{1,2})/(\d{1,2})\b|\bla mitad\b"
)
_NOT_A_COUNT = re.compile(r"(?i)^\s*(?:another|of\b|or\s+more\b|who\b|de\b|by\s+one\b|-?stop\b|-?on-one\b)")
_NO_ONE = re.compile(r"(?i)\b(?:no|any|every|some|each|the|that|this|which|another)[ -]$")
_NUMBER = re.compile(
    rf"(?P<sign>(?<![\w)])[-−–](?=[\d$])|\b(?:negative|minus)\s+)?(?:(?P<money>US\$|[$€£])\s?)?(?P<digits>{DIGITS})"
)
_SCALE = re.compile(
    r"\s?[-]?(?P<long>thousand|million|billion|trillion|mil(?:\s+millones)?|mill[óo]n(?:es)?(?:\s+de)?)\b|(?P<short>[KMB]|bn|mm|tn)\b",
    re.I,
)
_PERCENT = re.compile(
    r"(?i)\s?[-]?(?:%|percent\b|per\s?cent\b|pct\b|por\s?ciento\b)(?P<points>age)?|\s?percentage\s+points?\b"
)
_LETTERS = re.compile(r"[^\W\d_]+")
_AFTER = re.compile(r"\s*(?:\(\s*\$?[\d,.]+\s*\)|\))?[ \t\n]*[-‐]?\s*")
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
    if isinstance(mine.value, dates.Day) and isinstance(other.value, dates.Day):
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
    if isinstance(figure.value, dates.Day):
        return Fraction(figure.value.year) if figure.value.year and not figure.value.month else None
    return figure.value if isinstance(figure.value, Fraction) else None


def _about_the_same(mine: Figure, other: Figure) -> bool:
    """Units must agree where both have one; else the nouns that follow must share a word."""
    if mine.unit and other.unit:
        return mine.unit == other.unit
    if not mine.nouns or not other.nouns:
        return not (mine.weak or other.weak)
    return bool(mine.nouns & other.nouns)


def _label(kind_of: str, value: str, match: re.Match[str]) -> Figure:
    folded = re.sub(r"[\s–]", "-", fold(value).strip(".,;:"))
    return Figure(Kind.LABEL, folded, match.group(), match.start(), match.end(), unit=kind_of)


def _free(pattern: re.Pattern[str], text: str, taken: bytearray) -> Iterable[re.Match[str]]:
    return (m for m in pattern.finditer(text) if not any(taken[m.start() : m.end()]))


def _links(text: str, taken: bytearray) -> Iterable[Figure]:
    for match in _free(_LINKS, text, taken):
        address = re.sub(r"^https?://(www\.)?|^www\.", "", match.group().lower()).rstrip("/.,;:")
        yield _label("link", address, match)


def _phones(text: str, taken: bytearray) -> Iterable[Figure]:
    for match in _free(_PHONES, text, taken):
        yield _label("phone", re.sub(r"[^0-9A-Z]", "", match.group()).removeprefix("1"), match)


def _days(text: str, taken: bytearray) -> Iterable[Figure]:
    for pattern in dates.DATES:
        for match in _free(pattern, text, taken):
            if (value := dates.day(match)) is not None:
                yield Figure(Kind.DATE, value, match.group(), match.start(), match.end())


def _times(text: str, taken: bytearray) -> Iterable[Figure]:
    for pattern in dates.TIMES:
        for match in _free(pattern, text, taken):
            value = dates.minutes(match)
            if value is None:  # 13:30 a.m. is no time, so it must stand as it is
                yield _label("time", match.group(), match)
            else:
                yield Figure(Kind.TIME, value, match.group(), match.start(), match.end())


def _year_pairs(text: str, taken: bytearray) -> Iterable[Figure]:
    for match in _free(dates.YEARS, text, taken):
        if (value := dates.years(match)) is not None:
            yield Figure(Kind.YEARS, value, match.group(), match.start(), match.end())


def _labels(text: str, taken: bytearray) -> Iterable[Figure]:
    for match in _free(_LAW, text, taken):
        code = re.sub(r"[\s.]", "", match[2].lower())
        yield _label("law", f"{match[1]} {code} {match[3]}{match[4]}", match)
    for match in _free(_NAMED, text, taken):
        named = _LETTERS.search(match.group())
        word = singular(named.group()) if named and match.group()[0] != "§" else "section"
        number = match[3] or match[1] + match[2]
        yield _label({"sec": "section", "seccion": "section", "no": ""}.get(word, word), number, match)
    for match in _free(_LIST_MARKS, text, taken):
        yield Figure(Kind.LABEL, match.group().strip(), match.group(), match.start(), match.end(), "mark", weak=True)


def _ordinals(text: str, taken: bytearray) -> Iterable[Figure]:
    for match in _free(_DECADES, text, taken):
        yield _label("decade", match.group()[-3:], match)
    for match in _free(_COUNTED, text, taken):
        yield Figure(Kind.ORDINAL, Fraction(match[1]), match.group(), match.start(), match.end())
    for match in _free(_FRACTIONS, text, taken):
        yield _fraction(match)
    for match in _free(_LETTERS, text, taken):
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


def _mixed(text: str, taken: bytearray) -> Iterable[Figure]:
    for match in _free(_MIXED, text, taken):
        yield _label("", match.group(), match)


def _quantities(text: str, taken: bytearray) -> Iterable[Figure]:
    spanish = is_spanish(text)
    for match in _free(_NUMBER, text, taken):
        value = in_digits(match["digits"], spanish)
        if value is None:
            yield _label("", match["digits"], match)
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


def _word_quantities(text: str, taken: bytearray) -> Iterable[Figure]:
    done = 0
    for match in _free(_LETTERS, text, taken):
        if match.start() < done:
            continue
        number = in_words(text, match.start())
        if number is None or any(taken[match.start() : number.end]):
            continue
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
        year = dates.Day(int(digits))
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


_READERS = (_links, _phones, _days, _times, _year_pairs, _labels, _ordinals, _mixed, _quantities, _word_quantities)
