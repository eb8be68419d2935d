"""A PDF page as lines of words with their places, as PDFium finds them."""

import ctypes
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pypdfium2.raw as pdfium
from msgspec import Struct

_HYPHEN = "\x02"  # stands for a hyphen at a line's end, and the line's end with it
_LINE_END = "\r\n"
_BOLD_WEIGHT = 600
_BOLD_FONT_FLAG = 1 << 18
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\xa0": " "})


class Word(Struct, frozen=True, gc=False):
    """A run of characters without a space; places are in points from the page's lower left corner."""

    text: str
    left: float
    right: float
    bottom: float
    top: float


class Line(Struct, dict=True):
    """Words that PDFium puts on one line, in its order."""

    words: list[Word]
    bold: bool

    @cached_property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @cached_property
    def size(self) -> float:
        """Height of its longest word in points, near the size of its type."""
        longest = max(self.words, key=lambda word: len(word.text))
        return round(longest.top - longest.bottom, 1)

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def right(self) -> float:
        return self.words[-1].right

    @property
    def bottom(self) -> float:
        return self.words[0].bottom

    @property
    def top(self) -> float:
        return self.words[0].top


def page_lines(text_page: Any) -> list[Line]:
    """The lines of a page that hold text, in PDFium's reading order."""
    raw = text_page.raw
    count = pdfium.FPDFText_CountChars(raw)
    characters = [chr(pdfium.FPDFText_GetUnicode(raw, i)) for i in range(max(count, 0))]
    lines = []
    for start, end in _line_spans(characters):
        words = [_word(raw, characters, *span) for span in _spans(characters, " \t\xa0\n\r", start, end)]
        words = [word for word in words if word.text]
        if words:
            lines.append(Line(words, _bold(raw, start, end, characters)))
    return lines


def _line_spans(characters: list[str]) -> Iterator[tuple[int, int]]:
    for start, end in _spans(characters, _LINE_END):
        begun = start
        for i in range(start, end):
            if characters[i] == _HYPHEN:
                yield begun, i + 1
                begun = i + 1
        if begun < end:
            yield begun, end


def _spans(characters: list[str], separators: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Runs of characters between separators."""
    end = len(characters) if end is None else end
    begun = start
    for i in range(start, end):
        if characters[i] in separators:
            if i > begun:
                yield begun, i
            begun = i + 1
    if end > begun:
        yield begun, end


def _word(raw: Any, characters: list[str], start: int, end: int) -> Word:
    text = "".join(characters[start:end]).replace("\x00", "").replace(_HYPHEN, "-").translate(_LIGATURES)
    first, last = _box(raw, start), _box(raw, end - 1)
    return Word(text, first.left, max(last.right, first.right), first.bottom, first.top)


def _box(raw: Any, index: int) -> Any:
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(raw, index, ctypes.byref(box))
    return box


def _bold(raw: Any, start: int, end: int, characters: list[str]) -> bool:
    """Whether both the first and the last character are set in bold."""
    visible = [i for i in range(start, end) if not characters[i].isspace()]
    return all(_bold_at(raw, i) for i in (visible[0], visible[-1])) if visible else False


def _bold_at(raw: Any, index: int) -> bool:
    if pdfium.FPDFText_GetFontWeight(raw, index) >= _BOLD_WEIGHT:
        return True
    name, flags = ctypes.create_string_buffer(256), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(raw, index, name, 256, ctypes.byref(flags))
    return b"bold" in name.value.lower() or bool(flags.value & _BOLD_FONT_FLAG)
