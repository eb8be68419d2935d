"""How commands speak: data on standard output, all else on standard error, errors in one sentence with the cure."""

import asyncio
import contextlib
import getpass
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from publius.errors import PubliusError
from publius.identity import Identity
from publius.settings import Settings, read
from publius.storage import Database, Owner, Storage, storage_ready
from publius.types import Agency, Principal, Role

if TYPE_CHECKING:  # All the rooms take 1 s to import, and most commands open none of them.
    from publius.application import Application

Result = TypeVar("Result")
NO = 3  # exit code: the command did its work and the answer is no

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
OfAgency = Annotated[str, typer.Option("--agency", "-a", help="Slug of the agency.", show_default=False)]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")]

console = Console(stderr=True, highlight=False)


@contextlib.contextmanager
def reporting() -> Iterator[None]:
    """Turn what Publius raises on purpose into one sentence and exit code 1; Ctrl-C into 130."""
    try:
        yield
    except PubliusError as error:
        console.print(f"[bold red]Error:[/] {_plain(error.message)}", soft_wrap=True)
        console.print(_plain(error.next_step), soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(141)  # the reader of our output left, as 'head' does


def print_json(data: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n")


def print_rows(rows: Sequence[Mapping[str, Any]], *, as_json: bool, empty: str) -> None:
    """The same rows as JSON or as a table; `empty` says what to do when there are none."""
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print(empty)
        return
    table = Table(*[name.replace("_", " ") for name in rows[0]], box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*[_cell(value) for value in row.values()])
    Console(highlight=False, width=None if sys.stdout.isatty() else 200).print(table)


def progress() -> Progress:
    """A bar with counts and time, on standard error; a few plain lines where that is no terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    return Progress(*columns, console=console)


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Say that something takes a moment, and afterwards how long it took."""
    begun = time.monotonic()
    with console.status(name):
        yield
    console.print(f"[green]✓[/] {name} [dim]{time.monotonic() - begun:.1f} s[/]")


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something that cannot be undone; without a terminal the answer must have been given with --yes."""
    if not yes:
        typer.confirm(question, abort=True)


def with_owner(work: Callable[[Owner, Settings], Result]) -> Result:
    """Do something as the owner of the database, which is started and migrated for it."""
    settings = read()
    with storage_ready(settings) as storage:
        return work(Owner(storage.owner), settings)


class Inside(NamedTuple):
    """Where a command about one agency works."""

    database: Database
    agency: Agency
    settings: Settings

    @property
    def identity(self) -> Identity:
        return Identity(self.database, session_hours=self.settings.session_hours)


def with_agency(slug: str, work: Callable[[Inside], Coroutine[Any, Any, Result]]) -> Result:
    """Do something in one agency's rows, with the application's rights and no more."""
    settings = read()

    async def inside(address: str) -> Result:
        async with Database(address, size=2) as database:
            return await work(Inside(database, await database.agency_by_slug(slug), settings))

    with storage_ready(settings) as storage:
        return asyncio.run(inside(storage.application))


def with_application(work: Callable[["Application"], Coroutine[Any, Any, Result]], *, engine: bool = False) -> Result:
    """Do something with every room open; `engine` also starts Llama, or attaches to the one that runs."""
    from publius.application import open_application

    settings = read()

    async def inside(storage: Storage) -> Result:
        async with open_application(settings, storage, start_engine=engine) as app:
            return await work(app)

    with storage_ready(settings) as storage:
        return asyncio.run(inside(storage))


def local_principal(agency: Agency, role: Role) -> Principal:
    """Who sits at this terminal. Whoever may run the program here may act for any agency; the ledger names them."""
    name = getpass.getuser()
    return Principal(id=f"local:{name}", name=name, agency=agency, role=role)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if hasattr(value, "strftime"):
        return str(value.strftime("%Y-%m-%d %H:%M"))
    return _plain(", ".join(value) if isinstance(value, (list, tuple, set, frozenset)) else str(value))


def _plain(text: str) -> str:
    return text.replace("[", "\\[")  # square brackets are Rich's markup
