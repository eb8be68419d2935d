"""Which of a slot's choices a person names: `freshman`, `they filed jointly`, `a permanent resident`."""

from collections.abc import Sequence

from publius.missions import spelling
from publius.missions.slots import Slot
from publius.verification.words import says_something

_DENIES = frozenset(("not", "no", "never", "isn't", "aren't", "don't", "ni", "nunca"))
DENIED = 3  # words behind a `not` that it denies: `I am not a U.S. citizen`


def choice_in(slot: Slot, words: Sequence[str], named: bool) -> str | None:
    """The choice in these words: by its whole name of two words or more; where the slot is `named`, by one of its own.

    What is denied, `I am not a citizen`, is no choice.
    """
    labels = {
        choice.value: [spelling.words(choice.title), spelling.words(choice.title_es), spelling.words(choice.value)]
        for choice in slot.parameter.choices
    }
    affirmed = [word for at, word in enumerate(words) if not _DENIES & set(words[max(0, at - DENIED) : at])]
    whole = {
        value
        for value, names in labels.items()
        for name in names
        if (len(name) > 1 or named)
        and name
        and spelling.find(" ".join(name), words if len(name) > 1 else affirmed) is not None
    }
    if len(whole) == 1 or not named:
        return next(iter(whole)) if len(whole) == 1 else None
    hits = {}
    for value, names in labels.items():
        others = {word for other, held in labels.items() if other != value for name in held for word in name}
        own = {word for name in names for word in name if says_something(word) and len(word) > 2} - others
        hits[value] = sum(any(spelling.meant(said, word) for said in affirmed) for word in own)
    best = [value for value, count in hits.items() if count and count == max(hits.values())]
    return best[0] if len(best) == 1 else None
