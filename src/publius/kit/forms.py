"""A tool's inputs as the fields of a form: a flat name for each, `parents.0.income_tax` for one of a person's."""

from collections.abc import Mapping, Sequence
from typing import Any

from publius.kit.kinds import Kind, Parameter
from publius.kit.reading import NOBODY

THERE = "yes"  # The field `parents.0` says that there is such a person where every other field of theirs is blank.


def given_in(parameters: Sequence[Parameter], fields: Mapping[str, str]) -> dict[str, Any]:
    """What a posted form gives. Fields that are none of the tool's, such as the form's own buttons, are passed over.

    People keep their places in the form. One whose fields are all blank is not there; `parents` = "0" says that there
    is nobody.
    """
    given: dict[str, Any] = {}
    for parameter in parameters:
        text = fields.get(parameter.name, "")
        if parameter.kind is not Kind.PEOPLE:
            given[parameter.name] = text
            continue
        people = _people(parameter, fields)
        if people or text.strip() == NOBODY:
            given[parameter.name] = people or NOBODY
    return given


def _people(parameter: Parameter, fields: Mapping[str, str]) -> dict[str, Any]:
    """The people of one list by their places, in the order of these."""
    prefix = f"{parameter.name}."
    places = {name[len(prefix) :].partition(".")[0] for name in fields if name.startswith(prefix)}
    people = {}
    for place in sorted((each for each in places if each.isascii() and each.isdecimal() and len(each) < 4), key=int):
        own = f"{prefix}{place}"
        inner = {name[len(own) + 1 :]: text for name, text in fields.items() if name.startswith(f"{own}.")}
        if fields.get(own, "").strip() or any(text.strip() for text in inner.values()):
            people[place] = given_in(parameter.fields, inner)
    return people


def fields_of(parameters: Sequence[Parameter], values: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a form that says these values; what is None, or not there, has no field."""
    fields: dict[str, str] = {}
    for parameter in parameters:
        value = values.get(parameter.name)
        if value is None:
            continue
        if parameter.kind is not Kind.PEOPLE:
            fields[parameter.name] = ("no", "yes")[value] if parameter.kind is Kind.YES_NO else str(value)
            continue
        if not value:
            fields[parameter.name] = NOBODY
        for place, person in enumerate(value):
            inner = fields_of(parameter.fields, person._asdict())
            own = f"{parameter.name}.{place}"
            fields |= {f"{own}.{name}": text for name, text in inner.items()} or {own: THERE}
    return fields
