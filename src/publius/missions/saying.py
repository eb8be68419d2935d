"""From what a person said to the values of a tool's inputs. What was not said has no value here.

An amount or number belongs to the input that its own clause names (`clauses.py`). Yes and no are taken from statements
in the first person (`I am married`), never from questions or suppositions. After a question of ours a bare answer fills
the input that was asked for, where only one can be meant. Of two values for one input, or two people where one can be
told of, none is taken; every amount that became no input is handed back, so that the person hears of it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from publius.kit import Kind
from publius.missions import ages, answering, mentions, naming, standing, whose
from publius.missions.attributes import described
from publius.missions.choosing import choice_in
from publius.missions.clauses import Pair, Place, is_amount, paired
from publius.missions.mentions import Mention
from publius.missions.proper import Token
from publius.missions.slots import Slot, Values
from publius.missions.statements import states_it
from publius.verification.words import fold, says_something

NEAR = 6  # characters between the name of a choice and what is chosen: `filed as single`
LONGEST = 4_000  # characters of a message that are read, as search reads

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_THEY = re.compile(r"(?i)\b(?:they|ellos|ellas)\b")
_CLAUSE = re.compile(r"[,;:.]")
_COUNTED = (Kind.MONEY, Kind.WHOLE, Kind.AWARD_YEAR, Kind.STATE)

Answer = int | str | bool


class Said(Struct, frozen=True):
    """Values by the path of their slot, and what became none.

    `unplaced` are the amounts that are no value here, `several` the lists of which more than one was told of, `told`
    who was given figures, as list and who, and `named` the numbers that were spoken of without being said. `subject` is
    the list that is spoken of at the end, `doubtful` are the questions of which a yes or no could answer each, and
    `alone` is the one of several that nothing but a yes or no was taken for.
    """

    values: dict[str, Answer]
    unplaced: tuple[str, ...] = ()
    several: frozenset[str] = frozenset()
    told: frozenset[tuple[str, str]] = frozenset()
    named: tuple[str, ...] = ()
    subject: str = ""
    doubtful: tuple[str, ...] = ()
    alone: str = ""


class _Sentence(NamedTuple):
    """What one sentence says."""

    values: dict[str, Answer]
    pairs: list[Pair]
    doubted: list[Pair]  # names and what stands where their amount belongs, but is none: `AGI about 60,000`
    held: list[Mention]
    used: set[Mention]
    places: list[Place]
    people: list[whose.People]
    twice: set[str]  # the paths for which it gives two values
    loose: list[str]  # the paths whose number it calls by what may be any, `part-time`


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
    loose: list[str] = []
    taken: list[tuple[str, str]] = []  # the path of each amount taken, and how it is written
    twice: set[str] = set()
    subject = next((slot.people.name for slot in asked if slot.people), subject)
    called = who = ""
    for sentence in _SENTENCE.split(answering.unnumbered(text[:LONGEST])):
        here = _sentence(sentence, slots, subject)
        if not here.people and called and _THEY.search(sentence):  # `They are married`: the parents named before
            sentence = _THEY.sub(f"my {called}", sentence, count=1)
            here = _sentence(sentence, slots, subject)
        told |= whose.told([*here.pairs, *here.doubted], here.people, who, sentence)
        if here.people and not _of_the_family(here):
            subject, called, who = here.people[-1].name, here.people[-1].called, here.people[-1].who or who
        twice |= here.twice | {path for path, value in here.values.items() if values.get(path, value) != value}
        values |= here.values
        taken += [(place.slot.path, written(sentence, m)) for m, place in here.pairs]
        unused += [(written(sentence, m), m.value) for m in _left(here, values, asked)]
        named += [place.slot.path for _, place in here.doubted]
        named += [place.slot.path for place in here.places if place.sure and place.slot.kind is Kind.WHOLE]
        loose += here.loose
    several = whose.several(told) | {path.partition(".0.")[0] for path in twice if ".0." in path}
    known = {path: values[path] for path in values.keys() - twice}
    bare = answering.Answered({}) if several else answering.answered(text[:LONGEST], asked, known)
    dropped = {path for path in values if path in twice or path.partition(".0.")[0] in several} - bare.values.keys()
    unplaced = [each for path, each in taken if path in dropped]
    unplaced += _without(unused, bare.values)
    unplaced += amounts(text[LONGEST : 4 * LONGEST])
    values = bare.values | {path: value for path, value in values.items() if path not in dropped}
    values = ages.completed(values, slots)
    named += [] if any(path in values for path in loose) else loose[-1:]  # one of them says it for all
    lacking = tuple(path for path in dict.fromkeys(named) if path not in values)
    known_of = frozenset(several), frozenset(told), lacking, subject
    return Said(values, tuple(unplaced), *known_of, bare.doubtful, bare.alone)


def amounts(text: str) -> list[str]:
    """Every amount in the text, as it is written."""
    return [each for each, number in numbers(text) if is_amount(number)]


def numbers(text: str) -> list[tuple[str, Mention]]:
    """Every number as it is written and as its own sentence reads it: `80.000` is eighty thousand in Spanish alone."""
    return [
        (written(sentence, each), each)
        for sentence in _SENTENCE.split(text)
        for each in mentions.read(sentence)
        if each.kind in (Kind.MONEY, Kind.WHOLE) and not each.idle
    ]


def written(text: str, number: Mention) -> str:
    """A number as it stands there; a small one with the word behind it, `2 kids`, which says what it was said of."""
    word = _WORD.match(text, number.end + 1) if text[number.end : number.end + 1] == " " else None
    tells = word and not is_amount(number) and not word.group()[0].isdigit() and says_something(word.group())
    return text[number.start : word.end() if word and tells else number.end]


def _of_the_family(here: _Sentence) -> bool:
    """Whether it says `I` of what stands alone, `I am dependent`: then it does not turn to one's own figures."""
    alone = not any(place.slot.people for place in here.places)
    return here.people[-1].who == whose.ONESELF and alone and bool(here.values)


