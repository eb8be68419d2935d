"""What an inspector does at the platform: prove an agency's log, export it, and prove a single receipt."""

from collections.abc import AsyncIterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from publius.errors import NotFound
from publius.ledger import body as bodies
from publius.ledger.body import Content
from publius.ledger.log import BATCH, Batch, Header, Leaf, Signed, encode, opened
from publius.ledger.merkle import TILE, TILE_LEVEL, Frontier, Range, inclusion_ranges
from publius.ledger.proof import Proof
from publius.ledger.signing import PublicKey
from publius.ledger.verify import NOTHING, Checker, Fault, Outside, Progress, Report
from publius.storage import Database
from publius.types import Agency, Receipt

Connection = AsyncConnection[Any]


async def verify_database(
    database: Database,
    agency: Agency,
    key: PublicKey,
    *,
    outside: Outside = NOTHING,
    progress: Progress | None = None,
) -> Report:
    """Prove an agency's log as it stands in the database, content and all.

    Raises:
        InvalidRequest: what was brought along is not signed by this key.
        StorageUnavailable: the database does not answer.
    """
    checker = Checker(key, agency.slug, contents=True, outside=outside)
    async with database.agency(agency) as connection:
        size, head = await _extent(connection)
        async for batch in _batches(connection, size):
            if not checker.feed(batch):
                break
            if progress:
                progress(checker.frontier.size, size)
        report = checker.finish(size)
        if report.whole:
            report.fault = await _loose_ends(connection, head, checker.frontier)
        report.open = await _count_open(connection)
    return report


async def export(
    database: Database,
    agency: Agency,
    key: PublicKey,
    path: Path,
    *,
    contents: bool = False,
    progress: Progress | None = None,
) -> int:
    """Write an agency's log to one file, whole or not at all; returns the number of records.

    Content above the agency's ceiling is left out, and the file says so, and the highest label that is in it.

    Raises:
        StorageUnavailable: the database does not answer.
    """
    draft = path.with_name(f".{path.name}.part{path.suffix}")
    done = 0
    try:
        async with database.agency(agency) as connection:
            size, _ = await _extent(connection)
            with opened(draft, "wb") as file:
                header = await _header(connection, agency, size, key, contents=contents)
                file.write(encode(header))
                async for batch in _batches(connection, size, contents=contents):
                    file.writelines(_lines(batch, header.left_out))
                    done += len(batch.leaves)
                    if progress:
                        progress(done, size)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return done


async def _header(connection: Connection, agency: Agency, size: int, key: PublicKey, *, contents: bool) -> Header:
    rows = await connection.execute(
        "SELECT DISTINCT body::json ->> 'label' AS label FROM ledger_records WHERE position < %s", [size]
    )
    held = {row.label for row in await rows.fetchall()} - {None}
    names = agency.labels.names
    # A label that the list has lost since stands above it: nobody can say any more what it was below.
    known = (*names, *sorted(held - {*names}))
    ceiling = names[agency.ceiling] if agency.ceiling < agency.labels.highest else ""
    header = Header(
        agency=agency.slug, size=size, contents=contents, public_key=key.line(), labels=known, ceiling=ceiling
    )
    within = [label for label in known if label in held and (not contents or label not in header.left_out)]
    return msgspec.structs.replace(header, label=within[-1] if within else "")


async def prove(database: Database, agency: Agency, receipt: Receipt) -> Proof:
    """What the holder of a receipt needs to prove it alone: the path to the newest signed root.

    Raises:
        NotFound: this agency's log has no such record.
    """
    async with database.agency(agency) as connection:
        rows = await connection.execute(
            "SELECT body, (SELECT max(size) FROM ledger_checkpoints) AS size FROM ledger_records"
            " WHERE record = %s AND position = %s",
            [receipt.record, receipt.position],
        )
        found = await rows.fetchone()
        if found is None:
            raise NotFound(f"This log has no record {receipt.record} at {receipt.position}.")
        rows = await connection.execute("SELECT note FROM ledger_checkpoints WHERE size = %s", [found.size])
        signed = await rows.fetchone()
        if signed is None:
            raise NotFound(f"This log has no checkpoint of {found.size} records.")
        path = [await _range_hash(connection, part) for part in inclusion_ranges(receipt.position, found.size)]
    return Proof(receipt=receipt, body=found.body, path=tuple(path), checkpoint=signed.note)


async def latest_checkpoint(database: Database, agency: Agency) -> str | None:
    """The newest signed checkpoint of an agency's log, for keeping elsewhere; None if nothing was recorded yet."""
    async with database.agency(agency) as connection:
        rows = await connection.execute("SELECT note FROM ledger_checkpoints ORDER BY size DESC LIMIT 1")
        row = await rows.fetchone()
    return None if row is None else str(row.note)


