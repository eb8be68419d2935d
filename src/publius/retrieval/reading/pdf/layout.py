"""Lines of a PDF to blocks: running lines dropped, headings found, paragraphs rebuilt."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise, zip_longest

from msgspec import Struct

from publius.retrieval.reading.document import Kind
from publius.retrieval.reading.pdf.grid import Table
from publius.retrieval.reading.pdf.lines import Line
from publius.retrieval.reading.places import View
from publius.retrieval.reading.plain import ITEM

_EDGE = 0.12  # part of a page's height, at the top and at the bottom, where running lines stand
_CONTENTS_LINE = re.compile(r"(?:\.\s?){5,}\s*[\divxlc]*$")  # "Introduction ........ 4"
_SENTENCE_END = re.compile(r"[.?!:;”\"')\]]$")
_NUMBER = re.compile(r"(?:[A-Z]\.?)?\d{1,2}(?:\.\d{1,2})*(?:\.?\s|\.(?=[A-Z]))")
_BULLET = re.compile(r"[●•▪◦○■–*\u27a2\u2713]\s|o\s(?=[A-Z])|-\s")
_LONGEST_HEADING = 160  # characters


class Page(Struct):
    """One page: its height in points, its lines and tables in their order of reading, and how it is shown."""

    height: float
    content: list[Line | Table]
    view: View

    @property
    def lines(self) -> list[Line]:
        return [line for line in self.content if isinstance(line, Line)]


class Stretch(Struct):
    """A block of text on its way: lines that belong together."""

    kind: Kind
    lines: list[Line]
    level: int
    turn: int = 0  # lines from this one on stand on the next page; 0 where all are on one

    @property
    def size(self) -> float:
        return self.lines[0].size


class Shape(Struct, frozen=True):
    """What is usual in this document."""

    body: float  # size of its running text, in points
    headings: tuple[float, ...]  # sizes larger than that, largest first

    def level(self, line: Line) -> int:
        """Heading level of a line by its size and weight; 0 if it looks like running text."""
        if len(line.text) > _LONGEST_HEADING or line.text[0].islower() or not any(c.isalpha() for c in line.text):
            return 0
        number = _NUMBER.match(line.text)
        depth = number[0].rstrip(". ").count(".") if number else 0
        for rank, size in enumerate(self.headings):
            if line.size >= size * 0.97:
                return min(rank + 1 + depth, 9)
        plain = line.text.endswith((".", ",", ";")) or _BULLET.match(line.text) is not None
        if line.bold and not plain and line.size > self.body * 0.85:
            return min(len(self.headings) + 1 + depth, 9)
        return 0


def shape(pages: Iterable[Page]) -> Shape:
    """The size of most characters is the body's; larger sizes that hold little text are headings."""
    characters: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            characters[round(line.size)] += len(line.text)
    if not characters:
        return Shape(0.0, ())
    body = characters.most_common(1)[0][0]
    limit = sum(characters.values()) * 0.2
    larger = sorted((s for s, n in characters.items() if s > body * 1.13 and n < limit), reverse=True)
    return Shape(float(body), tuple(size for i, size in enumerate(larger) if i == 0 or size < larger[i - 1] * 0.97))


