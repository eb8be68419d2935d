"""Where a sentence names an input: by its words, by words of its question that no other has, or by a value's name."""

import re
from collections.abc import Sequence
from functools import lru_cache

from publius.kit import Kind
from publius.missions import spelling, vague
from publius.missions.clauses import Place
from publius.missions.proper import Token
from publius.missions.slots import Slot
from publius.verification.words import fold, says_something

APART = 5  # words that may stand between the words of one name: `my parents have $500 in savings`

_CLAUSE = re.compile(r"[,:]\s")
_COUNTED = (Kind.MONEY, Kind.WHOLE, Kind.AWARD_YEAR, Kind.STATE)


def places(slots: Sequence[Slot], tokens: Sequence[Token], text: str) -> list[Place]:
    """Every place where one of the slots is named; a name that stands in a longer one is none."""
    return _longest([place for slot in slots for place in _places(slot, slots, tokens, text)])


def called(slot: Slot, tokens: Sequence[Token], text: str) -> list[int]:
    """The number by what it is called, `half-time`; none where two are, or only a bound, `less than half-time`."""
    words = [token[0] for token in tokens]
    found: dict[int, int] = {}
    for value, phrases in slot.parameter.ask.called.items():
        for phrase in phrases:
            for first, end in spelling.places(phrase, words):
                if vague.begins(text, tokens[first][1]) == tokens[first][1]:
                    found[end] = value if end not in found or end - first > 2 else found[end]
    return list(found.values()) if len(set(found.values())) == 1 else []


def _places(slot: Slot, slots: Sequence[Slot], tokens: Sequence[Token], text: str) -> list[Place]:
    """Where the slot is named: by its words, or by those words of its question that no other question has."""
    words = [token[0] for token in tokens]
    found: list[Place] = []
    opposites = list(slot.parameter.ask.no)
    for phrase in slot.parameter.ask.words:
        for first, end in spelling.places(phrase, words, APART if " " in phrase else 0):
            start, stop = tokens[first][1], tokens[end - 1][2]
            if not _CLAUSE.search(text, start, stop):  # A name does not go on behind a comma.
                found.append(Place(slot, start, stop, len(phrase)))
        if slot.kind is Kind.YES_NO and "|" not in phrase:  # or its other words would stand without the prefix
            opposites += [f"{prefix}{fold(phrase)}" for prefix in ("in", "un", "non")]
    for opposite in opposites:
        for first, end in spelling.places(opposite, words, APART if "…" in opposite else 0):
            found.append(Place(slot, tokens[first][1], tokens[end - 1][2], len(opposite), opposite=True))
    if slot.kind is Kind.WHOLE and not found and not slot.parameter.ask.of_age:  # `my sister is 25 years old`
        for word in _own_words(slot, slots):
            for first, end in spelling.places(word, words, 0):
                found.append(Place(slot, tokens[first][1], tokens[end - 1][2], len(word), sure=False))
    return found


def _own_words(slot: Slot, slots: Sequence[Slot]) -> frozenset[str]:
    """The words of its question that no other question for a figure has."""
    others = {word for each in slots if each.path != slot.path and each.kind in _COUNTED for word in _asked(each)}
    return _asked(slot) - others


def _asked(slot: Slot) -> frozenset[str]:
    return _telling(f"{slot.parameter.question('en')} {slot.parameter.question('es')}")


@lru_cache(maxsize=4096)
def _telling(question: str) -> frozenset[str]:
    return frozenset(word for word in spelling.words(question) if says_something(word) and len(word) > 3)


def _longest(places: Sequence[Place]) -> list[Place]:
    """Without those that stand in a longer name: `income` in `income tax`. Of one name, each person's."""
    return [
        one
        for one in places
        if not any(
            other.start < one.end and one.start < other.end and (other.sure, other.letters) > (one.sure, one.letters)
            for other in places
        )
    ]
