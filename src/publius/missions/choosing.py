"""Which of a slot's choices a person names: `freshman`, `they filed jointly`, `a permanent resident`."""

from collections.abc import Collection, Sequence

from publius.missions import spelling
from publius.missions.slots import Slot
from publius.verification.words import listed, says_something

_DENIES = listed("not no never isn't aren't don't didn't doesn't wasn't neither ni nunca tampoco")
_PEOPLE = listed("""
    mom moms mother mothers mum dad dads father fathers parent parents woman man person people guy lady
    madre madres mama mamas padre padres papa papas mujer hombre persona
""")
_ASKS = listed("cuanto cuanta cuantos cuantas")  # which are no mistyped `cuarto`
DENIED = 3  # words behind a `not` that it denies: `I am not a U.S. citizen`
BESIDE = 2  # words between a name and the longer one that it belongs to: `first year of law school`


def choice_in(slot: Slot, words: Sequence[str], named: bool, clauses: Collection[int] = ()) -> str | None:
    """The choice in these words: by a whole name of two words or more, or what else it is called; where the slot is
    `named`, by one of its own words too.

    What is denied, `I am not a citizen`, is no choice, nor is a name within a longer one, `high school senior`.
    A `not` denies nothing beyond its clause: `clauses` are the places of the words with which one begins.
    """
    labels = {
        choice.value: [spelling.words(choice.title), spelling.words(choice.title_es), spelling.words(choice.value)]
        for choice in slot.parameter.choices
    }
    called = {choice.value: [spelling.words(name) for name in choice.called] for choice in slot.parameter.choices}
    known = {word for names in (*labels.values(), *called.values()) for name in names for word in name} | _ASKS
    whole = _longest(
        [
            (first, end, value)
            for value, names in labels.items()
            for name in [*(each for each in names if len(each) > 1 or named), *called[value]]
            for first, end in spelling.places(" ".join(name), words)
            if (end - first > 1 or not _of_somebody(words, first))
            and all(_is(said, word, known) for said, word in zip(words[first:end], name, strict=False))
            and not _denied(words, first, clauses)
        ]
    )
    if len(whole) == 1 or not named:
        return next(iter(whole)) if len(whole) == 1 else None
    hits = {}
    affirmed = [
        word for at, word in enumerate(words) if not _denied(words, at, clauses) and not _of_somebody(words, at)
    ]
    for value, names in labels.items():
        others = {word for other, held in labels.items() if other != value for name in held for word in name}
        own = {word for name in names for word in name if says_something(word) and len(word) > 2} - others
        hits[value] = sum(any(_is(said, word, known) for said in affirmed) for word in own)
    best = [value for value, count in hits.items() if count and count == max(hits.values())]
    return best[0] if len(best) == 1 else None


def _is(said: str, word: str, known: Collection[str]) -> bool:
    """Whether `said` is this word; one of the `known` is never another one mistyped: `pregrado` is no `posgrado`."""
    return spelling.form(said) == spelling.form(word) or (said not in known and spelling.meant(said, word))


def _of_somebody(words: Sequence[str], at: int) -> bool:
    """Whether the word tells what somebody is: the `single` of `single mom` is no filing status."""
    return not _PEOPLE.isdisjoint((*words[max(0, at - 1) : at], *words[at + 1 : at + 2]))


def _denied(words: Sequence[str], first: int, clauses: Collection[int]) -> bool:
    """Whether the words before deny what begins there; a `no` that answers, `no, single`, denies nothing."""
    low = max([0, first - DENIED, *(at for at in clauses if at <= first)])
    return bool(_DENIES & set(words[low:first]))


def _longest(found: Sequence[tuple[int, int, str]]) -> set[str]:
    """The values of these names, without those that stand in a longer name or right before one.

    The first year of `first year law student` is that of a law student.
    """
    return {
        value
        for first, end, value in found
        if not any(
            other - one > end - first and (one <= first < other or first <= one <= end + BESIDE)
            for one, other, _ in found
        )
    }
