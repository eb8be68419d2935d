"""From what a person said to the values of a tool's inputs. What was not said has no value here.

An amount or number belongs to the input that its own clause names (`clauses.py`). Yes and no are taken from statements
in the first person (`I am married`), never from questions or suppositions. After a question of ours a bare answer fills
the input that was asked for, where only one can be meant. Of two values for one input, or two people where one can be
told of, none is taken; every amount that became no input is handed back, so that the person hears of it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from publius.kit import Kind
from publius.missions import mentions, spelling, whose
from publius.missions.choosing import choice_in
from publius.missions.clauses import Pair, Place, is_amount, paired
from publius.missions.mentions import Mention
from publius.missions.slots import Slot, Values
from publius.missions.statements import states_it
from publius.missions.turns import BRIEF, asks_something
from publius.verification.words import fold, says_something

LONGEST = 4_000  # characters of a message that are read, as search reads
APART = 5  # words that may stand between the words of one name: `my parents have $500 in savings`

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_CLAUSE = re.compile(r"[,:]\s")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NUMBERED = re.compile(r"(?m)^\s*(\d{1,2})[.):]\s+(?=\S)")
_THEY = re.compile(r"(?i)\b(?:they|ellos|ellas)\b")
_BOUNDED = re.compile(
    r"\b(?:less|more|fewer)\s+than\W+$|\bat\s+(?:least|most)\W+$|\b(?:menos|mas)\s+de\W+$|\bal\s+menos\W+$"
)
_COUNTED = (Kind.MONEY, Kind.WHOLE, Kind.AWARD_YEAR, Kind.STATE)

Answer = int | str | bool


class Said(Struct, frozen=True):
    """Values by the path of their slot, and what became none.

    `unplaced` are the amounts that are no value here, `several` the lists of which more than one was told of, `told`
    who was given figures, as list and who, and `named` the numbers that were spoken of without being said. `subject` is
    the list that is spoken of at the end.
    """

    values: dict[str, Answer]
    unplaced: tuple[str, ...] = ()
    several: frozenset[str] = frozenset()
    told: frozenset[tuple[str, str]] = frozenset()
    named: tuple[str, ...] = ()
    subject: str = ""


class _Sentence(NamedTuple):
    """What one sentence says."""

    values: dict[str, Answer]
    pairs: list[Pair]
    held: list[Mention]
    used: set[Mention]
    places: list[Place]
    people: list[whose.People]
    twice: set[str]  # the paths for which it gives two values
    vague: list[str]  # the paths whose number it calls by what may be any, `part-time`


def said(text: str, slots: Sequence[Slot], asked: Sequence[Slot] = (), subject: str = "") -> Said:
    """What `text` says about these slots.

    Args:
        asked: what it may be the bare answer to, in the order of the questions.
        subject: the list of people that is spoken of where the text does not say of whom.
    """
    values: dict[str, Answer] = {}
    unused: list[tuple[str, Answer]] = []
    told: set[tuple[str, str]] = set()
    named: list[str] = []
    vague: list[str] = []
    taken: list[tuple[str, str]] = []  # the path of each amount taken, and how it is written
    twice: set[str] = set()
    subject = next((slot.people.name for slot in asked if slot.people), subject)
    called = who = ""
    for sentence in _SENTENCE.split(_NUMBERED.sub("", text[:LONGEST])):
        here = _sentence(sentence, slots, subject)
        if not here.people and called and _THEY.search(sentence):  # `They are married`: the parents named before
            sentence = _THEY.sub(f"my {called}", sentence, count=1)
            here = _sentence(sentence, slots, subject)
        told |= whose.told(here.pairs, here.people, who, sentence)
        if here.people and not _of_the_family(here):
            subject, called, who = here.people[-1].name, here.people[-1].called, here.people[-1].who
        twice |= here.twice | {path for path, value in here.values.items() if values.get(path, value) != value}
        values |= here.values
        taken += [(place.slot.path, sentence[m.start : m.end]) for m, place in here.pairs if _counts(m, place)]
        unused += [(sentence[m.start : m.end], m.value) for m in _left(here)]
        named += [place.slot.path for place in here.places if place.sure and place.slot.kind is Kind.WHOLE]
        vague += here.vague
    several = whose.several(told) | {path.partition(".0.")[0] for path in twice if ".0." in path}
    bare = {} if several else _bare(text[:LONGEST], asked, {path: values[path] for path in values.keys() - twice})
    dropped = {path for path in values if path in twice or path.partition(".0.")[0] in several} - bare.keys()
    unplaced = [written for path, written in taken if path in dropped]
    unplaced += _without(unused, bare)
    unplaced += amounts(text[LONGEST : 4 * LONGEST])
    values = bare | {path: value for path, value in values.items() if path not in dropped}
    named += [] if any(path in values for path in vague) else vague[-1:]  # one of them says it for all
    lacking = tuple(path for path in dict.fromkeys(named) if path not in values)
    return Said(values, tuple(unplaced), frozenset(several), frozenset(told), lacking, subject)


def amounts(text: str) -> list[str]:
    """Every amount in the text, as it is written."""
    return [written for written, _ in sums(text)]


def sums(text: str) -> list[tuple[str, Mention]]:
    """Every amount as it is written and as its own sentence reads it: `80.000` is eighty thousand in Spanish alone."""
    return [
        (sentence[each.start : each.end], each)
        for sentence in _SENTENCE.split(text)
        for each in mentions.read(sentence)
        if is_amount(each) and not each.idle
    ]


def _of_the_family(here: _Sentence) -> bool:
    """Whether it says `I` of what stands alone, `I am dependent`: then it does not turn to one's own figures."""
    alone = not any(place.slot.people for place in here.places)
    return here.people[-1].who == whose.ONESELF and alone and bool(here.values)


