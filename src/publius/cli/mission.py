"""`publius mission ID COMMAND`: the commands that a pack brings along. Publius itself knows none of them."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from publius.cli.terminal import console
from publius.errors import InvalidRequest, SetupError
from publius.kit import Command, InvalidInput, Unfinished
from publius.missions import Pack, discover
from publius.missions.discovery import Found
from publius.missions.faults import MissionNotFound
from publius.missions.loading import commands_of
from publius.settings import read

OPTIONS = {"allow_interspersed_args": False}  # what comes after the id is for the pack's command, --help too


def mission(
    id: Annotated[str, typer.Argument(help="Id of the mission; AGENCY/ID for one of an agency's own folder.")],
    words: Annotated[list[str] | None, typer.Argument(help="One of its commands, with its own arguments.")] = None,
) -> None:
    """Run a command that a mission brings along. `publius mission ID --help` lists them.

    Example: `publius mission bus_fare --help`
    """
    pack = find(discover(read()), id)
    commands = commands_of(pack)
    if not commands:
        raise InvalidRequest(f"The mission {id} brings no commands.", cure=f"Ask it instead: --model {pack.model}.")
    mounted(pack, commands)(args=words or ["--help"], prog_name=f"publius mission {id}")


def find(found: Found, id: str) -> Pack:
    """The pack that somebody at the terminal names: an id, or AGENCY/ID.

    Raises:
        BrokenMission: it is there, and cannot be read.
        MissionNotFound: there is none.
    """
    agency, _, name = id.rpartition("/")
    packs = found.own.get(agency, {}) if agency else found.installed
    if name in packs:
        return packs[name]
    for broken in found.broken:
        if (broken.agency, broken.id) == (agency, name):
            raise broken.error
    raise MissionNotFound(f"There is no mission {id!r}.", cure="'publius missions list' shows those there are.")


def mounted(pack: Pack, commands: tuple[Command, ...]) -> typer.Typer:
    """The pack's commands as a program of their own."""
    app = typer.Typer(
        help=pack.card.description,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
    )
    app.callback()(lambda: None)  # so that a pack's only command keeps its name
    for command in commands:
        app.command(command.name, help=command.description)(as_function(command))
    return app


def as_function(command: Command) -> Callable[..., None]:
    """A function with the command's inputs in its signature, which Typer reads: it runs the command and reports."""

    def function(**values: Any) -> None:
        with _bar(command.name) as told:
            if command.progress:
                values[command.progress] = told
            try:
                sentence = command(**values)
            except InvalidInput as error:
                if isinstance(error, Unfinished):
                    print(error.said)
                raise InvalidRequest(error.message, cure=error.cure or None) from error
            except OSError as error:
                said = f"{error.filename}: {error.strerror}." if error.filename else f"{error}."
                raise SetupError(said, cure="Check the path, its rights and the room on the disk.") from error
        print(sentence)

    parameters = []
    for each in command.inputs:
        about = typer.Option(help=each.help) if each.option else typer.Argument(help=each.help)
        parameters.append(
            inspect.Parameter(
                each.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if each.required else each.default,
                annotation=Annotated[each.type, about],
            )
        )
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    function.__annotations__ = {each.name: each.annotation for each in parameters}
    return function


class _bar:
    """A bar on standard error from the first word of progress on; none where there never is any."""

    def __init__(self, name: str) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self._progress = Progress(*columns, console=console)
        self._task = self._progress.add_task(name, total=None)
        self._begun = False

    def __enter__(self) -> Callable[[int, int], None]:
        return self._told

    def __exit__(self, *_: object) -> None:
        if self._begun:
            self._progress.stop()

    def _told(self, done: int, total: int) -> None:
        if not self._begun:
            self._progress.start()
            self._begun = True
        self._progress.update(self._task, completed=done, total=total)
