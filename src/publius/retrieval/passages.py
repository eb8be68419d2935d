"""Passages: a document cut along its own structure into pieces of the size that search and prompts want."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise, takewhile

from msgspec import Struct

from publius.retrieval.reading.document import Block, ReadDocument, mean_sure

# Sizes are in estimated word pieces of the embedding model, which reads 256 at most.
TARGET = 190
MOST = 240
LEAST = 70  # smaller pieces join a neighbour
_SURELY_LONG = 20 * MOST  # characters; such a text is cut without measuring it first

# One match for about one word piece: letters by the eight, digits by the three, each mark, each CJK character.
_WORD_PIECE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\d_]{1,8}|\d{1,3}|[^\w\s]|_")
# Where a long paragraph may be cut: after sentences, or else after clauses, or else between words.
_CUTS = (
    re.compile(
        r"(?<!\b[A-Z])(?<!\bNo)(?<!\bSec)(?<!\bDr)(?<!\bMr)[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9À-Þ§])|\n|[。！？]"
    ),
    re.compile(r"[;:,—]\s+"),
)

Path = tuple[tuple[int, str], ...]  # level and text of each heading above


class Piece(Struct, frozen=True, gc=False):
    """A passage on its way into the index: `text == document.text[start:end]`."""

    start: int
    end: int
    text: str
    page: int | None = None  # 1-based, where it starts
    headings: tuple[str, ...] = ()
    context: str = ""  # header of the table whose rows it begins with, when that stands further up
    recognised: float | None = None  # how surely OCR read it, from 0 to 1


class _Unit(Struct, frozen=True, gc=False):
    """What is never cut again: a block, or some sentences of a long one."""

    start: int
    end: int
    size: int
    block: Block
    path: Path
    page: int | None


class _Group(Struct, gc=False):
    """Units that will be one piece."""

    units: list[_Unit]
    size: int
    path: Path


def split(document: ReadDocument) -> list[Piece]:
    """Cut a document into pieces, in order; nothing but white space is lost between them."""
    text = document.text
    return [_piece(text, group) for group in _merged(_packed(_units(document), text))]


def size(text: str) -> int:
    """About how many word pieces of the embedding model the text has."""
    return len(_WORD_PIECE.findall(text))


def _units(document: ReadDocument) -> Iterator[_Unit]:
    path: Path = ()
    pages = [start for start, _ in document.pages]
    for block in document.blocks:
        text = document.text[block.start : block.end]
        if block.level and block.kind in ("heading", "paragraph"):
            path = _above(path, block.level)
        if block.kind == "heading":
            path = (*path, (block.level, text))
        for start, end, amount in _parts(text, 0, len(text), 0):
            # A block may run over a page's end, so each of its parts is looked up.
            page = bisect_right(pages, block.start + start) if pages else None
            yield _Unit(block.start + start, block.start + end, amount, block, path, page)


def _above(path: Path, level: int) -> Path:
    return tuple(takewhile(lambda heading: heading[0] < level, path))


def _parts(text: str, start: int, end: int, rank: int) -> Iterator[tuple[int, int, int]]:
    """Cut `text[start:end]` into (start, end, size) of at most MOST each, by the first of _CUTS that does."""
    amount = size(text[start:end]) if end - start < _SURELY_LONG else MOST + 1
    if amount <= MOST:
        yield start, end, amount
        return
    if rank == len(_CUTS):
        yield from _between_words(text, start, end)
        return
    cuts = [start, *(match.end() for match in _CUTS[rank].finditer(text, start, end)), end]
    begun, held = start, 0
    for left, right in pairwise(cuts):
        more = size(text[left:right])
        if held and held + more > TARGET:
            yield from _part(text, begun, left, held, rank)
            begun, held = left, 0
        held += more
    if begun < end:
        yield from _part(text, begun, end, held, rank)


def _part(text: str, start: int, end: int, amount: int, rank: int) -> Iterator[tuple[int, int, int]]:
    if amount <= MOST:
        yield start, end, amount
    else:
        yield from _parts(text, start, end, rank + 1)


def _between_words(text: str, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Cut at spaces, or anywhere if there are none."""
    begun, space, count = start, start, 0
    for match in _WORD_PIECE.finditer(text, start, end):
        if match.start() > start and text[match.start() - 1].isspace():
            space, before = match.start(), count
        if count >= TARGET:
            cut, left = (space, count - before) if space > begun else (match.start(), 0)
            yield begun, cut, count - left
            begun, count = cut, left
        count += 1
    yield begun, end, count


def _packed(units: Iterable[_Unit], text: str) -> Iterator[_Group]:
    """Fill groups, each within one page and one section."""
    group: list[_Unit] = []
    amount = 0
    for unit in units:
        if group and (_apart(group, unit) or amount + unit.size > (TARGET if amount >= LEAST else MOST)):
            # The line that introduces a list or table stays with it.
            stays = _introduces(group[-1], text) and group[-1].size + unit.size <= MOST and not _apart(group, unit)
            carried = group[1:][-1:] if stays else []
            yield _group(group[: len(group) - len(carried)])
            group, amount = carried, sum(each.size for each in carried)
        group.append(unit)
        amount += unit.size
    if group:
        yield _group(group)


def _apart(group: list[_Unit], unit: _Unit) -> bool:
    """Whether the unit is on another page or in another section than the group."""
    last = group[-1]
    if unit.page != last.page:
        return True
    begins_below = last.block.kind == "heading" and unit.path[: len(last.path)] == last.path
    return unit.path != last.path and not begins_below


def _introduces(unit: _Unit, text: str) -> bool:
    return unit.size < LEAST and unit.block.kind != "heading" and text[unit.start : unit.end].endswith((":", "—"))


def _group(units: list[_Unit]) -> _Group:
    return _Group(units, sum(unit.size for unit in units), units[-1].path)


def _merged(groups: Iterable[_Group]) -> list[_Group]:
    """Join small groups: to the rest of their section, to the first child, or to other small ones beside them."""
    result: list[_Group] = []
    for group in groups:
        last = result[-1] if result else None
        if last is None or not _may_merge(last, group):
            result.append(group)
            continue
        last.units += group.units
        last.size += group.size
        last.path = _shared(last.path, group.path)
    return result


def _may_merge(one: _Group, other: _Group) -> bool:
    both = one.size + other.size
    if both > MOST or one.units[-1].page != other.units[0].page:
        return False
    if one.path == other.path:
        return min(one.size, other.size) < LEAST
    shared = len(_shared(one.path, other.path))
    if shared < max(len(one.path), len(other.path)) - 1:
        return False
    gathered = one.size < LEAST or one.path != one.units[-1].path  # small, or small ones joined already
    below = shared == len(one.path)
    return both <= TARGET and gathered and (below or other.size < LEAST)


def _shared(one: Path, other: Path) -> Path:
    return tuple(a for a, b in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _piece(text: str, group: _Group) -> Piece:
    first, last = group.units[0], group.units[-1]
    span = text[first.start : last.end]
    start = first.start + len(span) - len(span.lstrip())
    span = span.strip()
    headings = tuple(heading for _, heading in group.path)
    recognised = mean_sure(unit.block for unit in group.units)
    return Piece(start, start + len(span), span, first.page, headings, first.block.header, recognised)
