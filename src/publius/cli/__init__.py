"""The command line: `publius COMMAND`. One module a command; `terminal` is how they all speak.

Exit codes: 0 done; 1 failed, with one sentence on standard error; 2 wrong use; 3 done, and the answer is no
(the documents do not answer, a file could not be read, a digest or a ledger does not hold, a case is not passed).
"""

import sys

import structlog
import typer

from publius import __version__
from publius.cli import (
    agency,
    ask,
    doctor,
    documents,
    engine,
    key,
    ledger,
    mcp,
    mission,
    missions,
    models,
    query,
    serve,
    sources,
    top,
    user,
)
from publius.cli.eval import eval_
from publius.cli.terminal import reporting

app = typer.Typer(
    name="publius",
    help="One Llama for many agencies, each behind its own walls.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.command("run")(serve.run)
app.add_typer(agency.app, name="agency")
app.add_typer(user.app, name="user")
app.add_typer(key.app, name="key")
app.add_typer(documents.app, name="documents")
app.add_typer(sources.app, name="sources")
app.command("ask")(ask.ask)
app.command("query")(query.query)
app.add_typer(missions.app, name="missions")
app.command("mission", context_settings=mission.OPTIONS)(mission.mission)
app.command("eval")(eval_)
app.add_typer(models.app, name="models")
app.add_typer(engine.app, name="engine")
app.add_typer(ledger.app, name="ledger")
app.command("mcp")(mcp.mcp)
app.command("top")(top.top)
app.command("doctor")(doctor.doctor)


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
