"""`publius sources`: where an agency's documents come from again and again."""

import asyncio
from typing import Annotated

import typer

from publius.application import Application
from publius.cli import adding
from publius.cli.terminal import AsJson, OfAgency, console, local_principal, print_json, print_rows, with_application
from publius.retrieval.sources import PRESENCE, Run, Source
from publius.types import Role

app = typer.Typer(help="Where documents come from again and again.", no_args_is_help=True)
app.add_typer(adding.app, name="add")

Name = Annotated[str, typer.Argument(help="Its name: lower-case letters, digits and hyphens.")]


@app.command("list")
def list_(agency: OfAgency, json: AsJson = False) -> None:
    """List an agency's sources with what came of their last run.

    Example: `publius sources list --agency education`
    """

    async def work(application: Application) -> tuple[Source, ...]:
        return await application.sources.list(await application.database.agency_by_slug(agency))

    rows = [source.shown for source in with_application(work)]
    for row in rows:
        if not json:
            del row["settings"], row["refusals"], row["wanted"], row["begun_at"]
    print_rows(
        rows, as_json=json, empty=f"No source yet. Add one: publius sources add folder NAME FOLDER --agency {agency}"
    )


@app.command()
def run(name: Name, agency: OfAgency, json: AsJson = False) -> None:
    """Look through a source now: what is new or changed is handed to the server to be read, what is not is skipped.

    What vanished there is listed, and removed only if the source says so.

    Example: `publius sources run rules --agency education`
    """

    async def work(application: Application) -> tuple[Source, Run]:
        where, sources = await application.database.agency_by_slug(agency), application.sources
        async with application.database.presence(PRESENCE) as presence:
            source = await sources.begin(where, local_principal(where, Role.ADMINISTRATOR).id, name, presence)
            try:
                return source, await application.run_source(where, source)
            except asyncio.CancelledError:  # by Ctrl-C: whoever sits here does not want it, so no server takes it up
                await sources.let_go(where, source, presence, again=False)
                raise

    source, run = with_application(work)
    vanished = [document for _, document in run.vanished]
    if json:
        print_json({"found": run.found, "changed": run.changed, "refused": run.refused, "noindex": run.noindex,
                    "vanished": vanished,
                    "removed": source.removes, "job": run.job_id})  # fmt: skip
        return
    asked = f", {run.noindex} of them because they ask for that (noindex)" if run.noindex else ""
    console.print(f"{run.found} found, {run.changed} new or changed, {len(run.refused)} not taken{asked}.")
    for each in run.refused:
        console.print(f"  not taken: {each.name}: {each.reason}", markup=False, soft_wrap=True)
    fate = "removed" if source.removes else "kept"
    for document in vanished:
        console.print(f"  vanished, and {fate}: {document}", markup=False, soft_wrap=True)


@app.command()
def pause(name: Name, agency: OfAgency) -> None:
    """Stop a source's clock, until `publius sources resume`; a run under way goes on to its end.

    Example: `publius sources pause rules --agency education`
    """

    async def work(application: Application) -> None:
        where = await application.database.agency_by_slug(agency)
        await application.sources.pause(where, local_principal(where, Role.ADMINISTRATOR).id, name)

    with_application(work)
    console.print("Paused; it can still be run by hand.")


@app.command()
def resume(name: Name, agency: OfAgency) -> None:
    """Let a paused source's clock go on.

    Example: `publius sources resume rules --agency education`
    """

    async def work(application: Application) -> None:
        where = await application.database.agency_by_slug(agency)
        await application.sources.resume(where, local_principal(where, Role.ADMINISTRATOR).id, name)

    with_application(work)
    console.print("Its clock goes on.")


@app.command()
def remove(
    name: Name,
    agency: OfAgency,
    documents: Annotated[bool, typer.Option(help="Remove what it brought too, with all that was made of it.")] = False,
) -> None:
    """Forget a source. The documents that it brought stay, unless you say otherwise.

    Example: `publius sources remove rules --agency education`
    """

    async def work(application: Application) -> None:
        where = await application.database.agency_by_slug(agency)
        await application.remove_source(local_principal(where, Role.ADMINISTRATOR), name, documents=documents)

    with_application(work)
    console.print("Forgotten, with its documents." if documents else "Forgotten; its documents stay.")
