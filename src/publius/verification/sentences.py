"""Where sentences end, in a draft that is still being written and in a stored passage.

A boundary is decided only from text that has already come, and only when nothing that may still
come could change it. So the same draft gives the same sentences however it is cut into pieces.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from publius.verification.words import listed

CELL = " | "  # between the cells of a table's row, as reading writes them
_CLOSERS = r"[\"'”’»)\]*_`]*"
_CANDIDATE = re.compile(r"[.!?…]+" + _CLOSERS + r"(?:\[[\w ,]{1,14}\])*|\n")
_LIST_ITEM = re.compile(r"\s*(?:[-*•‣–]\s|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]\s|#{1,6}\s|\|)")
_ONLY_A_MARK = re.compile(r"[\s\"'“‘«(*_>#-]*(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]+$")
_LAST_WORD = re.compile(r"(?:[^\W\d_]+\.)*[^\W\d_]+\.$")
_NEXT_WORD = re.compile(r"\s+[\"'“‘«(\[*_¿¡]*([^\s.,;:!?]+)(?=[\s.,;:!?])")

# After these a full stop never ends a sentence: something always follows.
_LEADING = listed("""
    mr mrs ms dr prof sr sra srta st gen col lt capt sgt gov sen rep rev hon pres amb sec secs no nos nr núm art
    arts fig figs vol pp ch par para pars subsec cl ed eds vs v cf e.g i.e viz approx est p.ej pág págs ud uds
    stat pub u.s.c c.f.r fed reg
""")
# After these it ends one only before a word that usually begins a sentence.
_TRAILING = listed("""
    u.s u.s.a u.k u.n d.c a.m p.m a.d b.c ph.d etc inc corp co ltd jr al ee.uu jan feb mar apr jun jul aug sep
    sept oct nov dec dept univ assn bros mt ft ave blvd
""")
_OPENERS = listed("""
    the this that these those it they he she we you i a an in on at to for from by with if when while where after
    before as there here however but and or so each every all any no some most many both such its their his her
    your our what who how why under also el la los las un una esto este esta estos estas ese esa se en si cuando
    para por con es son su sus usted
""")
_OWN_MARKS = re.compile(
    r"[ \t]*(?:\[(?:(?:passage|source|document|doc|pasaje|fuente)\s*)?\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\]|【[^】]*】)",
    re.I,
)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_BULLET = re.compile(r"^\s*(?:[-*•‣>]+\s+|#{1,6}\s+|\(?\d{1,3}[.)]\s+|\(?[a-z][.)]\s+)+")
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")


class Span(NamedTuple):
    """`text[start:end]`, without white space around it."""

    start: int
    end: int


class Piece(NamedTuple):
    """One sentence of a draft. `breaks` says that it began a new line, `whole` that its end came."""

    text: str
    breaks: bool
    whole: bool


def _ends_here(text: str, stop: re.Match[str]) -> bool | None:
    """Whether the full stop at `stop` ends the sentence `text[:stop.end()]`; None needs more text."""
    end = stop.end()
    if end >= len(text) or (text[end] == "[" and "]" not in text[end : end + 16] and len(text) < end + 16):
        return None
    if not text[end].isspace():
        return False
    if _ONLY_A_MARK.match(text[:end]):
        return False
    ahead = text[end:].lstrip()
    if not ahead:
        return None
    if ahead[0].islower() or ahead[0] in ",;":
        return False
    if not stop.group().startswith(".") or stop.group().startswith(".."):
        return True
    return _word_allows_end(text, stop.start() + 1, end)


def _word_allows_end(text: str, dot: int, end: int) -> bool | None:
    """Whether the word before the full stop is no abbreviation; None waits for the next word."""
    last = _LAST_WORD.search(text[:dot])
    if last is None:
        return True
    bare = last.group()[:-1].lower()
    if bare in _LEADING:
        return False
    initial = len(bare) == 1 and last.group()[0].isupper()
    if bare not in _TRAILING and "." not in bare and not initial:
        return True
    following = _NEXT_WORD.match(text, end)
    if following is None:
        return None
    return following.group(1).lower() in _OPENERS


def is_row(line: str) -> bool:
    """Whether a line of a stored text is a row of a table: its cells stand between bars."""
    return CELL in line or line.lstrip().startswith("|")


def cells(row: str) -> list[str]:
    """What stands between the bars of a row, without marks."""
    return [clean(cell) for cell in row.strip().strip("|").split("|")]


def _line_ends_here(text: str, at: int, wrapped: bool) -> bool | None:
    """Whether the newline at `at` ends the sentence. In wrapped prose a line may go on below."""
    if not wrapped:
        return True
    rest = text[at + 1 :]
    following = rest.split("\n", 1)[0]
    if not following.strip() or _LIST_ITEM.match(following) or is_row(following):
        return True
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return is_row(line) or line.lstrip().startswith("#") or (len(line) < 50 and following.lstrip()[0].isupper())


def _inside_row(text: str, at: int) -> bool:
    """Whether the full stop at `at` stands in a row of a table, which is never cut."""
    end = text.find("\n", at)
    return is_row(text[text.rfind("\n", 0, at) + 1 : len(text) if end < 0 else end])


def _first_end(text: str, wrapped: bool, final: bool) -> int | None:
    """The end of the first sentence of `text`, or None while it is not certain."""
    for match in _CANDIDATE.finditer(text):
        at, newline = match.start(), match.group() == "\n"
        if (newline and not text[:at].strip()) or (wrapped and not newline and _inside_row(text, at)):
            continue
        ends = _line_ends_here(text, at, wrapped) if newline else _ends_here(text, match)
        if ends is None:
            if not final:
                return None
            ends = not text[match.end() :].strip()
        if ends:
            return at if newline else match.end()
    return None


def split(text: str) -> Iterator[Span]:
    """The sentences, list items and table rows of a stored text, with their exact offsets."""
    begin = 0
    while begin < len(text):
        end = _first_end(text[begin:], wrapped=True, final=True)
        stop = len(text) if end is None else begin + end
        trimmed = text[begin:stop]
        start = begin + len(trimmed) - len(trimmed.lstrip())
        if trimmed.strip():
            yield Span(start, start + len(trimmed.strip()))
        begin = stop


class Splitter:
    """Cuts a draft into sentences while it comes."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> list[Piece]:
        """Add a piece of the draft; return the sentences whose end is now certain."""
        self._held += text
        found = []
        while (end := _first_end(self._held, wrapped=False, final=False)) is not None:
            found.append(_piece(self._held[:end], whole=True))
            self._held = self._held[end:]
        return found

    def finish(self, finish_reason: str) -> list[Piece]:
        """Return what is still held. Its last sentence is whole only if the model itself stopped there."""
        found = []
        while (end := _first_end(self._held, wrapped=False, final=True)) is not None:
            rest = self._held[end:]
            found.append(_piece(self._held[:end], whole=True))
            self._held = rest
        if self._held.strip():
            found.append(_piece(self._held, whole=finish_reason == "stop"))
        self._held = ""
        return found


def _piece(raw: str, whole: bool) -> Piece:
    return Piece(clean(raw), "\n" in raw[: len(raw) - len(raw.lstrip())], whole)


def clean(raw: str) -> str:
    """A sentence without marks: [1], bullets, emphasis, the addresses of links; on one line."""
    without = _OWN_MARKS.sub("", _LINK.sub(r"\1", raw))
    return " ".join(_EMPHASIS.sub("", _BULLET.sub("", without)).split())
