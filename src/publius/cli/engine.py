"""`publius engine`: requests that are not tried again because the engine died of them."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from publius.cli.terminal import AsJson, console, print_rows
from publius.errors import NotFound
from publius.inference.suspects import Suspects, suspects_file
from publius.settings import read

app = typer.Typer(help="Requests that ended the engine.", no_args_is_help=True)


@app.command()
def suspects(json: AsJson = False) -> None:
    """List requests that were under way when the engine died, by a digest that says nothing of their content.

    A refused one is not tried again for a day after the last death; others are, and are forgotten once they finish.

    Example: `publius engine suspects --json`
    """
    rows = [
        {
            "digest": digest,
            "deaths": len(mark.engines),
            "last": datetime.fromtimestamp(mark.last, UTC),
            "refused": mark.refused,
        }
        for digest, mark in Suspects(suspects_file(read().home)).all().items()
    ]
    print_rows(rows, as_json=json, empty="The engine has not died under a request that has not finished since.")


@app.command()
def pardon(
    digest: Annotated[str | None, typer.Argument(help="A digest or its beginning, at least 8 characters.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every digest.")] = False,
) -> None:
    """Let a refused request in again, at once and in every process of this home.

    Example: `publius engine pardon 3f9ac01d`
    """
    if all_ == bool(digest):
        raise typer.BadParameter("give a digest, or --all")
    if digest and len(digest) < 8:
        raise typer.BadParameter("give at least 8 characters of the digest")
    forgotten = Suspects(suspects_file(read().home)).pardon(digest)
    if digest and not forgotten:
        raise NotFound(f"No request has the digest {digest}.", cure="'publius engine suspects' lists them.")
    console.print(f"{len(forgotten)} let in again.")
