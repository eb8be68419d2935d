"""Write the pages of docs/ that say what the code already knows: settings, errors, commands, licences, metrics.

`make docs` writes them; a test compares them with the code, so they cannot fall behind.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import click
import dashboard
import licences
import openai_page
from typer.main import get_command

from publius.api.catalogue import CATALOGUE as METRICS
from publius.api.catalogue import full_name
from publius.cli import app
from publius.errors import PubliusError
from publius.settings import CATALOGUE

DOCS = Path(__file__).resolve().parent.parent / "docs"
WRITTEN = "This page is written by `make docs` from the code; change the code, not the page.\n"


def settings() -> str:
    """One row a setting, in the order of the code."""
    rows = []
    for each in CATALOGUE.values():
        default = "empty" if each.default == "" else f"`{each.default}`"
        rows.append(f"| `{each.variable}` | {each.type.__name__.lower()} | {default} | {each.help} |")
    head = ["# Settings", "", WRITTEN, "Publius reads these from the environment, once, when it starts.", ""]
    return "\n".join([*head, "| Variable | Type | Default | Meaning |", "| --- | --- | --- | --- |", *rows, ""])


def metrics() -> str:
    """One row a metric, in the order of the code."""
    rows = []
    for name, each in METRICS.items():
        labels = ", ".join(f"`{label}`" for label in each.labels)
        rows.append(f"| `{full_name(name)}` | {each.kind} | {labels} | {each.help} |")
    head = [
        "# Metrics",
        "",
        WRITTEN,
        "What Prometheus can read of a running Publius, and `publius top` shows: see [seeing what it does](seeing.md).",
        "A metric that the engine cannot fill is absent, not 0. No label names a person; an agency is a label of the",
        "queues alone.",
        "",
    ]
    return "\n".join([*head, "| Metric | Kind | Labels | Meaning |", "| --- | --- | --- | --- |", *rows, ""])


def errors() -> str:
    """One row an error, parents before children."""
    import_module("publius.web")  # every room, so that each error is known
    rows = [
        f"| {'&nbsp;' * 4 * depth}`{kind.__name__}` | `{kind.code}` | {kind.status} | {kind.reader} "
        f"| {(kind.__doc__ or '').strip().splitlines()[0]} | {kind.cure} |"
        for depth, kind in family(PubliusError)
    ]
    head = [
        "# Errors",
        "",
        WRITTEN,
        "Every error says what happened and what to do next. Over HTTP it comes in OpenAI's envelope",
        "(`error.message`, `error.type`, `error.code`, `error.param`) with the status below; at the terminal as one",
        "sentence. Errors with 429 or 503 carry `Retry-After`.",
        "",
        "| Error | Code | Status | Who can mend it | What happened | What to do |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *rows, ""])


def family(kind: type[PubliusError], depth: int = 0) -> Iterator[tuple[int, type[PubliusError]]]:
    """The error and all below it, as they are declared."""
    yield depth, kind
    for child in kind.__subclasses__():
        yield from family(child, depth + 1)


def commands() -> str:
    """Every command with its help, arguments and options."""
    head = ["# Commands", "", WRITTEN, "`publius COMMAND --help` shows the same at the terminal.", ""]
    return "\n".join([*head, *described(get_command(app), "publius")])


def described(command: object, path: str) -> Iterator[str]:
    """The lines for one command, then those for its sub-commands."""
    text = getattr(command, "help", "") or ""
    yield from [f"## `{path}`", "", *(line.strip() for line in text.strip().splitlines()), ""]
    rows = [row for parameter in getattr(command, "params", []) if (row := option(parameter))]
    if rows:
        yield from ["| Option or argument | Default | Meaning |", "| --- | --- | --- |", *rows, ""]
    for name, child in children(command):
        yield from described(child, f"{path} {name}")


def children(command: object) -> Iterator[tuple[str, object]]:
    """A group's commands by name, those without commands of their own first."""
    if names := getattr(command, "list_commands", None):
        context = click.Context(command)
        found = [(name, command.get_command(context, name)) for name in names(context)]
        yield from sorted(found, key=lambda each: hasattr(each[1], "list_commands"))


def option(parameter: object) -> str:
    """One row of a command's table."""
    if getattr(parameter, "hidden", False) or parameter.name == "help":
        return ""
    if parameter.param_type_name == "argument":
        names = f"{parameter.name.upper()}{'...' if parameter.nargs != 1 else ''}"
    else:
        names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    default = "required" if parameter.required else parameter.default
    shown = "" if default in (None, "", False) or callable(default) else str(default)
    return f"| `{names}` | {shown} | {getattr(parameter, 'help', None) or ''} |"


def openai_fields() -> str:
    """What becomes of each field of OpenAI's interface."""
    return "\n".join(["# OpenAI's interface", "", WRITTEN, openai_page.page()])


def index() -> str:
    """Every page of docs/ by its title; a folder by its own index."""
    pages = [*sorted(path for path in DOCS.glob("*.md") if path.name != "README.md"), *sorted(DOCS.glob("*/README.md"))]
    rows = [f"- [{title(path)}]({path.relative_to(DOCS)})" for path in pages]
    rows += ["- [Decisions](decisions/), one dated page each: what was decided, instead of what, and why"]
    return "\n".join(["# Publius: the pages", "", WRITTEN, *rows, ""])


def title(path: Path) -> str:
    """The first heading of a page."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    return first.removeprefix("# ").strip()


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings,
    "errors.md": errors,
    "cli.md": commands,
    "licences.md": licences.page,
    "metrics.md": metrics,
    "grafana/publius.json": dashboard.page,
    "openai.md": openai_fields,
    "README.md": index,  # Last, because it names the others.
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