def _counts(mention: Mention, place: Place) -> bool:
    return is_amount(mention) or place.slot.kind is Kind.MONEY


def _without(unused: Sequence[tuple[str, Answer]], bare: Values) -> list[str]:
    """The amounts that are no bare answer either."""
    answers = list(bare.values())
    left = []
    for written, value in unused:
        if value in answers:
            answers.remove(value)
        else:
            left.append(written)
    return left


def _left(here: _Sentence) -> list[Mention]:
    """The amounts that belong to nothing; a year is one only where an amount is named that has no other."""
    lacks = any(place.slot.kind is Kind.MONEY and place.slot.path not in here.values for place in here.places)
    return [each for each in here.held if each not in here.used and (is_amount(each) or (each.year and lacks))]


def _sentence(text: str, slots: Sequence[Slot], subject: str) -> _Sentence:
    """The values in one sentence, whose they are, and what could not be placed."""
    tokens = [(fold(match.group()), match.start(), match.end()) for match in _WORD.finditer(text)]
    places = _longest([place for slot in slots for place in _places(slot, slots, tokens, text)])
    people = whose.spoken_of(slots, tokens, text, {place.start for place in places})
    places = [place for place in places if whose.belongs(place, people, subject)]
    held = [mention for mention in mentions.read(text) if mention.kind in _COUNTED and not mention.idle]
    pairs = paired(places, held, text)
    used = {mention for mention, _ in pairs}
    found: dict[str, Answer] = {}
    vague: list[str] = []
    twice = set()
    for mention, place in pairs:
        if found.setdefault(place.slot.path, mention.value) != mention.value:
            twice.add(place.slot.path)
    for slot in slots:
        if slot.kind in (Kind.AWARD_YEAR, Kind.STATE):
            fitting = [mention for mention in held if mention.fits(slot.kind)]
            if len({mention.value for mention in fitting}) == 1:
                used |= set(fitting)
                found.setdefault(slot.path, fitting[0].value)
        for value in _called(slot, [token[0] for token in tokens], tokens, fold(text)):
            if value:
                found.setdefault(slot.path, value)
            else:
                vague.append(slot.path)
    plain = _plain(text, [*held, *(place for place in places if place.slot.kind in _COUNTED)])
    for place in places:
        if place.slot.kind is Kind.YES_NO:
            answer = states_it(text, place.start, place.end)
            if answer is None:
                answer = states_it(plain, place.start, place.end)
            if answer is not None:
                found.setdefault(place.slot.path, answer != place.opposite)
    spoken, words = people[-1].name if people else subject, [token[0] for token in tokens]
    for slot in slots:
        is_named = any(place.slot.path == slot.path for place in places)
        of_them = slot.people is None or slot.people.name == spoken
        if of_them and slot.kind is Kind.CHOICE and (choice := choice_in(slot, words, is_named)):
            found.setdefault(slot.path, choice)
    return _Sentence(found, pairs, held, used, places, people, twice, vague)


