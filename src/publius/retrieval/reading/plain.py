"""Plain text: paragraphs between blank lines, lists by their marks, headings where lines look like them."""

import re
from collections.abc import Iterator

from publius.retrieval.reading import media, properties
from publius.retrieval.reading.document import Manuscript, ReadDocument, one_line, visible
from publius.retrieval.reading.encoding import decode

ITEM = re.compile(r"(?:[-*•●▪◦–]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])\s+\S")
NUMBERED = re.compile(r"((?:\d{1,2}\.)*\d{1,2})\.?\s+[A-Z]")
_UNDERLINE = re.compile(r"[=\-~]{3,}\s*$")
_LONGEST_HEADING = 80  # characters
_SHORT_LINE = 50  # characters; a line this short was probably ended on purpose


def read_plain(data: bytes) -> ReadDocument:
    """Read a text file.

    Raises:
        UnreadableDocument: binary data, or too long.
    """
    manuscript = Manuscript()
    about, text = properties.front(visible(decode(data)))
    write_plain(manuscript, text)
    return manuscript.finish(about, media.PLAIN)


def write_plain(manuscript: Manuscript, text: str) -> None:
    """Write plain text down as what it looks like."""
    text = visible(text).replace("\f", "\n\n")
    for lines in _groups(text):
        if len(lines) == 2 and len(lines[0]) <= _LONGEST_HEADING and _UNDERLINE.match(lines[1]):
            manuscript.add("heading", lines[0], level=1 if lines[1].startswith("=") else 2)
            continue
        level = heading_level(lines[0])
        if level and not (len(lines) > 1 and ITEM.match(lines[1])):  # the first of a list is no heading
            manuscript.add("heading", lines.pop(0), level=level)
        for paragraph in _paragraphs(lines):
            manuscript.add("item" if ITEM.match(paragraph) else "paragraph", paragraph, level=1)


def heading_level(line: str) -> int:
    """Level of a line that looks like a heading: all capitals, or `2.1 Like This`; 0 if it does not."""
    line = one_line(line[: 2 * _LONGEST_HEADING])
    if not 3 < len(line) <= _LONGEST_HEADING or line[-1] in ".,;:":
        return 0
    if number := NUMBERED.match(line):
        return 0 if ITEM.match(line) and len(line.split()) > 8 else 1 + number[1].count(".")
    letters = [c for c in line if c.isalpha()]
    return 1 if len(letters) > 3 and all(c.isupper() for c in letters) else 0


def _groups(text: str) -> Iterator[list[str]]:
    """Runs of lines between blank lines."""
    group: list[str] = []
    for line in text.split("\n"):
        if line.strip():
            group.append(line.strip())
        elif group:
            yield group
            group = []
    if group:
        yield group


def _paragraphs(lines: list[str]) -> Iterator[str]:
    """Join the lines that were only wrapped; an item begins a paragraph of its own."""
    paragraph: list[str] = []
    for line in lines:
        if paragraph and ITEM.match(line):
            yield "".join(paragraph)
            paragraph = []
        if paragraph:
            paragraph.append("\n" if len(paragraph[-1]) < _SHORT_LINE else " ")
        paragraph.append(line)
    if paragraph:
        yield "".join(paragraph)
