"""A function's types as the inputs of a tool. What is missing or cannot be is refused as the pack is imported."""

import inspect
import types
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from publius.kit.errors import InvalidInput
from publius.kit.kinds import LARGEST, MOST_PEOPLE, Ask, Between, Choice, Kind, Parameter
from publius.kit.reading import read_value
from publius.kit.states import STATES

ABSENT = inspect.Parameter.empty
_COUNTED = {
    Kind.MONEY: Between(-LARGEST, LARGEST),
    Kind.WHOLE: Between(0, LARGEST),
    Kind.PEOPLE: Between(0, MOST_PEOPLE),
}
_CHOSEN = {Kind.CHOICE, Kind.AWARD_YEAR, Kind.STATE}


class _Type(NamedTuple):
    """What an annotation comes to."""

    bare: Any  # the type below Annotated and `| None`
    notes: tuple[Any, ...]  # the outermost last, so that it has the last word
    optional: bool


class Group(NamedTuple):
    """A NamedTuple that a function takes whole, and whose fields are inputs of their own."""

    name: str
    row: Any


def parameters(function: Callable[..., Any]) -> tuple[tuple[Parameter, ...], tuple[Group, ...]]:
    """The inputs of a tool's function, and the groups of them that it takes whole.

    TypeError names the function, the parameter, and what it lacks.
    """
    owner, hints = function.__name__, get_type_hints(function, include_extras=True)
    found: list[Parameter] = []
    groups = []
    for name, each in inspect.signature(function).parameters.items():
        if each.kind not in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY):
            raise TypeError(f"{owner}: {each} cannot be an input. Give each input a name of its own.")
        if hasattr(hints.get(name), "_fields"):
            groups.append(Group(name, hints[name]))
            found += _fields(owner, "", hints[name])
        else:
            found.append(_parameter(owner, "", name, hints.get(name), each.default))
    names = [parameter.name for parameter in found] + [group.name for group in groups]
    for name in names:
        if names.count(name) > 1:
            raise TypeError(f"{owner}: there are two inputs or groups {name}. Give one of them another name.")
    return tuple(found), tuple(groups)


def _fields(owner: str, prefix: str, row: Any) -> Iterator[Parameter]:
    """The inputs of a group, or of one person in a list."""
    hints = get_type_hints(row, include_extras=True)
    for name in row._fields:
        yield _parameter(owner, prefix, name, hints.get(name), row._field_defaults.get(name, ABSENT))


def _parameter(owner: str, prefix: str, name: str, hint: Any, default: Any) -> Parameter:
    path = f"{prefix}{name}"
    place = f"{owner}: the parameter {path}"
    if hint is None:
        raise TypeError(f"{place} has no type. Write one of the kit's, such as Annotated[Money, Ask('…')].")
    kind = _type(hint)
    ask = _last(kind.notes, Ask)
    if ask is None:
        raise TypeError(f"{place} has no Ask. Write the question that it answers: Annotated[…, Ask('…')].")
    if kind.optional and default is not None:
        raise TypeError(f"{place} may be None and has another default. Write `= None`: what is left out is None.")
    made = _of_kind(owner, path, kind, ask)
    required = default is ABSENT
    default = None if required else default
    parameter = Parameter(name=name, ask=ask, required=required, default=default, **made)
    _check_default(place, parameter)
    return parameter


def _type(hint: Any) -> _Type:
    """Below all its Annotated and `| None`."""
    notes: tuple[Any, ...] = ()
    optional = False
    while True:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            notes = (*more, *notes)
        elif get_origin(hint) in (Union, types.UnionType) and len(get_args(hint)) == 2 and type(None) in get_args(hint):
            hint = next(each for each in get_args(hint) if each is not type(None))
            optional = True
        else:
            return _Type(hint, notes, optional)


def _of_kind(owner: str, path: str, found: _Type, ask: Ask) -> dict[str, Any]:
    """The kind of an input, with its bounds, its choices or its people."""
    place = f"{owner}: the parameter {path}"
    made: dict[str, Any] = {}
    kind = _last(found.notes, Kind)
    if get_origin(found.bare) is Literal:
        kind, made["choices"] = Kind.CHOICE, _choices(place, get_args(found.bare), ask)
    elif get_origin(found.bare) in (list, tuple):
        row, *rest = get_args(found.bare)
        if not hasattr(row, "_fields") or rest not in ([], [...]):
            raise TypeError(f"{place} is no list of people. Write list[Person], where Person is a NamedTuple.")
        kind = Kind.PEOPLE
        made |= {"fields": tuple(_fields(owner, f"{path}.", row)), "row": row, "holder": get_origin(found.bare)}
    elif kind is None:
        raise TypeError(
            f"{place} has a type that is none of the kit's. Use Money, Whole, YesNo, AwardYear, State, Literal[…] or"
            " list[Person]."
        )
    elif kind in _CHOSEN:
        made["choices"] = ask.listed() or tuple(
            Choice(code, *names) for code, names in STATES.items() if kind is Kind.STATE
        )
    if kind not in _CHOSEN and ask.choices:
        raise TypeError(f"{place} has choices, and is none.")
    bounds = _last(found.notes, Between)
    if bounds is not None and (kind not in _COUNTED or bounds.least > bounds.most):
        raise TypeError(f"{place} has bounds that cannot be. Between is for amounts, numbers and lists: least, most.")
    if kind in _COUNTED:
        made["least"], made["most"] = bounds or _COUNTED[kind]
    return {"kind": kind, **made}


def _choices(place: str, values: tuple[Any, ...], ask: Ask) -> tuple[Choice, ...]:
    """The choices of a Literal in its order, with the names that the question gives them."""
    named = {choice.value: choice for choice in ask.listed()}
    if not all(isinstance(value, str) for value in values) or named.keys() - set(values):
        raise TypeError(f"{place} has choices that its Literal does not have, or that are no texts.")
    return tuple(named.get(value, Choice(value, value, value)) for value in values)


def _check_default(place: str, parameter: Parameter) -> None:
    """A default is a value as a person could have given it."""
    if parameter.required or parameter.default is None:
        return
    try:
        read = read_value(parameter, parameter.default)
    except InvalidInput as error:
        raise TypeError(f"{place} has a default that nobody could give. {error}") from None
    if list(read) != list(parameter.default) if parameter.kind is Kind.PEOPLE else read != parameter.default:
        raise TypeError(f"{place} has a default that is read as {read!r}.")


def _last(notes: tuple[Any, ...], wanted: type) -> Any:
    return next((note for note in reversed(notes) if isinstance(note, wanted)), None)
