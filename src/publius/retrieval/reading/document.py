"""What a file becomes when it is read: one stored text, and the blocks that it is made of.

Every offset counts Unicode code points in `ReadDocument.text`; `end` is exclusive.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

from msgspec import Struct

from publius.errors import UnreadableDocument

Kind = Literal["heading", "paragraph", "item", "row", "code"]

MAX_CHARACTERS = 20_000_000

# Control characters, byte-order marks, soft hyphens, lone surrogates and noncharacters cannot be stored or
# read. Bidirectional overrides, zero-width characters and Unicode tags would let a file show a person one
# text and Llama another.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u180e\u200b\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff0-\ufffc"
    "\ufffe\uffff\U000e0000-\U000e0fff]+"
)
_SPACES = re.compile(r"[^\S\n]+")
_LINE_EDGES = re.compile(r" ?\n[ \n]*")


class Block(Struct, frozen=True, gc=False):
    """One heading, paragraph, list item, table row or piece of code: `text[start:end]`."""

    kind: Kind
    start: int
    end: int
    level: int = 0  # heading: 1 is the highest; list item: depth from 1; paragraph: ends headings from this level on
    page: int | None = None  # 1-based
    header: str = ""  # table row: the header line of its table, "" for that line itself
    sure: float | None = None  # how surely OCR read it, from 0 to 1; None where the file held its text


class About(Struct, frozen=True):
    """What a file says about itself; empty where it says nothing."""

    title: str = ""
    published: date | None = None
    publisher: str = ""  # the body, or failing that the person, that it names as its maker


class Part(Struct, frozen=True):
    """A file inside of a file: an attachment of a mail, or a member of an archive."""

    name: str
    data: bytes = b""
    reason: str = ""  # why it is not to be read, if it is not


class ReadDocument(Struct, frozen=True):
    """One file as text."""

    about: About
    media_type: str
    text: str
    blocks: tuple[Block, ...]
    pages: tuple[tuple[int, int], ...] = ()  # (start, end) of each page; empty where the format has none
    language: str = ""  # ISO 639-1, as in "en"; empty where it cannot be told
    places: bytes = b""  # where its words stand on its pages: see `places`; empty where it has none
    parts: tuple[Part, ...] = ()  # files inside of it, each to be a document of its own

    @property
    def recognised(self) -> float | None:
        """How surely OCR read what it read of the document, from 0 to 1; None where it read nothing."""
        return mean_sure(self.blocks)

    @property
    def title(self) -> str:
        return self.about.title


def visible(text: str) -> str:
    """The text without what no reader can see; newlines are all `\\n`."""
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def tidy(text: str) -> str:
    """Visible text with each run of spaces made one space, and no blank lines."""
    return _LINE_EDGES.sub("\n", _SPACES.sub(" ", visible(text))).strip()


def one_line(text: str) -> str:
    """Visible text on a single line."""
    return " ".join(visible(text).split())


def mean_sure(blocks: Iterable[Block]) -> float | None:
    """How surely OCR read these blocks, the longer ones counting more; None where it read none of them."""
    read = [(block.sure, block.end - block.start) for block in blocks if block.sure is not None]
    total = sum(length for _, length in read)
    return round(sum(sure * length for sure, length in read) / total, 4) if total else None


class Manuscript:
    """Collects blocks in reading order and keeps their offsets right."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self.length = 0

    def add(
        self,
        kind: Kind,
        text: str,
        *,
        level: int = 0,
        page: int | None = None,
        header: str = "",
        sure: float | None = None,
    ) -> int:
        """Append one block, and return where it starts; an empty one is dropped.

        Raises:
            UnreadableDocument: the document is longer than MAX_CHARACTERS.
        """
        text = visible(text).strip("\n") if kind == "code" else tidy(text)
        if not text.strip():
            return self.length
        # Items of a list and rows of a table stand on neighbouring lines; everything else is set apart.
        close = bool(self._blocks) and kind in ("item", "row") and self._blocks[-1].kind == kind
        gap = "" if not self._blocks else "\n" if close else "\n\n"
        start = self.length + len(gap)
        self.length = start + len(text)
        if self.length > MAX_CHARACTERS:
            raise UnreadableDocument(
                f"The document has more than {MAX_CHARACTERS:,} characters.", cure="Split it and upload the parts."
            )
        self._parts += (gap, text)
        self._blocks.append(Block(kind, start, self.length, level, page, header, sure))
        return start

    def text_from(self, start: int) -> str:
        """What has been written from there on, where a block starts, or the gap before one."""
        parts: list[str] = []
        left = self.length - start
        for part in reversed(self._parts):
            if left <= 0:
                break
            parts.append(part)
            left -= len(part)
        return "".join(reversed(parts))

    def finish(
        self,
        about: About,
        media_type: str,
        *,
        pages: tuple[tuple[int, int], ...] = (),
        parts: tuple[Part, ...] = (),
        places: bytes = b"",
    ) -> ReadDocument:
        """The document; without a title of its own it has its first heading's."""
        text = "".join(self._parts)
        first = next((text[b.start : b.end] for b in self._blocks if b.kind == "heading"), "")
        title, publisher = one_line(about.title) or one_line(first), one_line(about.publisher)
        about = About(title[:300], about.published, publisher[:200])
        return ReadDocument(about, media_type, text, tuple(self._blocks), pages, places=places, parts=parts)
