"""Dates and times of day as they are written, English and Spanish, read into comparable values."""

import re
from collections.abc import Iterator

from publius.verification.figure import Day, Figure, Kind, free
from publius.verification.labels import label
from publius.verification.words import fold

_NAMES = """january,jan,enero,ene february,feb,febrero march,mar,marzo april,apr,abril,abr may,mayo june,jun,junio
july,jul,julio august,aug,agosto,ago september,sep,sept,septiembre,setiembre october,oct,octubre
november,nov,noviembre december,dec,diciembre,dic"""
_MONTHS = {name: month for month, names in enumerate(_NAMES.split(), start=1) for name in names.split(",")}
_MONTH = r"\b(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|º|°)?\b"
_YEAR = r"(?P<year>1[4-9]\d\d|20\d\d|21\d\d)\b"

# In order: the fuller pattern is tried before the ones it contains.
_DATES = [
    re.compile(rf"\b{_YEAR}-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-3]\d)(?=\b|T)"),
    re.compile(rf"(?i){_MONTH}\s+{_DAY},?\s+(?:of\s+|de\s+)?{_YEAR}"),
    re.compile(rf"(?i)\b{_DAY}(?:\s+day)?\s+(?:of\s+|de\s+)?{_MONTH},?\s+(?:of\s+|de\s+|del\s+)?{_YEAR}"),
    re.compile(r"\b(?P<month>\d{1,2})[/-](?P<day>\d{1,2})[/-](?P<year>(?:19|20)\d\d)\b"),
    re.compile(rf"(?i){_MONTH},?\s+(?:of\s+|de\s+|del\s+)?{_YEAR}"),
    re.compile(rf"(?i)\b{_DAY}(?:\s+day)?\s+(?:of\s+|de\s+){_MONTH}"),
    re.compile(rf"(?i){_MONTH}\s+{_DAY}(?!,\d|\.\d|%|\s+(?:percent|million))"),
    re.compile(rf"(?i)\b{_DAY}\s+{_MONTH}"),
]
_TIMES = [
    re.compile(r"(?i)\b(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d))?(?::[0-5]\d)?\s*(?P<half>[ap])\.?\s?m\b\.?"),
    re.compile(r"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?P<half>)(?::[0-5]\d)?\b"),
    re.compile(r"(?i)\b(?P<name>noon|midnight|mediodía|medianoche)\b"),
]
# 2026-27 and 2026–2027: an award, fiscal or school year.
_YEARS = re.compile(r"\b(?P<first>1[5-9]\d\d|20\d\d)\s?[-–—/]\s?(?P<second>(?:1[5-9]|20)\d\d|\d\d)\b(?![-–/]\d)")


def days(text: str, taken: bytearray) -> Iterator[Figure]:
    """Dates: `October 13, 2010`, `2010-10-13`, `13 de octubre`."""
    for pattern in _DATES:
        for match in free(pattern, text, taken):
            if (value := _day(match)) is not None:
                yield Figure(Kind.DATE, value, match.group(), match.start(), match.end())


def times(text: str, taken: bytearray) -> Iterator[Figure]:
    """Times of day: `5 p.m.`, `17:00`, `noon`."""
    for pattern in _TIMES:
        for match in free(pattern, text, taken):
            value = _minutes(match)
            if value is None:  # 13:30 a.m. is no time, so it must stand as it is
                yield label("time", match.group(), match)
            else:
                yield Figure(Kind.TIME, value, match.group(), match.start(), match.end())


def year_pairs(text: str, taken: bytearray) -> Iterator[Figure]:
    """Award, fiscal and school years: `2026-27`."""
    for match in free(_YEARS, text, taken):
        if (value := _years(match)) is not None:
            yield Figure(Kind.YEARS, value, match.group(), match.start(), match.end())


def _day(match: re.Match[str]) -> Day | None:
    """Read a match of `_DATES`; None if there is no such day, or the word is the verb `may`."""
    parts = match.groupdict()
    written = fold(parts["month"])
    if not written.isdigit() and parts["month"].islower() and written in {"may", "mar", "dec", "sep", "ago", "march"}:
        return None
    month = int(written) if written.isdigit() else _MONTHS[written]
    number = int(parts["day"]) if parts.get("day") else None
    if written.isdigit() and "-" not in match.group()[:5] and month > 12 and number is not None:
        month, number = number, month  # 13/10/2010 can only be the day first
    if not 1 <= month <= 12 or (number is not None and not 1 <= number <= 31):
        return None
    return Day(int(parts["year"]) if parts.get("year") else None, month, number)


def _minutes(match: re.Match[str]) -> int | None:
    """Read a match of `_TIMES` as minutes since midnight."""
    parts = match.groupdict()
    if name := parts.get("name"):
        return 0 if fold(name) in {"midnight", "medianoche"} else 12 * 60
    hour, half = int(parts["hour"]), (parts["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour * 60 + int(parts["minute"] or 0)


def _years(match: re.Match[str]) -> tuple[int, int] | None:
    """Read a match of `_YEARS` as its two years; None if the second does not follow the first."""
    first, second = int(match["first"]), match["second"]
    last = (
        int(second)
        if len(second) == 4
        else first - first % 100 + int(second) + (100 if int(second) < first % 100 else 0)
    )
    return (first, last) if first < last <= first + 100 else None