def _without(unused: Sequence[tuple[str, Answer]], bare: Values) -> list[str]:
    """The amounts that are no bare answer either."""
    answers = list(bare.values())
    left = []
    for each, value in unused:
        if value in answers:
            answers.remove(value)
        else:
            left.append(each)
    return left


def _left(here: _Sentence, known: Values, asked: Sequence[Slot]) -> list[Mention]:
    """The numbers that belong to nothing; a year is one only where an amount is named or asked for that has no other.

    Nor is the 2 of `2 children` one, where what is asked is whether there are any.
    """
    spoken_of = [*(place.slot for place in here.places), *asked]
    lacks = any(slot.kind is Kind.MONEY and slot.path not in {*here.values, *known} for slot in spoken_of)
    stated = [place for place in here.places if place.slot.kind is Kind.YES_NO and place.slot.path in here.values]
    return [
        each
        for each in here.held
        if each not in here.used
        and each.kind in (Kind.MONEY, Kind.WHOLE)
        and (lacks or not each.year)
        and (is_amount(each) or not any(0 <= place.start - each.end <= 2 for place in stated))
    ]


def _sentence(text: str, slots: Sequence[Slot], subject: str) -> _Sentence:
    """The values in one sentence, whose they are, and what could not be placed."""
    tokens = [(fold(match.group()), match.start(), match.end()) for match in _WORD.finditer(text)]
    places = naming.places(slots, tokens, text)
    places, oneself = standing.settled(places, slots, tokens, text, subject)
    people = whose.spoken_of(slots, tokens, text, {place.start for place in places})
    people = [one for one in people if one.who == whose.ONESELF or not _stands_in(one.start, oneself)]
    places = [place for place in places if whose.belongs(place, people, subject)]
    held = [each for each in mentions.read(text) if each.kind in _COUNTED and not each.idle]
    held = [each for each in held if is_amount(each) or not whose.is_number(people, each.start, text)]
    age, used = ages.said(text, held, slots)
    found_pairs = paired(places, [each for each in held if each not in used], text)
    pairs = [(mention, place) for mention, place in found_pairs if mention.fits(place.slot.kind)]
    doubted = [(mention, place) for mention, place in found_pairs if not mention.fits(place.slot.kind)]
    used |= {mention for mention, _ in pairs}
    found: dict[str, Answer] = dict(age)
    loose: list[str] = []
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
        for value in naming.called(slot, tokens, fold(text)):
            if value:
                found.setdefault(slot.path, value)
            else:
                loose.append(slot.path)
    found = _stated(text, places, held, slots, tokens) | found
    found = _chosen(text, slots, tokens, places, people, subject) | found
    return _Sentence(found, pairs, doubted, held, used, places, people, twice, loose)


