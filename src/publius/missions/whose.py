"""Of whom a sentence speaks: which list of people, and who on it; and whether a message tells of more than one.

A conversation fills one entry of a list. Figures of a second person or offer are never taken for the first one's.
"""

import re
from collections.abc import Collection, Sequence, Set
from itertools import pairwise
from typing import NamedTuple

from publius.kit import Parameter
from publius.missions import proper, spelling
from publius.missions.clauses import Pair, Place
from publius.missions.proper import Token
from publius.missions.slots import Slot
from publius.verification.words import listed

ONESELF = "i"
_SELF = frozenset(("myself", "my own", "yo"))
_MY = frozenset(("my", "mi", "mis"))
_OTHERS = listed("first second third other another primera primero segunda segundo tercera tercero otra otro")
_EACH = re.compile(r"(?i)\b(?:each|apiece|respectively|cada un[oa]|respectivamente)\b")
_LETTER = re.compile(r"[A-Z1-9]")


class People(NamedTuple):
    """Where a sentence speaks of people of a list, by which word ("" for oneself or a name), and who they are.

    `who` is empty where a list has names and none is said: then it is of whom the words before spoke.
    """

    start: int
    name: str
    called: str
    who: str


def spoken_of(slots: Sequence[Slot], tokens: Sequence[Token], text: str, named: Set[int]) -> list[People]:
    """Where the sentence speaks of the people of which list. `my` is of the speaker before what is `named` there."""
    words = [token[0] for token in tokens]
    found: dict[int, tuple[int, People]] = {}  # by where it stands: the more it is its list's own word, the lower
    for people in {slot.people.name: slot.people for slot in slots if slot.people}.values():
        if any(_is_self(phrase) for phrase in people.ask.words):
            mine = [one for one, other in pairwise(tokens) if one[0] in _MY and other[1] in named]
            mine += [token for token in tokens if token[0] == "i"]
            found |= {one[1]: (0, People(one[1], people.name, "", ONESELF)) for one in mine}
        for number, phrase in enumerate(people.ask.words):
            for at, _ in spelling.places(phrase, words):
                rank = number if words[at] in phrase.split("|") else number + len(words)
                one = _called(people, phrase, at, tokens, text)
                if one.start not in found or rank < found[one.start][0]:
                    found[one.start] = rank, one
        if people.ask.named:
            known = {word for slot in slots for word in _words_of(slot)}
            named_here = [People(each.start, people.name, "", each.name) for each in proper.names(tokens, text, known)]
            found |= {one.start: (0, one) for one in named_here}
    return _inherited(sorted(one for _, one in found.values()))


def _words_of(slot: Slot) -> list[str]:
    """The words of an input's own question and names, and of the list that it stands in."""
    asks = [each.ask for each in (slot.parameter, slot.people) if each]
    return [word for ask in asks for text in (ask.question, ask.es, *ask.words) for word in spelling.words(text)]


def _inherited(people: Sequence[People]) -> list[People]:
    """The same, where one of whom no name is said is the last one of that list whose name is."""
    last: dict[str, str] = {}
    given = []
    for one in people:
        last[one.name] = one.who or last.get(one.name, "")
        given.append(one._replace(who=last[one.name]))
    return given


def belongs(place: Place, people: Sequence[People], default: str) -> bool:
    """Whether an answer of a person is one of the person whom the sentence speaks of there."""
    return place.slot.people is None or list_at(place.start, people, default) == place.slot.people.name


def list_at(start: int, people: Sequence[People], default: str) -> str:
    """The list that the sentence speaks of there; the default where it names nobody."""
    one = at(start, people)
    return one.name if one else default


def at(start: int, people: Sequence[People]) -> People | None:
    """The people whom the sentence speaks of there: the last ones before it, or else the first."""
    before = [each for each in people if each.start <= start] or list(people[:1])
    return before[-1] if before else None


def told(pairs: Sequence[Pair], people: Sequence[People], who: str, text: str) -> set[tuple[str, str]]:
    """For whom the sentence gives figures, as list and who; `who` is whom it goes on about. Each of several is two."""
    found = set()
    for _, place in pairs:
        if place.slot.people is not None:
            one = at(place.start, people)
            found.add((place.slot.people.name, (one.who or who or one.called) if one else who))
            if _EACH.search(text):
                found.add((place.slot.people.name, "each"))
    return found


def several(given: Collection[tuple[str, str]]) -> frozenset[str]:
    """The lists of which more than one person or offer is given figures for, as far as it is said who they are.

    `ohio` and `ohio state` can be one.
    """
    who: dict[str, set[frozenset[str]]] = {}
    for name, one in given:
        if one:
            who.setdefault(name, set()).add(frozenset(one.split()))
    return frozenset(name for name, all in who.items() if sum(not any(one < other for other in all) for one in all) > 1)


def _is_self(phrase: str) -> bool:
    return not _SELF.isdisjoint(other.replace("-", " ") for other in phrase.split("|"))


def _called(people: Parameter, phrase: str, at: int, tokens: Sequence[Token], text: str) -> People:
    """`college A`, `the other college`: one word, and two whom it is said of."""
    first, start = phrase.split("|")[0], tokens[at][1]
    called = "" if first in ("i", "yo") or _is_self(phrase) else first
    behind = text[tokens[at + 1][1] : tokens[at + 1][2]] if at + 1 < len(tokens) else ""
    before = tokens[at - 1][0] if at else ""
    which = behind if _LETTER.fullmatch(behind) else before if before in _OTHERS else ""
    who = "" if people.ask.named and not which else ONESELF if _is_self(phrase) else f"{first} {which}".strip()
    return People(start, people.name, called, who)


def is_number(people: Sequence[People], start: int, text: str) -> bool:
    """Whether the number at `start` only says which one of them: `college 2`."""
    which = f" {text[start : start + 1]}"
    return any(one.who.endswith(which) and re.fullmatch(r"[^\W\d]+ ", text[one.start : start]) for one in people)
