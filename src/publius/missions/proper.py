"""Names of their own, by which entries of a list are told apart: `Ohio State`, `the college of Albany`, `mit gives`.

What may be such a name is taken for one: of two of them no figure is taken for the other's, and people are asked.
"""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from publius.missions import spelling
from publius.verification.words import listed, says_something

Token = tuple[str, int, int]  # a word as `fold` gives it, its start and its end

_KINDS = listed("college university school institute universidad escuela instituto colegio")
_GIVES = listed(
    """gives gave offers offered costs charges awards awarded pays wants says
    da dio ofrece ofrecio cuesta cobra otorga pide dice"""
)
_FROM = listed("at from by with en por con")
_JOINS = listed("of de the la at")
_NEVER = listed(
    """federal subsidized unsubsidized direct stafford perkins total cost costs price net aid year month semester
    term first second third other another each both all public private compare please also then hi hello my
    our their this that agi sai pell fafsa plus who which what costo costos precio ayuda total ano mes primera
    primero segunda segundo otra otro ambas comparar compare hola mi mis sus esta este"""
)
_CAPITAL = re.compile(r"[^\W\d_]")


class Named(NamedTuple):
    """A name where it stands in the sentence."""

    start: int
    name: str


def names(tokens: Sequence[Token], text: str, known: Collection[str]) -> list[Named]:
    """The names in a sentence, none of whose words are `known` as words of the tool itself."""
    shouted = sum(text[start].isupper() for _, start, _ in tokens) > len(tokens) / 2 and len(tokens) > 4
    found: list[Named] = []
    at = 0
    while at < len(tokens):
        end = at
        while end < len(tokens) and _may_be(tokens[end][0], known) and _close(tokens, text, at, end):
            if not (text[tokens[end][1]].isupper() and not shouted) and not (end == at and _stands(tokens, text, at)):
                break
            end += 1
        if end > at and (at or end - at > 1 or _stands(tokens, text, at) or text[tokens[at][2] :][:1] in (":", "'")):
            found.append(Named(tokens[at][1], " ".join(token[0] for token in tokens[at:end])))
        at = max(end, at + 1)
    return found


def _may_be(word: str, known: Collection[str]) -> bool:
    plain = word.removesuffix("'s")
    return (
        len(plain) > 1
        and plain.isalpha()
        and plain not in _NEVER
        and says_something(plain)
        and not any(spelling.form(plain) == spelling.form(each) for each in known)
    )


def _close(tokens: Sequence[Token], text: str, at: int, end: int) -> bool:
    """Whether the word at `end` goes on with the one before it, with nothing but a space between."""
    return end == at or text[tokens[end - 1][2] : tokens[end][1]] == " "


def _stands(tokens: Sequence[Token], text: str, at: int) -> bool:
    """Whether what stands around a word makes a name of it, however it is written: `mit gives`, `albany college`."""
    behind = tokens[at + 1][0] if at + 1 < len(tokens) else ""
    before = tokens[at - 1][0] if at else ""
    of = before in _JOINS and at > 1 and tokens[at - 2][0] in _KINDS
    return behind in _GIVES or behind in _KINDS or before in _FROM or of
