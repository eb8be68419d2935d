"""The inputs of a tool as a conversation fills them: one answer each, and a list of people as its first entry.

Two tax returns, or a second person, are for the form: which of two amounts is whose cannot be told from a sentence.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from publius.kit import Kind, Parameter, Tool

Values = Mapping[str, Any]  # what is known, by the path of its slot; None where somebody was asked and does not know


class Slot(Struct, frozen=True):
    """One answer. `path` is as in a form: `family_size`, `parents.0.income_tax`; `people` is the list around it."""

    path: str
    parameter: Parameter
    people: Parameter | None = None

    @property
    def kind(self) -> Kind:
        return self.parameter.kind

    def label(self, language: str) -> str:
        """The question that it answers; of one person's answer, behind the question about the person."""
        question = self.parameter.question(language)
        return f"{self.people.question(language)} {question}" if self.people else question


def slots_of(tool: Tool) -> tuple[Slot, ...]:
    """Every answer that the tool can take, in its order."""
    found: list[Slot] = []
    for parameter in tool.parameters:
        if parameter.kind is Kind.PEOPLE:
            found += [Slot(f"{parameter.name}.0.{each.name}", each, parameter) for each in parameter.fields]
        else:
            found.append(Slot(parameter.name, parameter))
    return tuple(found)


def arguments(values: Values) -> dict[str, Any]:
    """What is known, as the tool reads it; what somebody left out is not given."""
    given: dict[str, Any] = {}
    for path, value in values.items():
        if value is None:
            continue
        name, _, field = path.partition(".0.")
        if field:
            given.setdefault(name, [{}])[0][field] = value
        else:
            given[name] = value
    return given


def missing(tool: Tool, values: Values) -> tuple[Slot, ...]:
    """What has to be asked for, in the tool's order."""
    needed = {parameter.name for parameter in tool.missing(arguments(values))}
    told = {path.partition(".0.")[0] for path in values if ".0." in path}  # a person is told of whole or not at all
    return tuple(
        slot
        for slot in slots_of(tool)
        if slot.path not in values
        and (_asked(slot, needed) or (slot.people and slot.people.name in told and slot.parameter.required))
    )


def undecided(tool: Tool, values: Values) -> tuple[Slot, ...]:
    """What nobody has to say, and what the result turns on all the same: it is asked for, and not assumed."""
    turning = tool.undecided(arguments(values))
    return tuple(slot for slot in slots_of(tool) if slot.path in turning and slot.path not in values)


def assumed(tool: Tool, values: Values) -> tuple[Slot, ...]:
    """What nobody said and the tool has a default for, of those people alone who are told of."""
    told = {path.partition(".0.")[0] for path in values}
    return tuple(
        slot
        for slot in slots_of(tool)
        if slot.path not in values and not slot.parameter.required and (slot.people is None or slot.people.name in told)
    )


def nobody(tool: Tool, values: Values) -> tuple[Parameter, ...]:
    """The lists that stay empty."""
    told = {path.partition(".0.")[0] for path in values}
    return tuple(each for each in tool.parameters if each.kind is Kind.PEOPLE and each.name not in told)


def _asked(slot: Slot, needed: set[str]) -> bool:
    if slot.people is None:
        return slot.path in needed
    any_required = any(each.required for each in slot.people.fields)
    return slot.people.name in needed and (slot.parameter.required or not any_required)
