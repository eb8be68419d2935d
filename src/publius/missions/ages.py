"""How old somebody is, as people say it: `I'm 23`, `tengo 25 años`, `I turn 24 in March 2027`, `born May 5, 2003`.

An age is one in a year, of two possible years of birth. Nothing is made of it here: what an age means is for the tool.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from publius.kit import Kind
from publius.missions.mentions import Mention
from publius.missions.slots import Slot
from publius.verification.words import fold

YOUNGEST, OLDEST = 10, 110  # of whom it is said in these words

_CHILD = r"my\s+(?:son|daughter|child|kid)|mi\s+hij[oa]"
_BEFORE = re.compile(
    rf"""(?:
      \b(?:i'm|im|i\s+am|(?:{_CHILD})\s+(?:is|tiene))\s+(?:only\s+|just\s+|now\s+|currently\s+|already\s+|an?\s+)*
    | \b(?:tengo|my\s+age\s+(?:is|:)|mi\s+edad\s+es(?:\s+de)?|age\s*:?|edad\s*:?)\s*(?:solo\s+|ya\s+)?
    | \b(?:soy|i'm|im|i\s+am)\s+(?:(?:an?|una?)\s+)?(?:student|estudiante)\s+(?:of|de)\s+
    )$""",
    re.X,
)
_BEHIND = re.compile(
    r"""[-\s]*(?:years?\b|yrs?\b|yo\b|y/o\b|anos\b)
    | \s*(?:$|[.,;:!?)])
    | \s+(?:and|or|but|so|now|today|this|in|by|on|at|with|y|pero|en|hoy|ahora|este)\b""",
    re.X,
)
_YEARS = re.compile(r"[-\s]*(?:years?\b|yrs?\b|yo\b|y/o\b|anos\b)")
_TURNS = re.compile(
    rf"""\b(?:(?:i|{_CHILD})\s+(?:just\s+)?(?:turn(?:s|ed)?|am\s+turning|is\s+turning|will\s+turn|am\s+going\s+to\s+turn)
    | (?:i'm|im)\s+(?:going\s+to\s+turn|turning) | i'll\s+turn
    | (?:voy\s+a\s+|va\s+a\s+)?cumpl(?:o|ir|ire|i|e)|acabo\s+de\s+cumplir)\s+$""",
    re.X,
)
_WILL_BE = re.compile(rf"\b(?:(?:i|{_CHILD})\s+will\s+be|i'll\s+be|(?:voy\s+a\s+tener|tendre))\s+$")
_YEAR = re.compile(r"[^.;!?\d]{0,25}?(?:\b\d{1,2}(?:st|nd|rd|th)?\b[^.;!?\d]{0,12})?\b(?P<year>20\d\d)\b")
_RELATIVE = re.compile(
    r"[^.;!?\d]{0,12}?\b(?:(?P<when>this|next|last|este|proximo)\s+(?:year|ano)|ano\s+(?:que\s+viene|proximo|(?P<past>pasado)))\b"
)
_PAST = re.compile(r"\bjust\b|\bturned\b|\bacabo\b|\bcumpli\s")
_BORN = re.compile(
    r"""\b(?:(?:i\s+was\s+|i'm\s+|im\s+)?born|(?:my\s+)?(?:date\s+of\s+birth|birth\s*date|dob)|my\s+birthday\s+is
    |naci|(?:mi\s+)?fecha\s+de\s+nacimiento)\b[^.;!?]{1,30}?\b(?P<year>(?:19|20)\d\d)\b""",
    re.X,
)
_SUPPOSED = re.compile(
    r"\b(?:when|until|unless|suppose|supposing|before|after|cuando|hasta|antes|despues)\b[^,;.!?]*$"
)  # but not `if`: `am I dependent if I'm 25?` is how people say that they are


def today() -> date:
    """The day on which somebody says how old they are."""
    return datetime.now(UTC).date()


def said(text: str, held: Sequence[Mention], slots: Sequence[Slot]) -> tuple[dict[str, int], set[Mention]]:
    """What a sentence says of the age of whoever speaks, or of the child for whom a parent asks.

    Values by the path of their slot, and the numbers that say them.
    """
    paths = _paths(slots)
    told, start, end = _told(fold(text), held) if paths else ({}, 0, 0)
    values = {paths[of_age]: value for of_age, value in told.items() if of_age in paths}
    return values, {each for each in held if values and start <= each.start and each.end <= end}


def completed(values: Mapping[str, int | str | bool], slots: Sequence[Slot]) -> dict[str, int | str | bool]:
    """The values, where an age without a year is one of today, and one in place of a year of birth is an age."""
    paths, found = _paths(slots), dict(values)
    if {"born", "years"} <= paths.keys() and isinstance(given := found.get(paths["born"]), int) and given <= OLDEST:
        found[paths["years"]] = found.pop(paths["born"])
    if {"years", "in"} <= paths.keys() and paths["years"] in found:
        found.setdefault(paths["in"], today().year)
    return found


def _paths(slots: Sequence[Slot]) -> dict[str, str]:
    """The paths of those slots that ask for something of an age, by what that is."""
    return {slot.parameter.ask.of_age: slot.path for slot in slots if slot.parameter.ask.of_age}


def _told(text: str, held: Sequence[Mention]) -> tuple[dict[str, int], int, int]:
    """What is said of an age, by what an input asks for (`Ask.of_age`), and from where to where."""
    if (born := _BORN.search(text)) and not _SUPPOSED.search(text[: born.start()]):
        return {"born": int(born["year"])}, born.start("year"), born.end("year")
    for number in held:
        may_be = number.kind is Kind.WHOLE and not number.vague and YOUNGEST <= int(number.value) <= OLDEST
        if may_be and (found := _of(number, text)) is not None:
            return found[0], number.start, found[1]
    return {}, 0, 0


def _of(number: Mention, text: str) -> tuple[dict[str, int], int] | None:
    """What is said by a number that is an age, and where that ends."""
    before, age = text[: number.start], int(number.value)
    years = _YEARS.match(text, number.end)
    end = years.end() if years else number.end
    opening = _TURNS.search(before) or _WILL_BE.search(before)
    if opening is None:
        opening = _BEFORE.search(before) if _BEHIND.match(text, number.end) else None
        bare = opening and ("tengo" not in opening.group() or years)  # `tengo 25` may be of anything
        return ({"years": age}, end) if opening and bare and not _supposed(before, opening) else None
    year, end = _when(text, end)
    if _supposed(before, opening) or not (year or _PAST.search(opening.group())):
        return None
    if not year:
        return {"years": age}, end
    return ({"born": year - age} if _TURNS.search(before) else {"years": age, "in": year}), end


def _supposed(before: str, opening: re.Match[str]) -> bool:
    return _SUPPOSED.search(before[: opening.start()]) is not None


def _when(text: str, start: int) -> tuple[int, int]:
    """The year that is named behind an age, or 0, and where that ends."""
    if match := _YEAR.match(text, start):
        return int(match["year"]), match.end()
    if match := _RELATIVE.match(text, start):
        shift = {"this": 0, "este": 0, "last": -1, "pasado": -1}.get(match["when"] or match["past"] or "", 1)
        return today().year + shift, match.end()
    return 0, start
