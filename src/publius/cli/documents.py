"""`publius documents`: what an agency's answers may rest on."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from publius.application import Application
from publius.cli import jobs
from publius.cli.terminal import (
    NO,
    AsJson,
    Inside,
    OfAgency,
    Yes,
    confirm,
    console,
    local_principal,
    print_json,
    print_rows,
    progress,
    with_agency,
    with_application,
)
from publius.errors import InvalidRequest
from publius.retrieval.documents import Listing, Opened, Progress
from publius.retrieval.jobs import Job, Jobs
from publius.retrieval.revision import Added
from publius.types import Labels, Role

app = typer.Typer(help="What an agency's answers may rest on.", no_args_is_help=True)
app.add_typer(jobs.app, name="jobs")

DocumentId = Annotated[UUID, typer.Argument(help="Its id, as 'publius documents list' shows it.")]


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders to take whole.")],
    agency: OfAgency,
    label: Annotated[str, typer.Option(help="Their label; without it new ones have the agency's default.")] = "",
    background: Annotated[
        bool, typer.Option(help="Hand them over, and let the server that runs read them, now or at its next start.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Read files into an agency's library. A file that is there already is skipped, a changed one is revised.

    A mail's attachments and an archive's files become documents of their own. Exit code 3 if a file could not be read;
    it is named with the reason, and the others are in. An attachment that cannot be read is named too.

    Example: `publius documents add reports/ rules.pdf --agency education`
    """
    files = list(_files(paths))
    if background:
        _hand_over(files, agency, label, as_json=json)
        return

    async def work(application: Application) -> list[Progress]:
        where = await application.database.agency_by_slug(agency)
        who = local_principal(where, Role.ADMINISTRATOR)
        done: list[Progress] = []
        with progress() as bar:
            task = bar.add_task("Reading", total=len(files), note="")
            async for step in application.retrieval.add_many(where, who.id, files, label=label or None):
                done.append(step)
                passages = sum(each.passages for s in done if s.added for each in _written(s.added))
                bar.update(task, advance=1, note=f"{passages} passages")
        return done

    _report(with_application(work), as_json=json)


