"""Word's automatic numbers, which stand in no paragraph's text: `1.`, `(a)`, `2.1.3`."""

import re

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


class Numbering:
    """Counts list items as they come, in reading order."""

    def __init__(self, root: etree._Element | None) -> None:
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}  # (list, depth): format, pattern, start
        self._counts: dict[tuple[str, int], int] = {}
        if root is None:
            return
        abstract = {a.get(W + "abstractNumId"): a for a in root.iterchildren(W + "abstractNum")}
        for number in root.iterchildren(W + "num"):
            link = number.find(W + "abstractNumId")
            levels = abstract.get(link.get(W + "val")) if link is not None else None
            for level in levels.iterchildren(W + "lvl") if levels is not None else ():
                key = (number.get(W + "numId", ""), whole(level.get(W + "ilvl")))
                start = whole(value(level, "start"), 1)
                self._levels[key] = (value(level, "numFmt"), value(level, "lvlText"), start)

    def next(self, number_id: str, depth: int) -> str:
        """The mark of the next item of this list at this depth, from 0: `- `, `3. `, `(b) ` …"""
        form, pattern, start = self._levels.get((number_id, depth), ("bullet", "", 1))
        if form in ("bullet", "none", ""):
            return "" if form == "none" else "- "
        self._counts[number_id, depth] = self._counts.get((number_id, depth), start - 1) + 1
        for deeper in [key for key in self._counts if key[0] == number_id and key[1] > depth]:
            del self._counts[deeper]
        return re.sub(r"%([1-9])", lambda m: self._number(number_id, int(m[1]) - 1), pattern) + " "

    def _number(self, number_id: str, depth: int) -> str:
        form, _, start = self._levels.get((number_id, depth), ("decimal", "", 1))
        return _written(self._counts.get((number_id, depth), start), form)


def value(element: etree._Element, name: str) -> str:
    """The `w:val` of the child `name`, or an empty string."""
    child = element.find(W + name)
    return child.get(W + "val", "") if child is not None else ""


def whole(text: str | None, default: int = 0) -> int:
    """A small whole number from a file that may say anything."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else default


def _written(number: int, form: str) -> str:
    if form.endswith("Letter") and number > 0:
        text = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif form.endswith("Roman"):
        text, rest = "", number
        for size, sign in _ROMAN:
            text += sign * (rest // size)
            rest %= size
    else:
        text = str(number)
    return text.upper() if form.startswith("upper") else text
