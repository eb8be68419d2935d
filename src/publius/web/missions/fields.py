"""A tool's inputs as the fields of a page: how each is asked, what stands in it, and what is wrong with it."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from publius.kit import Kind, Parameter, Tool, dollars
from publius.kit.sentences import whole
from publius.web.missions.shown import Given
from publius.web.missions.speech import say

FEW = 7  # choices up to which each one is a button; more become a list to choose from


class Field(NamedTuple):
    """One input, ready to be drawn. `choices` are (value, label); `look` is text, money, radio or select."""

    id: str
    name: str
    look: str
    label: str
    help: str
    choices: tuple[tuple[str, str], ...]
    value: str
    problem: str
    blank: str  # what a field that is left blank counts as, in words; "" where it may not be


class Person(NamedTuple):
    """One entry of a list: the fields that every one has, and those that matter to few."""

    name: str
    number: int
    fields: list[Field]
    rarer: list[Field]
    opened: bool  # whether something stands in the rarer ones


class People(NamedTuple):
    """A list of people. `nobody` is whether an empty list has to be said rather than left out."""

    id: str
    name: str
    label: str
    help: str
    problem: str
    people: list[Person]
    more: bool
    nobody: bool | None


class Page(NamedTuple):
    """All fields of a tool in the order of its parameters, and apart from them those that may be left blank."""

    first: list[Field | People]
    rarer: list[Field]
    opened: bool


def page_of(tool: Tool, fields: Mapping[str, str], problems: Mapping[str, str], language: str) -> Page:
    """The form of any tool, with what was given in it and what is wrong."""
    first: list[Field | People] = []
    rarer: list[Field] = []
    for parameter in tool.parameters:
        if parameter.kind is Kind.PEOPLE:
            first.append(_people(parameter, fields, problems, language))
        else:
            field = field_of(parameter, parameter.name, fields, problems, language)
            (first if parameter.required else rarer).append(field)
    return Page(first, rarer, _touched(rarer, fields, problems))


def field_of(
    parameter: Parameter, name: str, fields: Mapping[str, str], problems: Mapping[str, str], language: str
) -> Field:
    """One input at the path `name`."""
    choices, look = _choices(parameter, language)
    value = fields.get(name, "")
    if not value and parameter.default is not None and choices:
        value = written(parameter.default)
    elif choices:
        value = _meant(parameter, value)
    blank = "" if parameter.required or choices else counted(parameter, language)
    return Field(
        id_of(name),
        name,
        look,
        parameter.question(language),
        parameter.help(language),
        choices,
        value,
        problems.get(name, ""),
        blank,
    )


def id_of(name: str) -> str:
    """The HTML id of the field with this name."""
    return name.replace(".", "-")


def places(parameter: Parameter, fields: Iterable[str]) -> list[int]:
    """The places of a list of people that stand in a form, blank ones too, and at least as many as there must be."""
    prefix = f"{parameter.name}."
    found = {name[len(prefix) :].partition(".")[0] for name in fields if name.startswith(prefix)}
    known = sorted(int(place) for place in found if place.isascii() and place.isdecimal() and len(place) < 3)
    least = max(parameter.least, 1 if parameter.required else 0)
    return known + [place for place in range(100) if place not in known][: max(0, least - len(known))]


def counted(parameter: Parameter, language: str) -> str:
    """What a blank field counts as."""
    return say("not stated", language) if parameter.default is None else shown(parameter, parameter.default, language)


def written(value: Any) -> str:
    """A value as a form sends it."""
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def shown(parameter: Parameter, value: Any, language: str) -> str:
    """A value as a person reads it."""
    match parameter.kind:
        case Kind.MONEY:
            return dollars(value)
        case Kind.WHOLE:
            return whole(value)
        case Kind.YES_NO:
            return say("Yes" if value else "No", language)
    return next((each.label(language) for each in parameter.choices if each.value == value), str(value))


def given(
    tool: Tool, values: Mapping[str, Any], fields: Mapping[str, str], language: str
) -> tuple[list[Given], list[Given]]:
    """What the values are, to be looked over: those that were given, and those that stand for blank fields."""
    said: list[Given] = []
    assumed: list[Given] = []
    for parameter in tool.parameters:
        if parameter.kind is Kind.PEOPLE:
            for place, person in zip(places(parameter, fields), values[parameter.name], strict=False):
                group = say("Entry {number}", language, number=place + 1)
                group = f"{parameter.question(language)} {group}"
                own = f"{parameter.name}.{place}"
                _sort(parameter.fields, person._asdict(), own + ".", group, fields, language, said, assumed)
        else:
            _sort((parameter,), values, "", "", fields, language, said, assumed)
    return said, assumed


def _sort(
    parameters: Iterable[Parameter],
    values: Mapping[str, Any],
    prefix: str,
    group: str,
    fields: Mapping[str, str],
    language: str,
    said: list[Given],
    assumed: list[Given],
) -> None:
    for parameter in parameters:
        name, value = prefix + parameter.name, values[parameter.name]
        text = say("not stated", language) if value is None else shown(parameter, value, language)
        into = said if fields.get(name, "").strip() else assumed
        into.append(Given(id_of(name), parameter.question(language), text, group))


def _people(parameter: Parameter, fields: Mapping[str, str], problems: Mapping[str, str], language: str) -> People:
    people = []
    held = places(parameter, fields)
    for number, place in enumerate(held, 1):
        own = f"{parameter.name}.{place}"
        every = [field_of(each, f"{own}.{each.name}", fields, problems, language) for each in parameter.fields]
        needed = {f"{own}.{each.name}" for each in parameter.fields if each.required}
        first = [field for field in every if field.name in needed] or every
        rarer = [field for field in every if field not in first]
        people.append(Person(own, number, first, rarer, _touched(rarer, fields, problems)))
    return People(
        id_of(parameter.name),
        parameter.name,
        parameter.question(language),
        parameter.help(language),
        problems.get(parameter.name, ""),
        people,
        len(held) < parameter.most,
        fields.get(parameter.name) == "0" if parameter.required and not parameter.least else None,
    )


def _touched(rarer: Iterable[Field], fields: Mapping[str, str], problems: Mapping[str, str]) -> bool:
    return any(problems.get(field.name) or fields.get(field.name, "").strip() for field in rarer)


def _choices(parameter: Parameter, language: str) -> tuple[tuple[tuple[str, str], ...], str]:
    if parameter.kind is Kind.YES_NO:
        answers = (("yes", say("Yes", language)), ("no", say("No", language)))
        unknown = () if parameter.required or parameter.default is not None else (("", say("No answer", language)),)
        return answers + unknown, "radio"
    named = tuple((choice.value, choice.label(language)) for choice in parameter.choices)
    if not named:
        return (), "money" if parameter.kind is Kind.MONEY else "text"
    return named, "radio" if len(named) <= FEW else "select"


def _meant(parameter: Parameter, text: str) -> str:
    """The choice that a text from an address or an earlier page names, as the form's own value of it."""
    folded = text.strip().casefold()
    if parameter.kind is Kind.YES_NO:
        return {"yes": "yes", "y": "yes", "true": "yes", "sí": "yes", "si": "yes", "no": "no", "false": "no"}.get(
            folded, ""
        )
    for choice in parameter.choices:
        if folded in (choice.value.casefold(), choice.title.casefold(), choice.title_es.casefold()):
            return choice.value
    return ""
