"""A near copy of its source, compared word by word: what was put in, left out, moved or exchanged.

Rules that look for small words one at a time miss an exchange where the same word stands twice. When
most of a sentence is its source's own words, the two are laid side by side, and each difference must
be harmless.
"""

import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from publius.verification import figures, names
from publius.verification.cues import BOUNDS, CUES, Bound, Cue
from publius.verification.words import FUNCTION_WORDS, TALK_WORDS, singular, stem

NEAR_COPY = 0.6  # share of the sentence's words that stand in the source in the same order

Kind = Cue | Bound
_PATTERNS: list[tuple[Kind, str]] = [*BOUNDS, *CUES]
_KINDS = {kind.name: kind for kind, _ in _PATTERNS}
_NAMED = [rf"(?P<{kind.name}_{at}>\b(?:{pattern})\b)" for at, (kind, pattern) in enumerate(_PATTERNS)]
_TOKEN = re.compile("|".join([r"(?P<FIGURE>\x01\d+\x01)", *_NAMED, r"(?P<WORD>[^\W_]+(?:['’][^\W_]+)*)"]))
_SYNONYMS = """use utilize; get obtain receive; help assist; buy purchase acquire; begin commence start; end terminate
finish; person individual people; before prior; about regarding concerning; give provide; show display; need require;
pay disburse; file submit send; yearly annual annually; ask request; child kid; student pupil; choose select pick;
sum amount; tell notify inform; keep retain maintain; let permit allow; big large; finished complete; part portion;
within inside; make create; change modify; stop cease; home house; job employment; college university; called named
known; near close"""
_SAME = {stem(word): group.split()[0] for group in _SYNONYMS.split(";") for word in group.split()}

# Put in, these change what is said; so do these, left out. `Can` put in, or `each` left out, does no harm.
# Limits of a figure are no concern here: they may stand before it or after it, and have a rule of their own.
_WITH_FIGURES = {Bound.AT_MOST, Bound.AT_LEAST, Bound.ABOUT, Bound.EXACT}
_BOTH: set[Kind] = {Cue.BAN, Cue.FREE, Cue.NOT, Cue.SHOULD, Cue.ONLY, Cue.ONLY_IF, Cue.UNLESS, Cue.SOME}
_BOTH |= {Bound.BEFORE, Bound.AFTER, Bound.MORE, Bound.LESS}
_PUT_IN = _BOTH | {Cue.MUST, Cue.ALL}
_LEFT_OUT = _BOTH | {Cue.MAY}
_PERMISSIONS = {Cue.MUST, Cue.MAY, Cue.SHOULD, Cue.BAN, Cue.FREE}
_MOST_PUT_IN = 1  # new words that a near copy may hold


class Token(NamedTuple):
    """A word, figure or cue: what is compared, and as it was written."""

    key: str
    text: str
    kind: Kind | None = None
    sort: str = ""  # the kind of a figure, or "name"


class Difference(NamedTuple):
    """One place where sentence and source differ, as written on each side."""

    mine: str
    theirs: str


@lru_cache(maxsize=8192)
def tokens(text: str) -> tuple[Token, ...]:
    """The cues, figures and content words of a text, in order. Figures are compared by value."""
    plain, held = text.lower().replace("’", "'"), [f for f in figures.read(text) if not f.weak]
    for number, figure in reversed(list(enumerate(held))):
        plain = f"{plain[: figure.start]}\1{number}\1{plain[figure.end :]}"
    named = {part for name in names.read_names(text) for part in name.parts}
    found = []
    for match in _TOKEN.finditer(plain):
        name, word = match.lastgroup or "", match.group()
        if name == "FIGURE":
            figure = held[int(word.strip("\1"))]
            found.append(Token(f"{figure.kind}:{figure.value}", figure.text, sort=figure.kind))
        elif name != "WORD":
            kind = _KINDS[name.rpartition("_")[0]]
            if kind not in _WITH_FIGURES:
                found.append(Token(f"<{kind}>", word, kind))
        elif word not in FUNCTION_WORDS and word not in TALK_WORDS:
            found.append(Token(_SAME.get(stem(word), stem(word)), word, sort="name" if singular(word) in named else ""))
    return tuple(found)


def differences(sentence: str, span: str) -> Iterator[Difference]:
    """Where a near copy differs from its source in a way that may change what it says."""
    mine, theirs = tokens(sentence), tokens(span)
    matcher = SequenceMatcher(None, [token.key for token in mine], [token.key for token in theirs], autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not mine or sum(block.size for block in blocks) < NEAR_COPY * len(mine) or _turned(mine, theirs):
        return
    first, last = blocks[0].b, blocks[-1].b + blocks[-1].size
    changes = [(mine[i1:i2], theirs[j1:j2], first <= j1 and j2 <= last)
               for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]  # fmt: skip
    dropped = {token.key for _, there, _ in changes for token in there}
    known = {token.key for token in theirs}
    sorts = {token.sort for token in mine if token.sort}
    put_in = 0
    for here, there, inside in changes:
        new = [token for token in here if token.kind is None and token.key not in known]
        put_in += len(new)
        moved = [token for token in here if token.kind is None and token.key in dropped]
        # To leave out one of two figures or names may give the other what is said of it.
        skipped = inside and any(token.sort in sorts for token in there)
        if _harms(here, there, inside) or skipped or moved or (new and there) or put_in > _MOST_PUT_IN:
            yield Difference(_written(here), _written(there))


def _turned(mine: tuple[Token, ...], theirs: tuple[Token, ...]) -> bool:
    """Whether only a clause was moved from one end to the other."""
    here, there = [token.key for token in mine], [token.key for token in theirs]
    return len(here) == len(there) and any(here == there[at:] + there[:at] for at in range(len(there)))


def _harms(mine: tuple[Token, ...], theirs: tuple[Token, ...], inside: bool) -> bool:
    here = Counter(token.kind for token in mine if token.kind)
    there = Counter(token.kind for token in theirs if token.kind)
    if set(here - there) & _PUT_IN or (inside and set(there - here) & _LEFT_OUT):
        return True
    if set(here) & _PERMISSIONS and set(there) & _PERMISSIONS and here != there:
        return True
    exchanged = [[token for token in part if token.kind is None] for part in (mine, theirs)]
    return all(len(part) == 1 for part in exchanged)


def _written(part: tuple[Token, ...]) -> str:
    return " ".join(token.text for token in part)