@app.command("list")
def list_(
    agency: OfAgency,
    matching: Annotated[str, typer.Option(help="Part of a name or title.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    json: AsJson = False,
) -> None:
    """List an agency's documents by name.

    Example: `publius documents list --agency education --matching loan`
    """

    async def work(application: Application) -> tuple[Labels, Listing]:
        where = await application.database.agency_by_slug(agency)
        return where.labels, await application.retrieval.list(where, matching=matching, limit=limit)

    labels, listing = with_application(work)
    rows = [
        {
            "id": d.id,
            "name": d.name,
            "title": d.title,
            "label": labels.name(d.level),
            "revision": d.revision,
            "passages": d.passages,
            "added": d.added_at,
            "dated": d.published,
            "by": d.publisher,
            "language": d.language,
        }
        for d in listing.documents
    ]
    empty = f"No document matches {matching!r}." if matching else "No document yet."
    print_rows(rows, as_json=json, empty=f"{empty} Add some: publius documents add PATH --agency {agency}")
    if listing.total > len(rows):
        console.print(f"{listing.total - len(rows)} more: --limit {listing.total}, or narrow it with --matching.")


@app.command()
def show(
    document: DocumentId,
    agency: OfAgency,
    revision: Annotated[int | None, typer.Option(min=1, help="An earlier revision.")] = None,
    json: AsJson = False,
) -> None:
    """Print the text of a document as Publius reads it; citations count characters in it.

    Example: `publius documents show 5f0c… --agency education`
    """

    async def work(application: Application) -> Opened:
        where = await application.database.agency_by_slug(agency)
        return await application.retrieval.open(where, document, revision)

    opened = with_application(work)
    if json:
        print_json(opened)
    else:
        console.print(f"{opened.title} ({opened.name}), revision {opened.revision} of {opened.current}", markup=False)
        print(opened.text)


@app.command("label")
def label_(
    document: DocumentId, label: Annotated[str, typer.Argument(help="Its new label.")], agency: OfAgency
) -> None:
    """Give a document another label. Answers that rest on it rise with it; they never come down.

    Example: `publius documents label 5f0c… CUI --agency education`
    """

    async def work(application: Application) -> str:
        where = await application.database.agency_by_slug(agency)
        return await application.retrieval.label(where, document, label)

    before = with_application(work)
    console.print(f"Labelled {label}; it was {before}. Undo: publius documents label {document} {before} -a {agency}")


@app.command()
def remove(
    agency: OfAgency,
    document: Annotated[UUID | None, typer.Argument(help="Its id, as 'publius documents list' shows it.")] = None,
    label: Annotated[str, typer.Option(help="All that have this label, instead of one.")] = "",
    yes: Yes = False,
) -> None:
    """Remove a document with all its revisions, the answers that rest on it, and what the ledger kept of them.

    The ledger itself stays whole, and records the removal. With --label all documents of that label go, after which
    the label can go too.

    Example: `publius documents remove 5f0c… --agency education`
    """
    if (document is None) == (not label):
        raise InvalidRequest("Name one document, or a label.", cure="Give an id, or --label LABEL.")
    confirm(f"Remove {document or 'all documents labelled ' + label} from {agency}?", yes=yes)

    async def work(application: Application) -> int:
        where = await application.database.agency_by_slug(agency)
        who = local_principal(where, Role.ADMINISTRATOR)
        found = [document] if document else await application.retrieval.labelled(where, label)
        for each in found:
            await application.remove_document(who, each)
        return len(found)

    removed = with_application(work)
    console.print("Removed." if document else f"Removed {removed}.")


def _hand_over(files: list[tuple[str, Path]], agency: str, label: str, *, as_json: bool) -> None:
    async def work(inside: Inside) -> Job:
        who = local_principal(inside.agency, Role.ADMINISTRATOR)
        return await Jobs(inside.database).put(inside.agency, who.id, "Command line", files, label=label or None)

    try:
        job = with_agency(agency, work)
    except OSError as error:
        raise InvalidRequest(
            f"{error.filename} could not be opened: {error.strerror}.", cure="None was taken. Mend it or leave it out."
        ) from None
    if as_json:
        print_json(jobs.row(job))
    else:
        console.print(f"{job.files} taken. Watch them: publius documents jobs show {job.id} --agency {agency}")


def _files(paths: list[Path]) -> Iterator[tuple[str, Path]]:
    """Every file with the name it is kept under: inside a folder, its path from there."""
    for path in paths:
        if not path.exists():
            raise InvalidRequest(f"There is no file or folder {path}.", cure="Check the path.")
        if path.is_file():
            yield path.name, path
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith("."):
                    found = Path(folder) / name
                    yield str(found.relative_to(path)), found


def _written(added: Added) -> Iterator[Added]:
    """What was written of a file and of those inside of it."""
    if added.status in ("new", "revised"):
        yield added
    for part in added.parts:
        if part.added:
            yield from _written(part.added)


def _report(done: list[Progress], *, as_json: bool) -> None:
    rows = sorted((_row(step) for step in done), key=lambda row: str(row["name"]))
    rows = [each for row in rows for each in (row, *row.pop("parts", ()))]
    failed = [row for row in rows if row["status"] == "failed"]
    unread = [row for row in rows if row["status"] == "unread"]
    if as_json:
        print_json(rows)
    else:
        counts = {status: sum(row["status"] == status for row in rows) for status in ("new", "revised", "unchanged")}
        if relabelled := sum(row["status"] == "relabelled" for row in rows):
            counts["relabelled"] = relabelled
        console.print(", ".join(f"{count} {status}" for status, count in counts.items()) + f", {len(failed)} failed.")
        for row in failed + unread:
            console.print(f"  {row['name']}: {row['reason']}", markup=False, soft_wrap=True)
    if failed:
        raise typer.Exit(NO)


def _row(step: Progress) -> dict[str, Any]:
    if step.error is not None:
        return {"name": step.name, "status": "failed", "reason": str(step.error)}
    assert step.added is not None
    return _added_row(step.name, step.added)


def _added_row(name: str, added: Added) -> dict[str, Any]:
    """A file that was added; in "parts" the rows of those that came inside of it."""
    inside: list[dict[str, Any]] = []
    for part in added.parts:
        row = {"name": part.name, "status": "unread", "reason": part.reason}
        row = _added_row(part.name, part.added) if part.added else row
        inside += (row, *row.pop("parts", ()))
    return {
        "name": name,
        "status": added.status,
        "document": added.document_id,
        "revision": added.revision,
        "passages": added.passages,
        "parts": inside,
    }
