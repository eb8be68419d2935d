"""From what a person said to the values of a tool's inputs. What was not said has no value here.

An amount or number belongs to the input whose words stand nearest to it in the same sentence. Yes and no are taken from
statements in the first person (`I am married`), never from questions or suppositions. After a question of ours a bare
answer fills the input that was asked for, where only one can be meant.
"""

import re
from collections.abc import Sequence, Set
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct

from publius.kit import Kind
from publius.missions import mentions, spelling
from publius.missions.choosing import choice_in
from publius.missions.mentions import Mention
from publius.missions.slots import Slot, Values
from publius.missions.statements import states_it
from publius.missions.turns import BRIEF, asks_something
from publius.verification.words import fold, says_something

FARTHEST = 40  # characters between an input's words and its value
AFTER = 3  # how much farther a value seems that stands before the words
CROSSED = 60  # how much farther it seems behind another value
LONGEST = 4_000  # characters of a message that are read, as search reads
LARGE = 1_000  # a number from which on it is told that nobody knows what it is of
APART = 5  # words that may stand between the words of one name: `my parents have $500 in savings`

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_CLAUSE = re.compile(r"[,:]\s")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NUMBERED = re.compile(r"(?m)^\s*(\d{1,2})[.):]\s+(?=\S)")
_THEY = re.compile(r"(?i)\b(?:they|ellos|ellas)\b")
_MY = frozenset(("my", "mi", "mis"))
_COUNTED = (Kind.MONEY, Kind.WHOLE, Kind.AWARD_YEAR, Kind.STATE)


class Said(Struct, frozen=True):
    """Values by the path of their slot, and the amounts of which nobody can tell what they are."""

    values: dict[str, int | str | bool]
    unplaced: tuple[str, ...] = ()


class _Place(NamedTuple):
    """Where words that name a slot stand in a sentence; it is not `sure` by words of its question alone."""

    slot: Slot
    start: int
    end: int
    letters: int
    sure: bool = True
    opposite: bool = False  # `independent` where the slot's word is `dependent`


class _People(NamedTuple):
    """Where a sentence speaks of the people of a list, and by which word; "" for oneself."""

    start: int
    name: str
    called: str


def said(text: str, slots: Sequence[Slot], asked: Sequence[Slot] = (), subject: str = "") -> Said:
    """What `text` says about these slots.

    Args:
        asked: what it may be the bare answer to, in the order of the questions.
        subject: the list of people that is spoken of where the text does not say of whom.
    """
    values: dict[str, int | str | bool] = {}
    unplaced: list[str] = []
    subject = next((slot.people.name for slot in asked if slot.people), subject)
    called = ""
    text = text[:LONGEST]
    for sentence in _SENTENCE.split(_NUMBERED.sub("", text)):
        found, left, people = _sentence(sentence, slots, subject)
        if people is None and called and _THEY.search(sentence):  # `They are married`: the parents named before
            found, left, _ = _sentence(_THEY.sub(f"my {called}", sentence, count=1), slots, subject)
        if people is not None:
            subject, called = people.name, people.called
        values |= found
        unplaced += left
    bare = _bare(text, asked, values)
    if bare and not (values.keys() - {slot.path for slot in asked}):
        unplaced = []
    values = bare | values
    return Said(values, tuple(unplaced))


