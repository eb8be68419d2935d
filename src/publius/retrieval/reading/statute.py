"""Statutes and regulations: `(a) Eligibility` on a line of its own heads what follows, though nothing marks it.

American law numbers its parts (a), (1), (A), (i), (I), each inside the one before. Only the kinds and levels
of blocks change here; the text does not.
"""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from publius.retrieval.reading.document import Block

_PART = re.compile(r"\((?:(?P<upper>[A-Z])|(?P<lower>[a-z])|(?P<number>\d{1,2})|(?P<many>[a-zA-Z]{2,4}))\)\s")
_HEADING = re.compile(r"\(\w{1,4}\)\s+[A-Z§][^.;:—]{2,110}$")
_ROMAN = re.compile(r"[ivxl]+")
_FEWEST = 3  # headings of this kind before a document is taken for law

LETTER, NUMBER, CAPITAL, ROMAN, CAPITAL_ROMAN = range(1, 6)


def sections(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with headings of legal parts marked as headings; all as they were if this is not law."""
    heads = {i for i, block in enumerate(blocks) if _heads(text, blocks, i)}
    if len(heads) < _FEWEST:
        return tuple(blocks)
    numbering = _Numbering()
    result = []
    for i, block in enumerate(blocks):
        if block.kind == "heading":
            numbering = _Numbering(block.level)
        elif block.kind == "paragraph" and (part := _PART.match(text, block.start, block.end)):
            level = numbering.level(part)
            block = replace(block, kind="heading" if i in heads else "paragraph", level=min(level, 9))
        result.append(block)
    return tuple(result)


def _heads(text: str, blocks: Sequence[Block], index: int) -> bool:
    """A part's number and a few words without an end, with something after them."""
    block = blocks[index]
    return (
        block.kind == "paragraph"
        and block.end - block.start < 120
        and index + 1 < len(blocks)
        and _HEADING.match(text[block.start : block.end]) is not None
    )


class _Numbering:
    """Where in (a)(1)(A)(i)(I) the text is."""

    def __init__(self, base: int = 0) -> None:
        self._base = base
        self._open: dict[int, str] = {}  # rank: its present number

    def level(self, part: re.Match[str]) -> int:
        """The heading level of this part."""
        number = part[0].strip()[1:-1]
        rank = self._rank(part, number)
        self._open = {above: n for above, n in self._open.items() if above < rank} | {rank: number}
        return self._base + rank

    def _rank(self, part: re.Match[str], number: str) -> int:
        if part["number"]:
            return NUMBER
        capital = number.isupper()
        letter, roman = (CAPITAL, CAPITAL_ROMAN) if capital else (LETTER, ROMAN)
        if not _ROMAN.fullmatch(number.lower()):
            return letter
        # (i) is a letter after (h), and otherwise a Roman number wherever one can stand.
        follows = len(number) == 1 and self._open.get(letter, "") == chr(ord(number) - 1)
        deep_enough = any(rank in self._open for rank in range(letter + 1 if capital else NUMBER, roman + 1))
        return letter if follows or not deep_enough else roman
