"""Where the words of a text stand on its pages: kept small, and read a page at a time.

Places are in ten-thousandths of the page's width and height as it is shown, from its upper left corner; so they fit
a picture of any size. Offsets count in the document's text, as everywhere.
"""

import zlib
from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec
from msgspec import Struct

FULL = 10_000  # of the width or the height
_AHEAD = 200  # characters in which a word must come, or it is not placed


class View(Struct, frozen=True):
    """How a page is shown: its size in points, and where its coordinates lie in the picture.

    A point (x, y) of the page is at (a·x + c·y + e, b·x + d·y + f) in the picture, in ten-thousandths.
    """

    width: float
    height: float
    matrix: tuple[float, float, float, float, float, float]


class Row(Struct, array_like=True, frozen=True):
    """Words at one height: each as start and end in the text, left and right on the page."""

    top: int
    bottom: int
    words: list[tuple[int, int, int, int]]


class Sheet(Struct, array_like=True, frozen=True):
    """One page: its size in points, and its words in order."""

    width: float
    height: float
    rows: list[Row]


class Mark(Struct, frozen=True):
    """A rectangle over some words."""

    left: int
    top: int
    width: int
    height: int


def upright(width: float, height: float) -> View:
    """How a page is shown whose coordinates are those of the picture, but from its lower left corner."""
    return View(width, height, (FULL / width, 0, 0, -FULL / height, 0, FULL))


def spans(text: str, start: int, words: Iterable[str]) -> list[tuple[int, int] | None]:
    """Where each word stands in `text`, which was made of them and begins at `start` in the document.

    A word that was changed on the way, other than by losing the hyphen at a line's end, has no place.
    """
    found: list[tuple[int, int] | None] = []
    at = 0
    for word in words:
        whole = text.find(word, at, at + _AHEAD + len(word))
        cut = text.find(word[:-1], at, at + _AHEAD + len(word)) if len(word) > 1 and word.endswith("-") else -1
        place, length = (whole, len(word)) if whole >= 0 and (cut < 0 or whole <= cut) else (cut, len(word) - 1)
        if place < 0:
            found.append(None)
            continue
        found.append((start + place, start + place + length))
        at = place + length
    return found


def sheet(view: View, placed: Iterable[tuple[tuple[int, int], tuple[float, float, float, float]]]) -> Sheet:
    """One page of words, each with its span and its (left, bottom, right, top) in the page's coordinates."""
    a, b, c, d, e, f = view.matrix

    def shown(item: tuple[tuple[int, int], tuple[float, float, float, float]]) -> tuple[int, int, int, int, int, int]:
        (start, end), (left, bottom, right, top) = item
        across = sorted((a * left + c * bottom + e, a * right + c * top + e))
        down = sorted((b * left + d * bottom + f, b * right + d * top + f))
        x0, x1, y0, y1 = (round(min(max(place, 0), FULL)) for place in (*across, *down))
        return y0, y1, start, end, x0, x1

    rows = [
        Row(top, bottom, [words[2:] for words in line])
        for (top, bottom), line in groupby(map(shown, placed), key=lambda words: words[:2])
    ]
    return Sheet(round(view.width, 1), round(view.height, 1), rows)


def packed(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as bytes, each to be opened without the others."""
    return msgspec.msgpack.encode([zlib.compress(msgspec.msgpack.encode(each)) for each in sheets])


def opened(places: bytes, page: int) -> Sheet | None:
    """One page by its number from 1, or None if there is no such page."""
    sheets = msgspec.msgpack.decode(places, type=list[bytes])
    return msgspec.msgpack.decode(zlib.decompress(sheets[page - 1]), type=Sheet) if 0 < page <= len(sheets) else None


def marks(page: Sheet, start: int, end: int) -> list[Mark]:
    """The rectangles over the words of a span, one for each stretch of a line."""
    found = []
    for row in page.rows:
        inside = [(left, right) for first, last, left, right in row.words if first < end and start < last]
        if inside:
            left, right = min(each[0] for each in inside), max(each[1] for each in inside)
            found.append(Mark(left, row.top, right - left, row.bottom - row.top))
    return found
