"""Which amount is whose: it belongs to a name within its own clause, on either side, where there is one way only.

`$80,000 AGI, $78,000 wages` and `AGI $80,000, wages $78,000` are each read clause by clause. Where a clause holds more
names than amounts, or names stand on one side of the commas and their amounts on the other, nothing is taken.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from publius.kit import Kind
from publius.missions.mentions import Mention
from publius.missions.slots import Slot

FARTHEST = 40  # characters between a name and its amount
LARGE = 100  # a bare number from which on it is an amount, and is told of where it goes into no input

_BOUNDARY = re.compile(r"[,;]|\s(?:and|y|e|plus|but|pero)(?=\s)", re.I)


class Place(NamedTuple):
    """Where words that name a slot stand in a sentence; it is not `sure` by words of its question alone."""

    slot: Slot
    start: int
    end: int
    letters: int
    sure: bool = True
    opposite: bool = False  # `independent` where the slot's word is `dependent`


class _Clause(NamedTuple):
    names: list[Place]
    amounts: list[Mention]


Pair = tuple[Mention, Place]


def is_amount(mention: Mention) -> bool:
    """Whether it can only be an amount: a number as large as a year's may be many things."""
    return mention.kind is Kind.MONEY or (mention.kind is Kind.WHOLE and _number(mention) >= LARGE and not mention.year)


def paired(places: Sequence[Place], held: Sequence[Mention], text: str) -> list[Pair]:
    """The amounts and numbers of a sentence, each with the name that it belongs to, though it may be no value of it."""
    numbers = [mention for mention in held if mention.kind in (Kind.MONEY, Kind.WHOLE)]
    names = [place for place in places if place.slot.kind in (Kind.MONEY, Kind.WHOLE) and _counts(place, numbers)]
    clauses = _clauses(names, numbers, text)
    found = [_within(clause) for clause in clauses]
    crossed = _crossed(clauses, {place.slot.path for pairs in found for _, place in pairs})
    return [pair for at, pairs in enumerate(found) for pair in pairs if at not in crossed or not is_amount(pair[0])]


def _counts(place: Place, numbers: Sequence[Mention]) -> bool:
    """A word of the question alone names its slot only right behind a number: `4 people`."""
    return place.sure or any(each.end <= place.start <= each.end + 2 and each.like(place.slot.kind) for each in numbers)


def _clauses(names: Sequence[Place], numbers: Sequence[Mention], text: str) -> list[_Clause]:
    """What stands between commas, `and` and the like; those within a name or a number part nothing."""
    items: list[Place | Mention] = [*names, *numbers]
    whole = [(each.start, each.end) for each in items]
    cuts = [
        match.start()
        for match in _BOUNDARY.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in whole)
    ]
    clauses = [_Clause([], []) for _ in range(len(cuts) + 1)]
    for name in names:
        clauses[sum(cut <= name.start for cut in cuts)].names.append(name)
    for number in numbers:
        clauses[sum(cut <= number.start for cut in cuts)].amounts.append(number)
    return clauses


def _within(clause: _Clause) -> list[Pair]:
    """The pairs in one clause: of all that it holds, or else of its large amounts and of its small numbers apart."""
    if not clause.names or not clause.amounts:
        return []
    if (pairs := _only_way(clause.names, clause.amounts)) is not None:
        return pairs
    sums = [name for name in clause.names if name.slot.kind is Kind.MONEY]
    counts = [name for name in clause.names if name.slot.kind is Kind.WHOLE]
    few = [
        each
        for each in clause.amounts
        if each.kind is Kind.WHOLE
        and any(name.slot.parameter.least <= _number(each) <= name.slot.parameter.most for name in counts)
    ]
    large = [each for each in clause.amounts if is_amount(each) and each not in few]
    return [*(_only_way(sums, large) or []), *(_only_way(counts, few) or [])]


def _only_way(names: Sequence[Place], amounts: Sequence[Mention]) -> list[Pair] | None:
    """Each name with the amount beside it, where that uses all of them up; None where it does not."""
    if len(amounts) == 1 and len({name.slot.path for name in names}) == 1:
        nearest = min(names, key=lambda name: _apart(name, amounts[0]))
        return _fitting([(amounts[0], nearest)])
    unsorted: list[Place | Mention] = [*names, *amounts]
    items: list[Place | Mention] = []
    for item in sorted(unsorted, key=lambda each: each.start):
        before = items[-1] if items else None
        if isinstance(item, Place) and isinstance(before, Place) and item.slot.path == before.slot.path:
            items.pop()  # One thing named twice: `income, AGI`.
        items.append(item)
    pairs = []
    for one, other in zip(items[::2], [*items[1::2], None], strict=False):
        if isinstance(one, Place) and isinstance(other, Mention):
            pairs.append((other, one))
        elif isinstance(one, Mention) and isinstance(other, Place):
            pairs.append((one, other))
        else:
            return None
    return _fitting(pairs)


def _fitting(pairs: list[Pair]) -> list[Pair] | None:
    """The pairs, where each amount can be a value of its name; a year beside the name of an amount is of nothing."""
    for amount, name in pairs:
        if _apart(name, amount) > FARTHEST or not (amount.like(name.slot.kind) or _is_year(amount, name)):
            return None
    return pairs


def _is_year(amount: Mention, name: Place) -> bool:
    """Whether it is a year that stands where an amount belongs: `AGI 2024`."""
    return amount.year and not amount.dated and name.slot.kind is Kind.MONEY


def _apart(name: Place, amount: Mention) -> int:
    return max(0, amount.start - name.end, name.start - amount.end)


def _crossed(clauses: Sequence[_Clause], known: set[str]) -> set[int]:
    """The clauses between one with a name alone and one with an amount alone: `AGI and wages 30,000 and 28,000`."""
    crossed: set[int] = set()
    for first, clause in enumerate(clauses):
        lone_name, lone_amount = _lone_name(clause, known), _lone_amount(clause)
        for last in range(first + 1, len(clauses)):
            other = clauses[last]
            if not other.names and not other.amounts:
                break
            if (lone_name and _lone_amount(other)) or (lone_amount and _lone_name(other, known)):
                crossed |= set(range(first, last + 1))
    return crossed


def _lone_name(clause: _Clause, known: set[str]) -> bool:
    unknown = any(name.slot.kind is Kind.MONEY and name.slot.path not in known for name in clause.names)
    return unknown and not clause.amounts


def _lone_amount(clause: _Clause) -> bool:
    return not clause.names and any(is_amount(amount) for amount in clause.amounts)


def _number(mention: Mention) -> int:
    return mention.value if isinstance(mention.value, int) else 0