def drop_running_lines(pages: list[Page]) -> None:
    """Take out what repeats at the edges of most pages (all but its first time), page numbers, lines of contents."""
    places = [_edges(page) for page in pages]
    count = Counter(key for edges in places for key in set(edges.values()))
    needed = max(3, len(pages) // 2)
    seen: set[str] = set()
    for page, edges in zip(pages, places, strict=True):
        stay = []
        for index, line in enumerate(page.content):
            key = edges.get(index, "")
            runs = count[key] >= needed and (key in seen or not any(c.isalpha() for c in key))
            if not runs and not (isinstance(line, Line) and _CONTENTS_LINE.search(line.text)):
                stay.append(line)
        seen.update(edges.values())
        page.content = stay


def _edges(page: Page) -> dict[int, str]:
    """The lines at the edges of a page by index, each with its text's numbers made alike."""
    low, high = page.height * _EDGE, page.height * (1 - _EDGE)
    lines = ((i, line) for i, line in enumerate(page.content) if isinstance(line, Line))
    at_edge = ((i, line) for i, line in lines if line.top < low or line.bottom > high)
    return {i: re.sub(r"\d+|\b[ivxlc]+\b", "#", line.text) for i, line in at_edge}


def stretches(content: Sequence[Line | Table], usual: Shape) -> list[Stretch | Table]:
    """The blocks of one page, in PDFium's order of reading."""
    found: list[Stretch | Table] = []
    right = max((line.right for line in content if isinstance(line, Line)), default=0.0)
    for line, following in zip_longest(content, content[1:]):
        if isinstance(line, Table):
            found.append(line)
            continue
        last = found[-1] if found else None
        level = usual.level(line)
        if level and _runs_on(last, line, following, right):
            level = 0
        item = ITEM.match(line.text) or _BULLET.match(line.text)
        kind: Kind = "heading" if level else "item" if item else "paragraph"
        if isinstance(last, Stretch) and _continues(last, line, level, kind, right):
            last.lines.append(line)
        else:
            found.append(Stretch(kind, [line], level or (1 if kind == "item" else 0)))
    return found


def _runs_on(last: Stretch | Table | None, line: Line, following: Line | Table | None, right: float) -> bool:
    """Whether bold words that fill a line are the middle or the beginning of a sentence, and no heading."""
    if isinstance(last, Stretch) and last.kind != "heading":
        above = last.lines[-1]
        if _full(above, right) and _near(above, line) and not _SENTENCE_END.search(above.text):
            return True
    below = isinstance(following, Line) and line.bold and not following.bold and _near(line, following)
    return below and _full(line, right) and not _NUMBER.match(line.text)


def _continues(last: Stretch, line: Line, level: int, kind: Kind, right: float) -> bool:
    """Whether the line goes on with the block above it."""
    above = last.lines[-1]
    if kind == "item" or not _near(above, line):
        return False
    if last.kind == "heading":
        alike = line.bold == above.bold and abs(above.size - line.size) < 0.1 * line.size
        wrapped = _full(above, right) or not line.bold or line.text[0].islower()
        return alike and wrapped and not _NUMBER.match(line.text)
    if level:
        return False
    # A line that stops well before the margin, at a sentence's end, ends its paragraph.
    return bool(_full(above, right) or not _SENTENCE_END.search(above.text) or line.text[:1].islower())


def _full(line: Line, right: float) -> bool:
    """Whether the line reaches near to the margin."""
    return line.right >= line.left + 0.85 * (right - line.left)


def _near(above: Line, line: Line) -> bool:
    """Whether both are about of one size and stand one below the other, or are of one paragraph by what OCR says."""
    if line.paragraph is not None:
        return line.paragraph == above.paragraph
    gap = above.bottom - line.top  # negative where the lines' boxes overlap, as is usual
    return abs(above.size - line.size) <= 0.2 * line.size and -1.5 * line.size < gap < 0.45 * line.size


def join_over_pages(pages: Sequence[list[Stretch | Table]], usual: Shape) -> None:
    """Put paragraphs together that a page's end cuts; the footnotes that stand between come before them."""
    for here, there in pairwise(pages):
        place = len(here) - 1
        while place >= 0 and _is_footnote(here[place], usual):
            place -= 1
        if place < 0 or not there:
            continue
        tail, head = here[place], there[0]
        if isinstance(tail, Stretch) and isinstance(head, Stretch) and _goes_on(tail, head):
            tail.turn = len(tail.lines)
            tail.lines += head.lines
            here.append(here.pop(place))
            del there[0]


def _is_footnote(block: Stretch | Table, usual: Shape) -> bool:
    return isinstance(block, Stretch) and block.kind != "heading" and block.size < usual.body * 0.94


def _goes_on(tail: Stretch, head: Stretch) -> bool:
    end, begin = tail.lines[-1], head.lines[0]
    unfinished = not _SENTENCE_END.search(end.text) and tail.kind != "heading" and not tail.turn
    fitting = head.kind == "paragraph" and abs(end.size - begin.size) <= 0.2 * end.size
    return unfinished and fitting and (begin.text[0].islower() or _full(end, max(line.right for line in tail.lines)))
