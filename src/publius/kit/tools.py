"""A tool: a typed function of a mission that computes, and whose inputs a model, a form and a program can all give."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_origin

from publius.kit.derivation import Result
from publius.kit.forms import fields_of, given_in
from publius.kit.kinds import Kind, Parameter
from publius.kit.reading import find, is_blank, is_nobody, partly, read_all, readable, refusal
from publius.kit.schema import schema_of
from publius.kit.signature import Group, parameters

Function = Callable[..., Result[Any]]
Needed = Callable[[Mapping[str, Any]], Sequence[str]]
Faults = Callable[[Mapping[str, Any]], Mapping[str, Mapping[str, str]]]


def _nothing(values: Mapping[str, Any]) -> Sequence[str]:
    """Of a tool whose required inputs are all that it ever needs."""
    return ()


def _no_faults(values: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    """Of a tool whose inputs can all stand beside each other."""
    return {}


@dataclass(frozen=True, slots=True)
class Tool:
    """A function of a mission with all that follows from its types. Calling it calls the function.

    `asks` are words of a question that this tool answers; `…` in them stands for a few words of any kind, and those
    that begin with `+` count only where something is said for its inputs too.
    `summary` is the first sentence of `description`. `needed` names the inputs that are wanted besides the required
    ones, by the values so far. `faults` says which values cannot stand beside each other: by the path of the input at
    fault a sentence in each language. It is also asked while some values are still missing. `turns_on` names, by their
    paths, inputs with a default that would change the result of the values so far: whoever can be asked is asked for
    them, and they are not assumed.
    """

    function: Function
    name: str
    title: str
    title_es: str
    summary: str
    description: str
    asks: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    groups: tuple[Group, ...] = ()
    needed: Needed = _nothing
    faults: Faults = _no_faults
    turns_on: Needed = _nothing

    def __call__(self, **values: Any) -> Result[Any]:
        """Compute with values as `read` returns them, or with groups of them that are made already."""
        for group in self.groups:
            if group.name not in values:
                own = {name: values.pop(name) for name in group.row._fields if name in values}
                values[group.name] = group.row(**own)
        return self.function(**values)

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the inputs."""
        return schema_of(self.parameters)

    def read(self, given: Mapping[str, Any], language: str = "en") -> dict[str, Any]:
        """The values to call the tool with, from JSON. Figures may also come as text, as people write them.

        InvalidInput has all problems at once, each by the path of its input.
        """
        values = read_all(self.parameters, given, self.missing(given), language)
        if found := self.faults(values):
            problems = {path: sentence[language] for path, sentence in found.items()}
            raise refusal(self.parameters, problems, language)
        return values

    def read_form(self, fields: Mapping[str, str], language: str = "en") -> dict[str, Any]:
        """The same from the fields of a posted form, in which `parents.0.income_tax` is a field of the first parent."""
        return self.read(self.given(fields), language)

    def contradictions(self, fields: Mapping[str, str], language: str = "en") -> list[str]:
        """What cannot be in the fields of a form that is filled in only partly; what is still open is no problem."""
        found = self.faults(partly(self.parameters, self.given(fields)))
        return [sentence[language] for sentence in found.values()]

    def given(self, fields: Mapping[str, str]) -> dict[str, Any]:
        """What the fields of a form give, not read yet: `missing` and `read` take it."""
        return given_in(self.parameters, fields)

    def missing(self, given: Mapping[str, Any]) -> tuple[Parameter, ...]:
        """The inputs that are required, or needed by what was given, and were not given."""
        needed = self.needed(readable(self.parameters, given))
        return tuple(
            each
            for each in self.parameters
            if (each.required and is_blank(given.get(each.name)))
            or (each.name in needed and is_nobody(each, given.get(each.name)))
        )

    def undecided(self, given: Mapping[str, Any]) -> tuple[str, ...]:
        """The paths of the inputs with a default on which the result still turns, by what was given."""
        return tuple(self.turns_on(readable(self.parameters, given)))

    def fields(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The fields of a form filled in with these values, as `read` returns them; some may be missing."""
        return fields_of(self.parameters, values)

    def plain(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values as `read` returns them, or some of them, as what JSON can say; `read` takes it back."""
        return _plain(self.parameters, values)

    def parameter(self, path: str) -> Parameter | None:
        """The input at this path, `family_size` or `parents.0.income_tax`; None where there is none."""
        return find(self.parameters, path)


def tool(
    *,
    title: str,
    es: str = "",
    asks: Sequence[str] = (),
    needed: Needed = _nothing,
    faults: Faults = _no_faults,
    turns_on: Needed = _nothing,
) -> Callable[[Function], Tool]:
    """Make a tool of a function whose parameters are annotated with the kit's types and an `Ask` each.

    A parameter that is a NamedTuple of such stands for its fields: each is an input, and the function gets them whole.

    TypeError as the pack is imported: a parameter without type or question, no docstring, no `Result`.
    """

    def made(function: Function) -> Tool:
        name = function.__name__
        description = inspect.getdoc(function)
        if not description:
            raise TypeError(f"{name} has no docstring. Say in one sentence what it computes, then units and law.")
        returned = inspect.get_annotations(function, eval_str=True).get("return")
        if Result not in (returned, get_origin(returned)):
            raise TypeError(f"{name} must return a Result: its value with the derivation that it rests on.")
        summary = description.partition("\n\n")[0].replace("\n", " ")
        found, groups = parameters(function)
        return Tool(
            function=function,
            name=name,
            title=title,
            title_es=es or title,
            summary=summary,
            description=description,
            asks=tuple(asks),
            parameters=found,
            groups=groups,
            needed=needed,
            faults=faults,
            turns_on=turns_on,
        )

    return made


def _plain(parameters: Sequence[Parameter], values: Mapping[str, Any]) -> dict[str, Any]:
    plain = {}
    for parameter in parameters:
        value = values.get(parameter.name)
        if value is not None:
            people = parameter.kind is Kind.PEOPLE
            plain[parameter.name] = [_plain(parameter.fields, each._asdict()) for each in value] if people else value
    return plain
