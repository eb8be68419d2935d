"""`publius sources`: where an agency's documents come from again and again."""

from typing import Annotated

import msgspec
import typer

from publius.application import Application
from publius.cli.terminal import AsJson, OfAgency, console, local_principal, print_json, print_rows, with_application
from publius.retrieval.sources import Run, Source
from publius.types import Role

app = typer.Typer(help="Where documents come from again and again.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Its name: lower-case letters, digits and hyphens.")]


@app.command()
def add(
    name: Name,
    folder: Annotated[str, typer.Argument(help="A folder, in one that PUBLIUS_SOURCE_FOLDERS allows.")],
    agency: OfAgency,
    every: Annotated[int | None, typer.Option(min=1, help="Minutes between runs; without it, only by hand.")] = None,
    label: Annotated[str, typer.Option(help="Of what it brings; without it the agency's default.")] = "",
    removes: Annotated[bool, typer.Option(help="Remove here what vanishes there.")] = False,
) -> None:
    """Keep a folder as a source. Its documents are kept as NAME/path; links in it are not followed.

    Example: `PUBLIUS_SOURCE_FOLDERS=/srv/rules publius sources add rules /srv/rules --agency education --every 60`
    """

    async def work(application: Application) -> Source:
        where = await application.database.agency_by_slug(agency)
        who = local_principal(where, Role.ADMINISTRATOR)
        return await application.sources.add(
            where, who.id, name, folder, label=label or None, removes=removes, every_minutes=every
        )

    source = with_application(work)
    console.print(f"Added. Run it now: publius sources run {source.name} --agency {agency}")


@app.command("list")
def list_(agency: OfAgency, json: AsJson = False) -> None:
    """List an agency's sources with what came of their last run.

    Example: `publius sources list --agency education`
    """

    async def work(application: Application) -> tuple[Source, ...]:
        return await application.sources.list(await application.database.agency_by_slug(agency))

    rows = [msgspec.structs.asdict(source) for source in with_application(work)]
    for row in rows:
        del row["id"], row["added_by"]
    print_rows(rows, as_json=json, empty=f"No source yet. Add one: publius sources add NAME FOLDER --agency {agency}")


@app.command()
def run(name: Name, agency: OfAgency, json: AsJson = False) -> None:
    """Look through a source now: what is new or changed is handed to the server to be read, what is not is skipped.

    What vanished there is listed, and removed only if the source says so.

    Example: `publius sources run rules --agency education`
    """

    async def work(application: Application) -> tuple[Source, Run]:
        where = await application.database.agency_by_slug(agency)
        source = await application.sources.open(where, name)
        return source, await application.run_source(where, source)

    source, run = with_application(work)
    vanished = [document for _, document in run.vanished]
    if json:
        print_json({"found": run.found, "changed": run.changed, "refused": run.refused, "vanished": vanished,
                    "removed": source.removes, "job": run.job_id})  # fmt: skip
        return
    console.print(f"{run.found} found, {run.changed} new or changed, {len(run.refused)} not taken.")
    for each in run.refused:
        console.print(f"  not taken (a link, not a file, or too large): {each}", markup=False, soft_wrap=True)
    fate = "removed" if source.removes else "kept"
    for each in vanished:
        console.print(f"  vanished, and {fate}: {each}", markup=False, soft_wrap=True)


@app.command()
def remove(name: Name, agency: OfAgency) -> None:
    """Forget a source. The documents that it brought stay.

    Example: `publius sources remove rules --agency education`
    """

    async def work(application: Application) -> None:
        await application.sources.remove(await application.database.agency_by_slug(agency), name)

    with_application(work)
    console.print("Forgotten; its documents stay.")
