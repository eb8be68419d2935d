"""The journal: streams that have begun and have no leaf yet, so that a crash cannot leave one without a record."""

from datetime import timedelta
from typing import Any

import msgspec
from psycopg import AsyncConnection

from publius.ledger.body import Entry
from publius.ledger.columns import columns
from publius.storage import Database
from publius.types import Agency

ORPHANED = timedelta(days=1)  # a stream of a process on another machine is given up after this


class Begun(msgspec.Struct, frozen=True):
    """One row: an entry, the process that holds it, and whether that was so long ago that nobody can."""

    entry: Entry
    writer: str
    given_up: bool


async def write(database: Database, agency: Agency, writer: str, entries: list[Entry]) -> list[bool]:
    """Make the entries durable, in one commit."""
    rows = [(entry.body.record, writer, msgspec.msgpack.encode(entry)) for entry in entries]
    async with database.agency(agency) as connection:
        await connection.execute("SELECT set_config('synchronous_commit', 'on', true)")
        await connection.execute(
            "INSERT INTO ledger_journal (record, writer, entry)"
            " SELECT * FROM unnest(%b::uuid[], %b::text[], %b::bytea[])",
            columns(rows),
        )
    return [True] * len(entries)


async def take(connection: AsyncConnection[Any], entries: list[Entry]) -> set[Any]:
    """Take these entries' rows away, and return the records whose row another process had taken."""
    begun = [entry.body.record for entry in entries if entry.journaled]
    if not begun:
        return set()
    taken = await connection.execute("DELETE FROM ledger_journal WHERE record = ANY(%s) RETURNING record", [begun])
    return set(begun) - {row.record for row in await taken.fetchall()}


async def rows(database: Database, agency: Agency) -> list[Begun]:
    """What has begun, without what has its leaf after all."""
    async with database.agency(agency) as connection:
        await connection.execute("DELETE FROM ledger_journal WHERE record IN (SELECT record FROM ledger_records)")
        found = await connection.execute(
            "SELECT writer, entry, now() - began_at > %s AS given_up FROM ledger_journal ORDER BY began_at", [ORPHANED]
        )
        return [Begun(_reopened(row.entry), row.writer, row.given_up) for row in await found.fetchall()]


def _reopened(packed: bytes) -> Entry:
    entry = msgspec.msgpack.decode(packed, type=Entry)
    entry.journaled = True
    return entry
