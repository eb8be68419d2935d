"""The command line: `publius COMMAND`. One module a command; `terminal` is how they all speak.

Exit codes: 0 done; 1 failed, with one sentence on standard error; 2 wrong use; 3 done, and the answer is no
(the documents do not answer, a file could not be read, a digest or a ledger does not hold, a case is not passed).
"""

import sys
from importlib import import_module
from typing import Any

import structlog
import typer
from typer.core import TyperGroup
from typer.main import get_group

from publius import __version__
from publius.cli.terminal import reporting

COMMANDS = {  # name: where its function or its group of commands stands; in the order of the help
    "run": "serve:run",
    "agency": "agency:app",
    "user": "user:app",
    "key": "key:app",
    "documents": "documents:app",
    "sources": "sources:app",
    "ask": "ask:ask",
    "query": "query:query",
    "missions": "missions:app",
    "mission": "mission:mission",
    "eval": "eval:eval_",
    "models": "models:app",
    "engine": "engine:app",
    "ledger": "ledger:app",
    "mcp": "mcp:mcp",
    "top": "top:top",
    "doctor": "doctor:doctor",
}


class Commands(TyperGroup):
    """Imports a command when it is asked for: all of them together take 1.5 s."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Click's command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        name, _, attribute = COMMANDS[cmd_name].partition(":")
        module = import_module(f"publius.cli.{name}")
        found: Any = getattr(module, attribute)
        alone = typer.Typer(add_completion=False, rich_markup_mode="markdown")
        if isinstance(found, typer.Typer):
            alone.add_typer(found, name=cmd_name)
        else:
            alone.command(cmd_name, context_settings=getattr(module, "OPTIONS", None))(found)
        return get_group(alone).commands[cmd_name]


app = typer.Typer(
    name="publius",
    cls=Commands,
    help="One Llama for many agencies, each behind its own walls.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """One Llama for many agencies, each behind its own walls."""


def main() -> None:
    """The program `publius`."""
    # What a room logs is no data; the server sets up a log of its own.
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(sys.stderr))
    with reporting():
        app()