async def _range_hash(connection: Connection, part: Range) -> bytes:
    """The hash of a subtree, from whole tiles and the leaves that are left over.

    A subtree of a tile or more always starts where a tile does.
    """
    start, end = part
    rest = start if end - start < TILE else end // TILE * TILE
    tiles = await connection.execute(
        "SELECT hash FROM ledger_tiles WHERE tile >= %s AND tile < %s ORDER BY tile", [start // TILE, rest // TILE]
    )
    leaves = await connection.execute(
        "SELECT leaf_hash FROM ledger_records WHERE position >= %s AND position < %s ORDER BY position", [rest, end]
    )
    frontier = Frontier()
    for (tile,) in await tiles.fetchall():
        frontier.append(tile, TILE_LEVEL)
    for (leaf,) in await leaves.fetchall():
        frontier.append(leaf)
    return frontier.root()


async def _extent(connection: Connection) -> tuple[int, Any]:
    """How many records are signed, and the head of that moment. What is appended later is left for the next time."""
    rows = await connection.execute(
        "SELECT coalesce((SELECT max(size) FROM ledger_checkpoints), 0) AS signed,"
        " coalesce((SELECT size FROM ledger_heads), 0) AS size,"
        " coalesce((SELECT frontier FROM ledger_heads), '') AS frontier"
    )
    head: Any = await rows.fetchone()
    return head.signed, head


async def _batches(connection: Connection, size: int, *, contents: bool = True) -> AsyncIterator[Batch]:
    """The first `size` records in order.

    Each batch reads contents before removals: so a removal that took content away is always seen.
    """
    seen = -1
    async with connection.cursor(binary=True, row_factory=tuple_row) as cursor:
        for start in range(0, size, BATCH):
            span = [start, min(start + BATCH, size)]
            pieces = await _contents(cursor, span) if contents else {}
            batch = Batch()
            await cursor.execute(
                "SELECT position, body FROM ledger_records WHERE removal AND position > %s ORDER BY position", [seen]
            )
            for position, body in await cursor.fetchall():
                batch.removals.append(body)
                seen = position
            await cursor.execute(
                "SELECT position, record, leaf_hash, body FROM ledger_records"
                " WHERE position >= %s AND position < %s ORDER BY position",
                span,
            )
            for position, record, leaf, body in await cursor.fetchall():
                batch.leaves.append(Leaf(position, record, leaf, body, pieces.get(position, ())))
            await cursor.execute(
                "SELECT size, note FROM ledger_checkpoints WHERE size > %s AND size <= %s ORDER BY size", span
            )
            batch.checkpoints = [Signed(*row) for row in await cursor.fetchall()]
            yield batch


async def _contents(cursor: Any, span: list[int]) -> dict[int, tuple[Content, ...]]:
    await cursor.execute(
        "SELECT position, item, salt, content FROM ledger_contents"
        " WHERE position >= %s AND position < %s ORDER BY position",
        span,
    )
    rows = groupby(await cursor.fetchall(), itemgetter(0))
    return {position: tuple(Content(*piece[1:]) for piece in pieces) for position, pieces in rows}


async def _loose_ends(connection: Connection, head: Any, frontier: Frontier) -> Fault | None:
    """What stands beside the tree: a head that does not fit it, records or content beyond what is signed."""
    if (head.size, head.frontier) != (frontier.size, frontier.pack()):
        return Fault("head", frontier.size, "The head of the log does not fit its records: do not append to it.")
    for table in ("ledger_records", "ledger_contents"):
        rows = await connection.execute(
            f"SELECT min(position) AS at FROM {table}"  # noqa: S608 - one of two names
            " WHERE position >= (SELECT coalesce(max(size), 0) FROM ledger_checkpoints)"
        )
        row = await rows.fetchone()
        if row is not None and row.at is not None:
            return Fault("unsigned", row.at, f"In {table}, position {row.at} is under no checkpoint.")
    return None


def _within(leaf: Leaf, left_out: frozenset[str]) -> Leaf:
    """The leaf, without its content if its label is one of these."""
    if not leaf.contents or not left_out:
        return leaf
    body = bodies.read(leaf.body.encode())
    above = isinstance(body, bodies.Walk) and body.label in left_out
    return msgspec.structs.replace(leaf, contents=()) if above else leaf


async def _count_open(connection: Connection) -> int:
    rows = await connection.execute("SELECT count(*) AS n FROM ledger_journal")
    row = await rows.fetchone()
    return int(row.n) if row else 0


def _lines(batch: Batch, left_out: frozenset[str]) -> list[bytes]:
    """The batch as lines of a file: each checkpoint after the last record that it signs."""
    signed = {checkpoint.size: checkpoint for checkpoint in batch.checkpoints}
    lines: list[bytes] = []
    for leaf in batch.leaves:
        lines.append(encode(_within(leaf, left_out)))
        if (checkpoint := signed.pop(leaf.position + 1, None)) is not None:
            lines.append(encode(checkpoint))
    return lines + [encode(checkpoint) for checkpoint in signed.values()]