def _sentence(
    text: str, slots: Sequence[Slot], subject: str
) -> tuple[dict[str, int | str | bool], list[str], _People | None]:
    """The values in one sentence, what could not be placed, and of which people it speaks at its end."""
    tokens = [(fold(match.group()), match.start(), match.end()) for match in _WORD.finditer(text)]
    places = _longest([place for slot in slots for place in _places(slot, slots, tokens, text)])
    people = _people(slots, tokens, {place.start for place in places})
    places = [place for place in places if _spoken_of(place, people, subject)]
    held = [mention for mention in mentions.read(text) if mention.kind in _COUNTED and not mention.idle]
    values = _nearest(places, held, text)
    used = {mention for mention, _ in values}
    found: dict[str, int | str | bool] = {slot.path: mention.value for mention, slot in values}
    for mention in held:
        alone = [slot for slot in slots if mention.kind is slot.kind and slot.kind in (Kind.AWARD_YEAR, Kind.STATE)]
        if mention not in used and len(alone) == 1 and sum(mention.kind is other.kind for other in held) == 1:
            used.add(mention)
            found.setdefault(alone[0].path, mention.value)
    for place in places:
        if place.slot.kind is Kind.YES_NO and (answer := states_it(text, place.start, place.end)) is not None:
            found.setdefault(place.slot.path, answer != place.opposite)
    whose, words = people[-1].name if people else subject, [token[0] for token in tokens]
    for slot in slots:
        named = any(place.slot.path == slot.path for place in places)
        spoken_of = slot.people is None or slot.people.name == whose
        if spoken_of and slot.kind is Kind.CHOICE and (choice := choice_in(slot, words, named)):
            found.setdefault(slot.path, choice)
    left = [text[mention.start : mention.end] for mention in held if mention not in used and _is_amount(mention)]
    return found, left, people[-1] if people else None


def _is_amount(mention: Mention) -> bool:
    """Whether it can only be an amount: a number as large as a year's may be many things."""
    large = mention.kind is Kind.WHOLE and mention.value >= LARGE and not 1900 <= mention.value < 2100  # type: ignore[operator]
    return mention.kind is Kind.MONEY or large


def _people(slots: Sequence[Slot], tokens: Sequence[tuple[str, int, int]], named: Set[int]) -> list[_People]:
    """Where the sentence speaks of the people of which list. `my` is of the speaker before what is `named` there."""
    words = [token[0] for token in tokens]
    found = []
    for people in {slot.people.name: slot.people for slot in slots if slot.people}.values():
        names = list(people.ask.words)
        if {"myself", "my own", "yo"} & set(names):
            names += ["i"]
            pairs = pairwise(tokens)
            mine = [one for one, other in pairs if one[0] in _MY and other[1] in named]
            found += [_People(one[1], people.name, "") for one in mine]
        for name in names:
            called = "" if name in ("i", "yo") else name
            found += [_People(tokens[at][1], people.name, called) for at, _ in _occurrences(name, words, 0)]
    return sorted(found)


def _spoken_of(place: _Place, people: Sequence[_People], default: str) -> bool:
    """Whether an answer of a person is one of the person whom the sentence speaks of there."""
    if place.slot.people is None:
        return True
    before = [each.name for each in people if each.start <= place.start] or [each.name for each in people[:1]]
    return (before[-1] if before else default) == place.slot.people.name


def _places(slot: Slot, slots: Sequence[Slot], tokens: Sequence[tuple[str, int, int]], text: str) -> list[_Place]:
    """Where the slot is named: by its words, or by those words of its question that no other question has."""
    words = [token[0] for token in tokens]
    found = []
    for phrase in slot.parameter.ask.words:
        for first, end in _occurrences(phrase, words, APART if " " in phrase else 0):
            start, stop = tokens[first][1], tokens[end - 1][2]
            if not _CLAUSE.search(text, start, stop):  # A name does not go on behind a comma.
                found.append(_Place(slot, start, stop, len(phrase)))
        if slot.kind is Kind.YES_NO:
            for opposite in (f"{prefix}{fold(phrase)}" for prefix in ("in", "un", "non")):
                for first, end in _occurrences(opposite, words, 0):
                    found.append(_Place(slot, tokens[first][1], tokens[end - 1][2], len(phrase) + 2, opposite=True))
    if slot.kind is Kind.WHOLE and not found:
        for word in _own_words(slot, slots):
            for first, end in _occurrences(word, words, 0):
                found.append(_Place(slot, tokens[first][1], tokens[end - 1][2], len(word), sure=False))
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


