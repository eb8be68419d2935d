"""The walk through HTML elements: text gathers in a buffer, and each block's end writes it down."""

import re

from lxml import etree

from publius.errors import UnreadableDocument
from publius.retrieval.reading.document import Manuscript, one_line
from publius.retrieval.reading.table import Rows

MAX_DEPTH = 1000  # elements inside one another; the parser silently drops what is deeper than 2048

_SKIPPED = frozenset({
    "head", "script", "style", "noscript", "template", "svg", "math", "nav", "aside", "footer", "iframe", "object",
    "canvas", "audio", "video", "select", "button", "dialog", "menu",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "form", "header", "hr", "legend", "main", "p", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul", "ol", "li", "pre", "h1", "h2", "h3", "h4", "h5", "h6",
})  # fmt: skip
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0\s*(?:;|$|[a-z%])", re.I)


class Walk:
    """One pass over a tree, without recursion, into a manuscript."""

    def __init__(self, manuscript: Manuscript) -> None:
        self._out = manuscript
        self._buffer: list[str] = []
        self._lists: list[int] = []  # the next number of each open list; 0 for bullets
        self._mark = ""  # of the item that has begun but has no text yet
        self._tables: list[Rows | None] = []  # None stands for a table that only lays things out
        self._in_cell = False
        self._preformatted = False

    def through(self, content: etree._Element) -> None:
        """Write down all that `content` holds.

        Raises:
            UnreadableDocument: nested more than MAX_DEPTH deep, or too long.
        """
        depth = 0
        steps = etree.iterwalk(content, events=("start", "end"))
        for event, element in steps:
            depth += 1 if event == "start" else -1
            if depth > MAX_DEPTH:
                raise UnreadableDocument(f"The page's elements are nested more than {MAX_DEPTH:,} deep.")
            skipped = _skipped(element)
            if event == "start":
                if skipped:
                    steps.skip_subtree()
                else:
                    self._start(element)
                    self._say(element.text)
                continue
            if not skipped:
                self._end(element.tag)
            if element is not content:  # what follows the content itself is outside of it
                self._say(element.tail)
        self._flush()

    def _say(self, text: str | None) -> None:
        if text:
            self._buffer.append(text if self._preformatted else text.replace("\n", " "))

    def _start(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._break()
        if tag == "br":
            self._buffer.append(" " if self._in_cell else "\n")
        elif tag == "sup":
            self._raise_digits(element)
        elif tag == "pre":
            self._preformatted = not self._in_cell
        elif tag in ("ul", "ol"):
            self._lists.append(_first_number(element) if tag == "ol" else 0)
        elif tag == "li":
            self._start_item()
        elif tag == "table":
            self._tables.append(None if _lays_out(element) else Rows())
        elif tag in ("td", "th") and self._table is not None:
            self._buffer.clear()
            self._in_cell = True

    def _end(self, tag: str) -> None:
        table = self._table
        if table is not None and tag in ("td", "th", "tr", "thead", "table"):
            self._end_in_table(table, tag)
        elif tag == "pre" and self._preformatted:
            self._out.add("code", "".join(self._buffer))
            self._buffer.clear()
            self._preformatted = False
        elif tag in _BLOCKS:
            self._break(_HEADINGS.get(tag, 0))
        if tag == "table" and self._tables:
            self._tables.pop()
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "li":
            self._mark = ""

    @property
    def _table(self) -> Rows | None:
        return self._tables[-1] if self._tables else None

    def _end_in_table(self, table: Rows, tag: str) -> None:
        if tag in ("td", "th"):
            table.cell("".join(self._buffer), heading=tag == "th")
            self._buffer.clear()
            self._in_cell = False
        else:
            table.end_row(header=tag == "thead")
        if tag == "table":
            table.write(self._out)

    def _break(self, heading: int = 0) -> None:
        """A block begins or ends; in a cell that is no more than a space."""
        if self._in_cell:
            self._buffer.append(" ")
        else:
            self._flush(heading)

    def _flush(self, heading: int = 0) -> None:
        text = "".join(self._buffer).strip()
        self._buffer.clear()
        if not text:
            return
        if heading:
            self._out.add("heading", one_line(text), level=heading)
        elif self._lists:
            self._out.add("item", self._mark + text, level=len(self._lists))
            self._mark = ""
        else:
            self._out.add("paragraph", text)

    def _start_item(self) -> None:
        number = self._lists[-1] if self._lists else 0
        self._mark = f"{number}. " if number else "- "
        if number:
            self._lists[-1] += 1

    def _raise_digits(self, element: etree._Element) -> None:
        """Keep 10<sup>6</sup> from becoming 106."""
        before = next((part for part in reversed(self._buffer) if part), "")
        raised = next((text.strip() for text in element.itertext() if text.strip()), "")
        if before[-1:].isdigit() and raised[:1].isdigit():
            self._buffer.append("^")


def _skipped(element: etree._Element) -> bool:
    """Not content, or hidden from the reader (and so a place for instructions that nobody would see)."""
    if element.tag in _SKIPPED or not isinstance(element.tag, str):
        return True
    if element.tag == "header":
        return element.find(".//h1") is None and element.find(".//nav") is not None
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and _HIDDEN.search(style))


def _first_number(ordered: etree._Element) -> int:
    start = ordered.get("start", "")
    return int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1


def _lays_out(table: etree._Element) -> bool:
    """Whether the table only arranges a page: it holds headings or tables, or a single column."""
    if table.get("role") in ("presentation", "none"):
        return True
    if next(table.iterdescendants("table", "h1", "h2", "h3", "h4", "h5", "h6"), None) is not None:
        return True
    return all(len(row) < 2 for row in table.iterdescendants("tr"))
