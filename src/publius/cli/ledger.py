"""`publius ledger`: prove what happened, here or anywhere else."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer

from publius.cli.terminal import (
    NO,
    AsJson,
    Inside,
    OfAgency,
    console,
    print_json,
    print_rows,
    progress,
    with_agency,
)
from publius.errors import InvalidRequest
from publius.ledger import inspection
from publius.ledger.acts import Done
from publius.ledger.acts import acts as done
from publius.ledger.keepsake import Keepsakes
from publius.ledger.proof import Proof, check
from publius.ledger.signing import PublicKey, SigningKey
from publius.ledger.verify import Outside, Report, verify_file
from publius.settings import read
from publius.storage import Database, storage_ready
from publius.storage.labels import level_of
from publius.types import Agency, Receipt

app = typer.Typer(help="Prove what happened, here or anywhere else.", no_args_is_help=True)

SomeAgency = Annotated[str | None, typer.Option("--agency", "-a", help="One agency; all of them if left out.")]
KeyFile = Annotated[
    Path | None, typer.Option("--public-key", help="The ledger's public key; this installation's if left out.")
]
ReceiptFile = Annotated[Path | None, typer.Option("--receipt", help="A receipt, as an answer carries it, in JSON.")]
Show = Callable[[int, int], None]
Result = TypeVar("Result")
Thing = TypeVar("Thing")


@app.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="An export; the database itself if left out.")] = None,
    agency: SomeAgency = None,
    public_key: KeyFile = None,
    receipt: ReceiptFile = None,
    json: AsJson = False,
) -> None:
    """Prove a whole log: every record, every signed checkpoint, and the receipt you hold. Exit code 3 on a fault.

    With FILE it needs no database and no network, only the public key.

    Example: `publius ledger verify`, or `publius ledger verify education.jsonl --public-key ledger.pub`
    """
    outside = Outside(receipts=(_receipt(receipt),)) if receipt else Outside()
    reports = (
        _verify_export(file, _public(public_key), outside) if file else _verify_database(agency, public_key, outside)
    )
    rows = [
        {
            "agency": report.agency,
            "records": report.records,
            "checkpoints": report.checkpoints,
            "verdict": "proved" if report.fault is None else report.fault.message,
            "root": report.root,
            "key": report.key,
        }
        for report in reports
    ]
    print_rows(rows, as_json=json, empty="There is no log here.")
    total = sum(report.records for report in reports)
    if any(not report.whole for report in reports):
        console.print("[bold red]Not proved.[/] Keep this log as it is, and compare it with an earlier export.")
        raise typer.Exit(NO)
    if not json:
        print(f"Proved {total} record{'' if total == 1 else 's'}.")


@app.command()
def export(
    file: Annotated[
        Path, typer.Argument(help="The file to write, gzipped if it ends in .gz; a folder for all agencies.")
    ],
    agency: SomeAgency = None,
    contents: Annotated[bool, typer.Option(help="With what was asked and answered, not only its commitments.")] = False,
    ceiling: Annotated[str, typer.Option(help="A label: content above it is left out. None if left out.")] = "",
) -> None:
    """Write a log to a file that anyone can verify with the public key alone.

    Without an agency FILE becomes a folder with one file for each.

    Example: `publius ledger export education.jsonl --agency education`
    """

    async def work(database: Database, where: Agency, show: Show) -> int:
        target = file
        if agency is None:
            file.mkdir(parents=True, exist_ok=True)
            target = file / f"{where.slug}.jsonl"
        where = where.under(level_of(where, ceiling)) if ceiling else where
        return await inspection.export(database, where, _key().public, target, contents=contents, progress=show)

    counts = _each(agency, "Exporting", work)
    console.print(f"Wrote {sum(counts)} records to {file}. Verify: publius ledger verify {file}", soft_wrap=True)


@app.command()
def acts(
    agency: OfAgency,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest.")] = 100,
    json: AsJson = False,
) -> None:
    """List what was done to an agency's sources: by whom, when, and from where documents are fetched.

    Example: `publius ledger acts --agency education`
    """

    async def work(inside: Inside) -> list[Done]:
        return await done(inside.database, inside.agency, limit=limit)

    found = with_agency(agency, work)
    if json:
        print_json(found)
        return
    rows = [
        {
            "when": each.when,
            "who": each.who,
            "act": each.act,
            "source": each.details.get("name", ""),
            "address": each.details.get("address", ""),
            "record": each.position,
        }
        for each in found
    ]
    print_rows(rows, as_json=False, empty="Nothing has been done to a source of this agency yet.")


@app.command()
def key(json: AsJson = False) -> None:
    """Print the public key. Give it to your inspectors before they need it.

    Example: `publius ledger key > ledger.pub`
    """
    public = _key().public
    if json:
        print_json({"key": public.line(), "id": public.id})
    else:
        print(public.line())


@app.command()
def prove(
    receipt: Annotated[Path, typer.Argument(help="A receipt, as an answer carries it, in JSON.")],
    out: Annotated[Path | None, typer.Option(help="Write the proof here instead of printing it.")] = None,
) -> None:
    """Make the proof that a receipt's record is in the log; the holder can check it alone, with 'check-proof'.

    Example: `publius ledger prove receipt.json --out proof.json`
    """
    held = _receipt(receipt)

    async def work(database: Database, where: Agency, _: Show) -> Proof:
        return await inspection.prove(database, where, held)

    [proof] = _each(held.agency, "Proving", work)
    body = msgspec.json.format(msgspec.json.encode(proof), indent=2)
    if out:
        out.write_bytes(body)
        console.print(f"Wrote {out}. Check it: publius ledger check-proof {out}")
    else:
        print(body.decode())


@app.command("check-proof")
def check_proof(
    proof: Annotated[Path, typer.Argument(help="A proof, as 'prove' writes it.")], public_key: KeyFile = None
) -> None:
    """Check a proof offline, with the public key alone.

    Example: `publius ledger check-proof proof.json --public-key ledger.pub`
    """
    found = check(_decoded(proof, Proof), _public(public_key))
    console.print(f"The record is in the log of {found.origin}, signed at {found.size} records.")


def _verify_export(file: Path, key: PublicKey, outside: Outside) -> list[Report]:
    if not file.exists():
        raise InvalidRequest(f"There is no file or folder {file}.", cure="Check the path.")
    files = sorted(file.glob("*.jsonl*")) if file.is_dir() else [file]
    with progress() as bar:
        task = bar.add_task("Verifying", total=None, note="records")
        return [
            verify_file(
                each, key, outside=outside, progress=lambda done, total: bar.update(task, completed=done, total=total)
            )
            for each in files
        ]


def _verify_database(agency: str | None, public_key: Path | None, outside: Outside) -> list[Report]:
    async def work(database: Database, where: Agency, show: Show) -> Report:
        public = _public(public_key) if public_key else _key().public
        held = Outside(
            receipts=tuple(r for r in outside.receipts if r.agency == where.slug),
            notes=Keepsakes(read().home).notes(where.slug),
        )
        return await inspection.verify_database(database, where, public, outside=held, progress=show)

    return _each(agency, "Verifying", work)


def _each(
    agency: str | None, doing: str, work: Callable[[Database, Agency, Show], Coroutine[Any, Any, Result]]
) -> list[Result]:
    """Do the same in one agency's log, or in every one's and the platform's."""

    async def inside(address: str) -> list[Result]:
        async with Database(address, size=2) as database:
            slugs = [agency] if agency else [*[a.slug for a in await database.agencies()], "platform"]
            with progress() as bar:
                results = []
                for slug in slugs:
                    task = bar.add_task(f"{doing} {slug}", total=None, note="records")

                    def show(done: int, total: int, task: object = task) -> None:
                        bar.update(task, completed=done, total=total)  # type: ignore[arg-type]

                    results.append(await work(database, await database.agency_by_slug(slug), show))
                return results

    with storage_ready(read()) as storage:
        return asyncio.run(inside(storage.application))


def _key() -> SigningKey:
    return SigningKey.at(read().home / "keys")


def _public(path: Path | None) -> PublicKey:
    chosen = path or read().home / "keys" / "ledger.pub"
    if not chosen.exists():
        raise InvalidRequest(
            f"There is no public key at {chosen}.",
            cure="Get it from the platform's operator ('publius ledger key') and name it with --public-key.",
        )
    return PublicKey.parse(chosen.read_text().strip())


def _receipt(path: Path) -> Receipt:
    """A receipt by itself, or the whole answer that `publius ask --json` printed."""
    data = _decoded(path, dict)
    return msgspec.convert(data.get("receipt", data), Receipt)


def _decoded(path: Path, type: type[Thing]) -> Thing:
    try:
        return msgspec.json.decode(path.read_bytes(), type=type)
    except (OSError, msgspec.MsgspecError) as error:
        raise InvalidRequest(f"{path} cannot be read as JSON of that kind: {error}.", cure="Check the file.") from None
