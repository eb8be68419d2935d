"""What a conversation has heard for a tool's inputs: message by message, and of whom.

Of whom nobody says it may follow from an answer: who is independent speaks of oneself. A later message corrects an
earlier one, but a second person or offer never overwrites the first.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from publius.kit import Kind, Tool
from publius.missions import mentions
from publius.missions.computing import written
from publius.missions.phrases import Spoken
from publius.missions.saying import Said, amounts, said
from publius.missions.slots import Slot, arguments, missing, slots_of
from publius.missions.whose import several


def heard(tool: Tool, texts: Sequence[str], known: Mapping[str, Any], asked: Sequence[Slot] = ()) -> Said:
    """What these messages say, the oldest first, to what is known."""
    first = _heard(tool, texts, asked, _whose(tool, known))
    subject = _whose(tool, {**known, **first.values})
    return first if subject == _whose(tool, known) else _heard(tool, texts, asked, subject)


def also(heard: Said, unplaced: Sequence[str]) -> Said:
    """With these amounts, which became no input either."""
    return replace(heard, unplaced=(*heard.unplaced, *unplaced))


def outside(whole: str, read: str) -> list[str]:
    """The amounts of the whole message that stand outside what was read of it."""
    return list((Counter(amounts(whole)) - Counter(amounts(read))).elements())


def of_one(heard: Said, spoken: Spoken, before: Sequence[str]) -> Said:
    """Without a list whose known entry is of one person or offer, where another one is told of now."""
    known = {path.partition(".0.")[0] for path in spoken.values if ".0." in path}
    slots, subject = slots_of(spoken.tool), _whose(spoken.tool, spoken.values)
    earlier = {one for text in before for one in said(text, slots, (), subject).told}
    now = {one for one in heard.told if one[0] in known}
    lists = several({*now, *earlier}) & {name for name, _ in now}
    values = kept(heard.values, lists)
    return replace(also(heard, _sums(heard.values, lists)), values=values, several=heard.several | lists)


def kept(values: Mapping[str, Any], without: Collection[str]) -> dict[str, Any]:
    """The values without those of some lists."""
    return {
        path: value for path, value in values.items() if path.partition(".0.")[0] not in without or ".0." not in path
    }


def unused(heard: Said, found: Mapping[str, Any]) -> list[str]:
    """The amounts that became no input, as they were said; of some Llama may have `found` what they are."""
    taken = list(found.values())
    left = []
    for amount in heard.unplaced:
        value = next((each.value for each in mentions.read(amount) if not each.unclear and not each.vague), None)
        if value is not None and value in taken:
            taken.remove(value)
        else:
            left.append(amount)
    return left


def unknown_year(tool: Tool, values: Mapping[str, Any]) -> bool:
    """Whether an award year was said that the tool does not know."""
    years = [slot for slot in slots_of(tool) if slot.kind is Kind.AWARD_YEAR and slot.parameter.choices]
    return any(
        slot.path in values and values[slot.path] not in {each.value for each in slot.parameter.choices}
        for slot in years
    )


def contradictions(tool: Tool, values: Mapping[str, Any], language: str) -> list[str]:
    """What cannot be or be computed, said before anything more is asked.

    Of people who are still to be asked about what nobody says is as the tool takes it.
    """
    fields = {path: written(value) for path, value in values.items() if value is not None}
    for slot in missing(tool, values):
        for each in slot.people.fields if slot.people else ():
            if not each.required and each.default is not None:
                fields.setdefault(f"{slot.path.partition('.')[0]}.0.{each.name}", written(each.default))
    return tool.contradictions(fields, language)


def is_number(value: Any) -> bool:
    """Whether it is an amount or a number, and not yes or no."""
    return isinstance(value, int) and not isinstance(value, bool)


def spoken_of(tool: Tool, named: Collection[str], values: Mapping[str, Any]) -> tuple[Slot, ...]:
    """The numbers that were spoken of without being said, which are asked for instead of assumed."""
    return tuple(slot for slot in slots_of(tool) if slot.path in named and slot.path not in values)


def _heard(tool: Tool, texts: Sequence[str], asked: Sequence[Slot], subject: str) -> Said:
    whole = Said({}, subject=subject)
    for text in texts:
        one = said(text, slots_of(tool), asked, whole.subject)
        told = whole.told | one.told
        lists = whole.several | one.several | several(told)
        given = whole.values | one.values
        values = kept(given, lists)
        whole = Said(
            values=values,
            unplaced=(*whole.unplaced, *one.unplaced, *_sums(given, lists)),
            several=lists,
            told=told,
            named=tuple(path for path in (*whole.named, *one.named) if path not in values),
            subject=one.subject,
            doubtful=one.doubtful,
            alone=one.alone,
        )
    return whole


def _sums(values: Mapping[str, Any], lists: Collection[str]) -> list[str]:
    """The amounts of these lists."""
    of_them = kept(values, set()).keys() - kept(values, lists).keys()
    return [f"{values[path]:,}" for path in values if path in of_them and is_number(values[path])]


def _whose(tool: Tool, values: Mapping[str, Any]) -> str:
    """The list of people that is spoken of where nobody is named: the one that is needed or already told of."""
    told = [path.partition(".0.")[0] for path in values if ".0." in path]
    needed = [each.name for each in tool.missing(arguments(values)) if each.kind is Kind.PEOPLE]
    return next(iter([*needed, *told]), "")
