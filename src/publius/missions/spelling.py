"""Words as a person in a hurry types them: without accents, with a letter too many, too few or in the wrong place."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from publius.verification.words import FUNCTION_WORDS, fold, listed

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SURE = 4  # letters up to which a word is taken as it is written: with one changed it would be another word
_LONG = 8  # letters from which two errors are let pass

# Everyday words that are one letter from another one: written right, they are themselves and no typing error. Function
# words are of them; inflected forms of one word are not, `calcule` and `calcula`, for these mean the same.
_THEMSELVES = frozenset(fold(word) for word in FUNCTION_WORDS) | listed(
    """
    cuando cuanto cuanta cuantos cuantas donde adonde quien quienes cual cuales como porque whose whom whole there
    their these those where while never every still today later under until might right night month mouth three
    thing think falsa falso falsas falsos falta faltas salsa cuenta cuentas cuesta cuestas corto cansado cansada
    pared madera bocas gustos pegar menor menos mejor mayor meses manos verde viene nueve nuevo nieve suelo suelto
    deuda resta venta tarde carta miedo medio parto ayuno duda largo grand giant patent takes tales tapes waves wakes
    forms farms firms collage aware decree berth loads loose losing shavings stage stake skate slate merry apple farther
    further chill chili clash class lover edit false separate separately separated
    """
)


def words(text: str) -> list[str]:
    """The words of a text in lower case and without accents."""
    return _WORD.findall(fold(text))


def form(word: str) -> str:
    """Without the ending of a plural, in either language: `assets` and `asset`, `bienes` and `bien` are one."""
    for ending in ("'s", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


@lru_cache(maxsize=65536)
def meant(written: str, word: str) -> bool:
    """Whether `written` is `word`, perhaps in another form or mistyped; both as `words` gives them.

    A word that there is, `falsa`, is no other one, `fafsa`.
    """
    if written == word or form(written) == form(word):
        return True
    shorter = min(len(written), len(word))
    if shorter <= _SURE or written in _THEMSELVES or written[0] != word[0] or any(c.isdigit() for c in written + word):
        return False
    return distance(written, word, allowed := 2 if shorter >= _LONG else 1) <= allowed


def find(phrase: str, text: Sequence[str], apart: int = 0) -> tuple[int, int] | None:
    """Where the words of `phrase` stand in `text`, in order and with at most `apart` words between two; (first, end).

    `a|b` stands for either word.
    """
    if not (slots := _slots(phrase)):
        return None
    first, *others = slots
    for start in range(len(text)):
        end = _end(first, text, start)
        for slot in others:
            if end is None:
                break
            places = (_end(slot, text, place) for place in range(end, min(end + apart + 1, len(text))))
            end = next((place for place in places if place is not None), None)
        if end is not None:
            return start, end
    return None


def places(phrase: str, text: Sequence[str], apart: int = 0) -> list[tuple[int, int]]:
    """Every place where `find` finds it: of those that end in one place, the shortest."""
    found, at = {}, 0
    while (place := find(phrase, text[at:], apart)) is not None:
        found[at + place[1]] = at + place[0]
        at += place[0] + 1
    return [(first, end) for end, first in found.items()]


@lru_cache(maxsize=4096)
def _slots(phrase: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """For each word of a phrase its alternatives, each as words; `work-study` is two of them."""
    slots = [tuple(found for other in slot.split("|") if (found := tuple(words(other)))) for slot in phrase.split()]
    return tuple(slot for slot in slots if slot)


def _end(slot: Sequence[Sequence[str]], text: Sequence[str], start: int) -> int | None:
    """Where one of the slot's alternatives ends, if it stands at `start`."""
    for wanted in slot:
        given = text[start : start + len(wanted)]
        if len(given) == len(wanted) and given[0][0] == wanted[0][0] and all(map(meant, given, wanted)):
            return start + len(wanted)
    return None


@lru_cache(maxsize=65536)
def distance(one: str, other: str, most: int) -> int:
    """Letters to put in, leave out, change, or exchange with a neighbour; more than `most` is `most + 1`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def closest(written: str, known: Iterable[str]) -> str | None:
    """The known word that a mistyped one means; None if there is none, or more than one as near."""
    if len(written) <= _SURE or written in _THEMSELVES:
        return None
    allowed = 2 if len(written) >= _LONG else 1
    ranked = sorted((distance(written, word, allowed), word) for word in known if word[:1] == written[:1])
    near = [word for far, word in ranked if far <= allowed and far == ranked[0][0]]
    if len(near) > 1:  # People leave letters out more often than they put some in: `lowst` is lowest, and not lost.
        near = [word for word in near if len(word) > len(written)]
    return near[0] if len(near) == 1 else None