def _chosen(
    text: str,
    slots: Sequence[Slot],
    tokens: Sequence[Token],
    places: Sequence[Place],
    people: Sequence[whose.People],
    subject: str,
) -> dict[str, Answer]:
    """The choices that the sentence names; what is chosen for people, where it speaks of them."""
    words = [token[0] for token in tokens]
    clauses = [at for at in range(1, len(tokens)) if _CLAUSE.search(text[tokens[at - 1][2] : tokens[at][1]])]
    found: dict[str, Answer] = {}
    for slot in slots:
        if slot.kind is Kind.CHOICE:
            is_named = any(place.slot.path == slot.path for place in places)
            left = _left_for(slot, words, tokens, places)
            if slot.people:
                of = [whose.list_at(token[1], people, subject) for token in tokens]
                left = [word if name == slot.people.name else "_" for word, name in zip(left, of, strict=True)]
            if choice := choice_in(slot, left, is_named, clauses):
                found[slot.path] = choice
    return found


def _left_for(slot: Slot, words: list[str], tokens: Sequence[Token], places: Sequence[Place]) -> list[str]:
    """The words without those that say what somebody is, `my mom is single`, unless this slot is named before them.

    Only for one person's own answers: that parents `get divorced` is also a change of the family.
    """
    if slot.people is None:
        return words
    names = [place.end for place in places if place.slot.path == slot.path]
    told = [place for place in places if place.opposite and place.slot.parameter.ask.of]
    told = [place for place in told if not any(0 <= place.start - end <= NEAR for end in names)]
    return ["_" if _stands_in(token[1], told) else word for word, token in zip(words, tokens, strict=True)]


def _stands_in(start: int, places: Sequence[Place]) -> bool:
    return any(place.start <= start < place.end for place in places)


def _stated(
    text: str, places: Sequence[Place], held: Sequence[Mention], slots: Sequence[Slot], tokens: Sequence[Token]
) -> dict[str, Answer]:
    """The answers of yes or no; of two for one input none."""
    plain = _plain(text, [*held, *(place for place in places if place.slot.kind in _COUNTED)])
    found: dict[str, Answer] = {}
    of_others: dict[str, set[bool | None]] = {}
    for place in places:
        if place.slot.kind is Kind.YES_NO and standing.said_of_others(place, slots):
            said_of_them = standing.states_of_others(place, slots, tokens, text)
            of_others.setdefault(place.slot.path, set()).add(said_of_them)
        elif place.slot.kind is Kind.YES_NO:
            answer = states_it(text, place.start, place.end)
            if answer is None:
                answer = states_it(plain, place.start, place.end)
            if answer is None and described(text, place.start, place.end):
                answer = True
            if answer is not None:
                found.setdefault(place.slot.path, answer != place.opposite)
    for path, answers in of_others.items():
        if len(answers) == 1 and None not in answers:
            found[path] = bool(next(iter(answers)))
    return found


def _plain(text: str, parts: Sequence[Mention | Place]) -> str:
    """The text with these parts blotted out, as a list without commas has them: `SAI 2026-27 dependent family of 4`."""
    for part in parts:
        text = f"{text[: part.start]}{',' * (part.end - part.start)}{text[part.end :]}"
    return text