def _occurrences(phrase: str, words: Sequence[str], apart: int) -> list[tuple[int, int]]:
    """Where it begins and ends: of those that end in one place, the shortest."""
    found, at = {}, 0
    while (place := spelling.find(phrase, words[at:], apart)) is not None:
        found[at + place[1]] = at + place[0]
        at += place[0] + 1
    return [(first, end) for end, first in found.items()]


def _longest(places: Sequence[_Place]) -> list[_Place]:
    """Without those that stand in a longer name: `income` in `income tax`. Of one name, each person's."""
    return [
        one
        for one in places
        if not any(
            other.start < one.end and one.start < other.end and (other.sure, other.letters) > (one.sure, one.letters)
            for other in places
        )
    ]


def _nearest(places: Sequence[_Place], held: Sequence[Mention], text: str) -> list[tuple[Mention, Slot]]:
    """Values with the slots that they belong to, the nearest pair first; each value and each slot once."""
    ranked = sorted(
        (
            (_distance(place, mention, held), number, place, mention)
            for place in places
            for number, mention in enumerate(held)
            if mention.fits(place.slot.kind)
        ),
        key=lambda one: one[:2],
    )
    pairs: list[tuple[Mention, Slot]] = []
    for distance, _, place, mention in ranked:
        near = distance <= FARTHEST if place.sure else mention.end <= place.start <= mention.end + 2
        if near and not any(mention == used or place.slot.path == slot.path for used, slot in pairs):
            pairs.append((mention, place.slot))
    return pairs


def _distance(place: _Place, mention: Mention, held: Sequence[Mention]) -> int:
    """How far a value seems from the words; inside them it is nearest."""
    if mention.start < place.end and place.start < mention.end:
        return 0
    behind = mention.start >= place.end
    low, high = (place.end, mention.start) if behind else (mention.end, place.start)
    between = sum(low <= other.start and other.end <= high and other != mention for other in held)
    return high - low + (0 if behind else AFTER) + CROSSED * between


def _bare(text: str, asked: Sequence[Slot], known: Values) -> dict[str, int | str | bool]:
    """The answers to what was asked: numbered as the questions were, in their order, or one that fits one question."""
    numbered = list(_NUMBERED.finditer(text))
    if numbered:
        ends = [*(match.start() for match in numbered[1:]), len(text)]
        pieces = [(int(match[1]) - 1, text[match.end() : end]) for match, end in zip(numbered, ends, strict=True)]
        found: dict[str, int | str | bool] = {}
        for at, piece in pieces:
            found |= _one(piece, asked[at : at + 1]) if at >= 0 else {}
        return found
    return _one(text, [slot for slot in asked if slot.path not in known])


def _one(text: str, asked: Sequence[Slot]) -> dict[str, int | str | bool]:
    """The answers that stand in the text by themselves. A question is no answer, unless it is as brief as one."""
    words = spelling.words(text)
    brief = len(words) <= BRIEF
    if not asked or (asks_something(text) and not brief):
        return {}
    held = [
        mention
        for mention in mentions.read(text, alone=True)
        if any(mention.fits(slot.kind) for slot in asked) and (brief or not mention.idle)
    ]
    if len(held) == len(asked) and all(m.fits(slot.kind) for m, slot in zip(held, asked, strict=True)):
        return {slot.path: mention.value for mention, slot in zip(held, asked, strict=True)}
    found: dict[str, int | str | bool] = {}
    for mention in held:
        fitting = [slot for slot in asked if mention.fits(slot.kind)]
        if len(fitting) == 1 and sum(other.fits(fitting[0].kind) for other in held) == 1:
            found[fitting[0].path] = mention.value
    for slot in asked:
        if slot.kind is Kind.CHOICE and (choice := choice_in(slot, words, len(asked) == 1)) is not None:
            found[slot.path] = choice
    return found