def _called(slot: Slot, words: Sequence[str], tokens: Sequence[whose.Token], text: str) -> list[int]:
    """The number by what it is called, `half-time`; none where two are, or only a bound, `less than half-time`."""
    found: dict[int, int] = {}
    for value, phrases in slot.parameter.ask.called.items():
        for phrase in phrases:
            for first, end in spelling.places(phrase, words):
                if not _BOUNDED.search(text[: tokens[first][1]]):
                    found[end] = value if end not in found or end - first > 2 else found[end]
    return list(found.values()) if len(set(found.values())) == 1 else []


def _plain(text: str, parts: Sequence[Mention | Place]) -> str:
    """The text with these parts blotted out, as a list without commas has them: `SAI 2026-27 dependent family of 4`."""
    for part in parts:
        text = f"{text[: part.start]}{',' * (part.end - part.start)}{text[part.end :]}"
    return text


def _places(slot: Slot, slots: Sequence[Slot], tokens: Sequence[tuple[str, int, int]], text: str) -> list[Place]:
    """Where the slot is named: by its words, or by those words of its question that no other question has."""
    words = [token[0] for token in tokens]
    found: list[Place] = []
    opposites = list(slot.parameter.ask.no)
    for phrase in slot.parameter.ask.words:
        for first, end in spelling.places(phrase, words, APART if " " in phrase else 0):
            start, stop = tokens[first][1], tokens[end - 1][2]
            if not _CLAUSE.search(text, start, stop):  # A name does not go on behind a comma.
                found.append(Place(slot, start, stop, len(phrase)))
        if slot.kind is Kind.YES_NO:
            opposites += [f"{prefix}{fold(phrase)}" for prefix in ("in", "un", "non")]
    for opposite in opposites:
        for first, end in spelling.places(opposite, words, 0):
            found.append(Place(slot, tokens[first][1], tokens[end - 1][2], len(opposite), opposite=True))
    if slot.kind is Kind.WHOLE and not found:
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


def _bare(text: str, asked: Sequence[Slot], known: Values) -> dict[str, Answer]:
    """The answers to what was asked: numbered as the questions were, in their order, or one that fits one question."""
    numbered = list(_NUMBERED.finditer(text))
    if numbered:
        ends = [*(match.start() for match in numbered[1:]), len(text)]
        pieces = [(int(match[1]) - 1, text[match.end() : end]) for match, end in zip(numbered, ends, strict=True)]
        found: dict[str, Answer] = {}
        for at, piece in pieces:
            found |= _one(piece, asked[at : at + 1]) if at >= 0 else {}
        return found
    return _one(text, [slot for slot in asked if slot.path not in known])


def _one(text: str, asked: Sequence[Slot]) -> dict[str, Answer]:
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
    found: dict[str, Answer] = {}
    for mention in held:
        fitting = [slot for slot in asked if mention.fits(slot.kind)]
        if len(fitting) == 1 and sum(other.fits(fitting[0].kind) for other in held) == 1:
            found[fitting[0].path] = mention.value
    for slot in asked:
        if slot.kind is Kind.CHOICE and (choice := choice_in(slot, words, len(asked) == 1)) is not None:
            found[slot.path] = choice
    return found
