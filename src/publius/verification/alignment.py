"""A near copy of its source, compared word by word: what was put in, left out or exchanged.

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

from publius.verification.cues import BOUNDS, CUES, Bound, Cue
from publius.verification.words import FUNCTION_WORDS, TALK_WORDS, stem

NEAR_COPY = 0.6  # share of the sentence's words that stand in the source in the same order

_KINDS: dict[str, Cue | Bound] = {kind.name: kind for kind, _ in (*BOUNDS, *CUES)}
_TOKEN = re.compile(
    "|".join([*(rf"(?P<{kind.name}_{i}>\b(?:{pattern})\b)" for i, (kind, pattern) in enumerate((*BOUNDS, *CUES))), r"(?P<WORD>[^\W_]+(?:['.,:-]?[^\W_]+)*)"])
)
_SYNONYMS = """use utilize; get obtain receive; help assist; buy purchase; begin commence start; end terminate finish; person individual people;
before prior; about regarding concerning; give provide; show display; need require; pay disburse; file submit send; yearly annual annually;
ask request; child kid; student pupil; also additionally; choose select pick; sum amount; % percent; tell notify inform; keep retain maintain;
let permit allow; big large; finished complete; part portion; within inside; buy acquire; make create; change modify; stop cease; car vehicle;
home house; job employment; money funds; illness sickness; college university; letter notice; called named known; wrote written; near close"""
_SAME = {stem(word): group.split()[0] for group in _SYNONYMS.split(";") for word in group.split()}

# Put in, these change what is said; so do these, left out. `Can` put in, or `each` left out, does no harm.
# Comparisons with a figure are no concern here: they may stand before it or after it.
_BOTH = {Cue.BAN, Cue.FREE, Cue.NOT, Cue.SHOULD, Cue.ONLY, Cue.ONLY_IF, Cue.UNLESS, Cue.SOME}
_BOTH |= {Bound.BEFORE, Bound.AFTER, Bound.MORE, Bound.LESS}
_PUT_IN = _BOTH | {Cue.MUST, Cue.ALL}
_LEFT_OUT = _BOTH | {Cue.MAY}
_PERMISSIONS = {Cue.MUST, Cue.MAY, Cue.SHOULD, Cue.BAN, Cue.FREE}


class Token(NamedTuple):
    """A word or cue: what is compared, and as it was written."""

    key: str
    text: str
    kind: Cue | Bound | None


class Difference(NamedTuple):
    """One place where sentence and source differ, as written on each side."""

    mine: str
    theirs: str


@lru_cache(maxsize=8192)
def tokens(text: str) -> tuple[Token, ...]:
    """The cues and content words of a text, in order."""
    found = []
    for match in _TOKEN.finditer(text.lower().replace("’", "'")):
        name, word = match.lastgroup or "", match.group()
        if name != "WORD":
            kind = _KINDS[name.rpartition("_")[0]]
            found.append(Token(f"<{kind}>", word, kind))
        elif word not in FUNCTION_WORDS and word not in TALK_WORDS:
            key = stem(word)
            found.append(Token(_SAME.get(key, key), word, None))
    return tuple(found)


def differences(sentence: str, span: str) -> Iterator[Difference]:
    """Where a near copy differs from its source in a way that may change what it says."""
    mine, theirs = tokens(sentence), tokens(span)
    matcher = SequenceMatcher(None, [token.key for token in mine], [token.key for token in theirs], autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not mine or sum(block.size for block in blocks) < NEAR_COPY * len(mine):
        return
    first, last = blocks[0].b, blocks[-1].b + blocks[-1].size
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        inside = first <= j1 and j2 <= last
        if _harms(mine[i1:i2], theirs[j1:j2], inside):
            yield Difference(_written(mine[i1:i2]), _written(theirs[j1:j2]))


def _harms(mine: tuple[Token, ...], theirs: tuple[Token, ...], inside: bool) -> bool:
    here = Counter(token.kind for token in mine if token.kind)
    there = Counter(token.kind for token in theirs if token.kind)
    if set(here - there) & _PUT_IN or (inside and set(there - here) & _LEFT_OUT):
        return True
    if set(here) & _PERMISSIONS and set(there) & _PERMISSIONS and here != there:
        return True
    words = [token for token in mine if token.kind is None]
    others = [token for token in theirs if token.kind is None]
    return len(words) == len(others) == 1


def _written(part: tuple[Token, ...]) -> str:
    return " ".join(token.text for token in part)
