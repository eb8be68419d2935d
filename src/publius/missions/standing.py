"""Of whom a yes or no is said that can be said of several: `I am a single mom`, `she is a single mom`.

Where an input says whose answer it is (`Ask.of`), it is heard of nobody else: of the speaker, or of the people of
another list, by the last one spoken of before. Who cannot be told is nobody.
"""

import re
from collections.abc import Sequence

from publius.kit import Kind
from publius.missions import spelling
from publius.missions.clauses import Place
from publius.missions.proper import Token
from publius.missions.slots import Slot
from publius.missions.statements import asks_or_supposes
from publius.verification.words import fold, listed

_SELF = listed("i i'm im i've we we're soy estoy somos estamos yo")
_CHILDREN = listed("son daughter child hijo hija")  # of whom a parent speaks who asks for them
_THEY = listed("she she's he he's they they're ella ellos ellas")
_BE = re.compile(r"\W*(?:(?:am|was|been|being|a|an|as|also|now|still|currently|just|una?|ya)\W+)*")
_NOT = re.compile(r"\b(?:not|no|never|nobody|neither|nunca|tampoco|ni)\b|n't\b")
_PAST = re.compile(r"\b(?:was|were|had\s+been|used\s+to\s+be|era|eran|estuvo|estuvieron|estaba|estaban)\s+(?:\w+\s+)?$")
FARTHEST = 60  # characters between whom it is said of and what is said


def settled(places: Sequence[Place], slots: Sequence[Slot], tokens: Sequence[Token], text: str, subject: str) -> tuple[
    list[Place], list[Place]
]:  # fmt: skip
    """The places without those that are said of somebody else, and those that call the speaker by a word for others.

    `subject` is the list that is spoken of where nobody is named.
    """
    kept, oneself = [], []
    for place in places:
        if (of := _list_of(place, slots)) and place.slot.kind is Kind.YES_NO:
            speaker = _of_speaker(place, slots, tokens, text, subject)
            if speaker is None or speaker != _is_speakers(of, slots):
                continue
            oneself += [place] if speaker else []
        kept.append(place)
    return kept, oneself


def said_of_others(place: Place, slots: Sequence[Slot]) -> bool:
    """Whether the input is about other people than the speaker."""
    of = _list_of(place, slots)
    return bool(of) and not _is_speakers(of, slots)


def states_of_others(place: Place, slots: Sequence[Slot], tokens: Sequence[Token], text: str) -> bool | None:
    """Whether it is said of them that it is so; None where it is asked, supposed, long past or nobody can tell."""
    folded = fold(text)
    if len(folded) != len(text) or asks_or_supposes(text, place.start, place.end):
        return None
    last = _last(place, slots, tokens)
    between = folded[last[2] if last else 0 : place.start]
    inside = re.sub(r"^\W*\w+", "", folded[place.start : place.end])  # `never married …` begins with its own not
    denied = bool(_NOT.search(between) or _NOT.search(inside))
    past = _PAST.search(folded[: place.start]) and not folded.startswith("never", place.start)
    if len(between) > FARTHEST or past or (denied and place.opposite):
        return None
    return place.opposite == denied if denied else not place.opposite


def _of_speaker(place: Place, slots: Sequence[Slot], tokens: Sequence[Token], text: str, subject: str) -> bool | None:
    """Whether it is said of the speaker; None where nobody can tell."""
    others = _others(slots)
    calls = any(place.start <= token[1] < place.end and token[0] in others for token in tokens)
    last = _last(place, slots, tokens)
    if last is None:
        return True if not calls else None if not subject else _is_speakers(subject, slots)
    between = fold(text[last[2] : place.start])
    if last[0] in _SELF | _CHILDREN:
        return not (calls and not _BE.fullmatch(between))
    return None if re.search(r"[,;:]", between) and not calls else False


def _last(place: Place, slots: Sequence[Slot], tokens: Sequence[Token]) -> Token | None:
    """The last word before the place that speaks of somebody."""
    words = _SELF | _CHILDREN | _THEY | _others(slots)
    before = [token for token in tokens if token[2] <= place.start and token[0].removesuffix("'s") in words]
    return before[-1] if before else None


def _others(slots: Sequence[Slot]) -> frozenset[str]:
    """The words for the people of the lists that are not the speaker's."""
    lists = {slot.people.name: slot.people for slot in slots if slot.people}
    phrases = [
        phrase for people in lists.values() for phrase in people.ask.words if not _is_speakers(people.name, slots)
    ]
    return frozenset(word for phrase in phrases for other in phrase.split("|") for word in spelling.words(other))


def _list_of(place: Place, slots: Sequence[Slot]) -> str:
    """The list of people whose answer it is; "" where the tool has no such list, and only the speaker is meant."""
    of = place.slot.parameter.ask.of
    return of if any(slot.people and slot.people.name == of for slot in slots) else ""


def _is_speakers(name: str, slots: Sequence[Slot]) -> bool:
    """Whether the list is the one that the speaker is of."""
    lists = {slot.people.name: slot.people for slot in slots if slot.people}
    return name in lists and any("myself" in phrase.split("|") for phrase in lists[name].ask.words)
