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
    sure: float | None = None  # from 0 to 1, where OCR read it


class Line(Struct, dict=True):
    """Words that PDFium puts on one line, in its order."""

    words: list[Word]
    bold: bool
    paragraph: int | None = None  # where OCR says which of the page's paragraphs it belongs to

    @cached_property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @cached_property
    def _longest(self) -> Word:
        """The word that says most about the line: the first is often a bullet or the number of a note."""
        return max(self.words, key=lambda word: len(word.text))

    @property
    def size(self) -> float:
        """Height of its longest word in points, near the size of its type."""
        return round(self._longest.top - self._longest.bottom, 1)

    @property
    def bottom(self) -> float:
        return self._longest.bottom

    @property
    def top(self) -> float:
        return self._longest.top

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def right(self) -> float:
        return self.words[-1].right

    def is_note_of(self, line: "Line") -> bool:
        """Whether it is only the number of a note, raised beside that line."""
        return len(self.words) == 1 and self.words[0].text.isdigit() and _raised(line, self)


def page_lines(text_page: Any) -> list[Line]:
    """The lines of a page that hold text, in PDFium's reading order."""
    raw = text_page.raw
    count = pdfium.FPDFText_CountChars(raw)
    characters = [chr(pdfium.FPDFText_GetUnicode(raw, i)) for i in range(max(count, 0))]
    lines: list[Line] = []
    for start, end in _line_spans(characters):
        words = [_word(raw, characters, *span) for span in _spans(characters, " \t\xa0\n\r", start, end)]
        words = [word for word in words if word.text]
        if not words:
            continue
        line = Line(words, _bold(raw, start, end, characters))
        if lines and line.is_note_of(lines[-1]):
            line = Line([*lines.pop().words, *words], line.bold)
        lines.append(Line([_marked(word, line) for word in line.words], line.bold))
    return lines


def _marked(word: Word, line: Line) -> Word:
    """A note's number that stands by itself, in brackets as `_with_note` puts those at the end of a word."""
    is_note = word.text.isdigit() and _raised(line, word)
    return Word(f"[{word.text}]", word.left, word.right, word.bottom, word.top) if is_note else word


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
    if text[-1:].isdigit() and _raised(first, last):
        text = _with_note(raw, text, first, end)
    return Word(text, first.left, max(last.right, first.right), first.bottom, first.top)


def _raised(usual: Any, box: Any) -> bool:
    """Whether the box is smaller than the usual one and stands high beside it, as notes and powers do."""
    small: bool = box.top - box.bottom < 0.85 * (usual.top - usual.bottom)
    return small and usual.top + usual.bottom < box.top + box.bottom < 2 * usual.top + box.top - box.bottom


def _with_note(raw: Any, text: str, first: Any, end: int) -> str:
    """Keep the note's number from becoming part of the word or, far worse, of its figure: 2010³ is not 20103."""
    count = 1
    while count < len(text) - 1 and text[-count - 1].isdigit() and _raised(first, _box(raw, end - count - 1)):
        count += 1
    return f"{text[:-count]}[{text[-count:]}]"


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
