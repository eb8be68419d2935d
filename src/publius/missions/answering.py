"""Bare answers to what was asked: `4`, `1. 2026-27 2. no`, `yes`. What could answer several questions answers none."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from publius.kit import Kind
from publius.missions import mentions, spelling
from publius.missions.choosing import choice_in
from publius.missions.mentions import Mention
from publius.missions.slots import Slot, Values
from publius.missions.turns import BRIEF, affirms, asks_something, refuses

Answers = dict[str, int | str | bool]

_NUMBERED = re.compile(r"(?m)^\s*(\d{1,2})[.):]\s+(?=\S)")
_NEXT = re.compile(r"(?:[,;]|(?<=\w))\s*\b(\d{1,2})[.):]\s+(?=\S)")  # on the same line: `1. yes, 2. no`
_YES_OR_NO = (["yes"], ["no"])


class Answered(NamedTuple):
    """Answers by the path of their slot.

    `doubtful` are the questions of which a yes or no could answer each, and `alone` is the one of several that nothing
    but a yes or no was taken for.
    """

    values: Answers
    doubtful: tuple[str, ...] = ()
    alone: str = ""


def unnumbered(text: str) -> str:
    """The text without the numbers of the questions that it answers."""
    for start, end, _ in reversed(_numbers(text)):
        text = f"{text[:start]}\n{text[end:]}" if start else text[end:]
    return text


def answered(text: str, asked: Sequence[Slot], known: Values) -> Answered:
    """The answers to what was asked: numbered as the questions were, in their order, or one that fits one question.

    In `yes, I am married` the yes is of the question that is `known` by what is said behind it.
    """
    numbers = _numbers(text)
    if not numbers:
        stated = any(slot.path in known and _takes_yes(slot) for slot in asked)
        left = [slot for slot in asked if slot.path not in known and not (stated and slot.kind is Kind.YES_NO)]
        found = _one(text, left)
        only = len(asked) > 1 and len(found) == 1 and (affirms(text) or refuses(text))
        doubtful = () if stated else _doubtful(text, asked, found)
        return Answered(found, doubtful, next(iter(found)) if only else "")
    ends = [*(start for start, _, _ in numbers[1:]), len(text)]
    found = {}
    for (_, start, number), end in zip(numbers, ends, strict=True):
        found |= _one(text[start:end], asked[number - 1 : number]) if number else {}
    return Answered(found)


def _doubtful(text: str, asked: Sequence[Slot], found: Values) -> tuple[str, ...]:
    if asks_something(text) or not any(each.kind is Kind.YES_NO for each in mentions.read(text, alone=True)):
        return ()
    could = [slot.path for slot in asked if _takes_yes(slot)]
    return tuple(could) if len(could) > 1 and found.keys().isdisjoint(could) else ()


def _numbers(text: str) -> list[tuple[int, int, int]]:
    """Where the numbers of answers stand, and which: at the beginnings of lines, or within the first, up by one."""
    found = [(match.start(), match.end(), int(match[1])) for match in _NUMBERED.finditer(text)]
    if len(found) != 1:
        return found
    while (match := _NEXT.search(text, found[-1][1])) and int(match[1]) == found[-1][2] + 1:
        found.append((match.start(), match.end(), int(match[1])))
    return found


def _one(text: str, asked: Sequence[Slot]) -> Answers:
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
    found: Answers = {}
    for mention in held:
        fitting = [slot for slot in asked if _could_answer(mention, slot)]
        if len(fitting) == 1 and sum(other.fits(fitting[0].kind) for other in held) == 1:
            found[fitting[0].path] = mention.value
    for slot in asked:
        if slot.kind is Kind.CHOICE and (choice := choice_in(slot, words, len(asked) == 1)) is not None:
            found[slot.path] = choice
    return found


def _could_answer(mention: Mention, slot: Slot) -> bool:
    return mention.fits(slot.kind) or (mention.kind is Kind.YES_NO and _takes_yes(slot))


def _takes_yes(slot: Slot) -> bool:
    """Whether it is answered by yes or no: by nothing else, or by one choice of several."""
    choices = slot.parameter.choices if slot.kind is Kind.CHOICE else ()
    return slot.kind is Kind.YES_NO or any(spelling.words(each.title)[:1] in _YES_OR_NO for each in choices)
