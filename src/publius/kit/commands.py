"""A pack's own commands: typed functions of its `commands.py`, which the command line mounts under the mission."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, get_args, get_type_hints

TYPES = (Path, str, int, bool)


class Progress(Protocol):
    """Told how much of the work is done, and of how much; a command with such a parameter is handed one."""

    def __call__(self, done: int, total: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Input:
    """One argument of a command, or one option if it is keyword-only; `help` is a text in its `Annotated`."""

    name: str
    type: type
    option: bool
    required: bool
    default: Any
    help: str


@dataclass(frozen=True, slots=True)
class Command:
    """A function as a command. It returns the closing sentence; InvalidInput says what it cannot work with.

    Unfinished says that of a part, after the rest was done: the program then fails too.
    """

    function: Callable[..., str]
    name: str  # with hyphens, as it is typed
    summary: str
    description: str
    inputs: tuple[Input, ...]
    progress: str  # the parameter that is handed a Progress, or ""

    def __call__(self, *arguments: Any, **options: Any) -> str:
        return self.function(*arguments, **options)


def command(function: Callable[..., str]) -> Command:
    """Make a command of a function. TypeError as the pack is imported: no docstring, or a type that is not allowed."""
    name = function.__name__
    description = inspect.getdoc(function)
    if not description:
        raise TypeError(f"{name} has no docstring. Say in one sentence what the command does.")
    hints = get_type_hints(function, include_extras=True)
    if hints.get("return") is not str:
        raise TypeError(f"{name} must return its closing sentence, a str.")
    inputs, progress = [], ""
    for each in inspect.signature(function).parameters.values():
        if hints.get(each.name) is Progress:
            progress = each.name
        else:
            inputs.append(_input(name, each, hints.get(each.name)))
    summary = description.partition("\n\n")[0].replace("\n", " ")
    return Command(function, name.replace("_", "-"), summary, description, tuple(inputs), progress)


def _input(owner: str, parameter: inspect.Parameter, hint: Any) -> Input:
    bare, *notes = get_args(hint) if hasattr(hint, "__metadata__") else (hint,)
    if bare not in TYPES or parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
        raise TypeError(f"{owner}: {parameter} cannot be an argument. Use Path, str, int, bool or Progress.")
    required = parameter.default is parameter.empty
    return Input(
        name=parameter.name,
        type=bare,
        option=parameter.kind is parameter.KEYWORD_ONLY,
        required=required,
        default=None if required else parameter.default,
        help=next((note for note in notes if isinstance(note, str)), ""),
    )
