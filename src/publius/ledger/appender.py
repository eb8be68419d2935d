"""Appends one agency's entries to its log: in groups, each under one lock, one signature and one commit.

While a group is being committed, what arrives meanwhile gathers into the next. So a lone record never waits
for others, and under load one flush of the disk carries hundreds.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Any

import psycopg
from msgspec import Struct, field
from psycopg import AsyncConnection

from publius.errors import LedgerUnavailable, PubliusError
from publius.ledger.body import Entry, Removal, canonical
from publius.ledger.merkle import TILE, Frontier, leaf_hash
from publius.ledger.signing import Checkpoint, SigningKey
from publius.storage import Database
from publius.types import Agency, Receipt

GROUP = 256  # records in one commit, so that building a group never holds the event loop for long
GROUP_BYTES = 16 << 20  # content in one commit
LOCK_PATIENCE = 5  # whole seconds for another process to let go of the log
PATIENCE = 10.0  # seconds for one commit, after which its answers are refused

Waiting = tuple[Entry, asyncio.Future[Receipt]]


class Counters(Struct):
    """What the ledger has done since it started, for the metrics page."""

    records: int = 0
    groups: int = 0
    failures: int = 0
    recovered: int = 0


class _Group(Struct):
    """The rows of one commit, column by column, as `unnest` takes them."""

    entries: list[Entry] = field(default_factory=list)
    records: list[tuple[Any, ...]] = field(default_factory=list)
    contents: list[tuple[Any, ...]] = field(default_factory=list)
    tiles: list[tuple[Any, ...]] = field(default_factory=list)

    def place(self, entry: Entry, frontier: Frontier) -> None:
        """Give the entry its position and put its rows into the group."""
        body = entry.body
        position = body.position = frontier.size
        text = canonical(body)
        leaf = leaf_hash(text)
        self.entries.append(entry)
        self.records.append((position, body.record, isinstance(body, Removal), leaf, text.decode()))
        for piece in entry.contents:
            self.contents.append((position, piece.item, piece.document, piece.salt, piece.content))
        if (tile := frontier.append(leaf)) is not None:
            self.tiles.append((position // TILE, tile))


class Appender:
    """The one writer of an agency's log within this process; other processes have their own."""

    def __init__(self, database: Database, agency: Agency, key: SigningKey, counters: Counters) -> None:
        self._database = database
        self._agency = agency
        self._key = key
        self._counters = counters
        self._waiting: deque[Waiting] = deque()
        self._task: asyncio.Task[None] | None = None
        self._size = 0  # the largest size that this process has seen: the log must never be smaller

    def submit(self, entry: Entry) -> asyncio.Future[Receipt]:
        """Queue an entry. The future fails with LedgerUnavailable; cancelling it does not take the entry back."""
        future: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return future

    async def _drain(self) -> None:
        while self._waiting:
            group = list(self._next_group())
            receipts: dict[int, Receipt] = {}
            cause: BaseException | None = None
            try:
                async with asyncio.timeout(PATIENCE):
                    receipts = await self._commit([entry for entry, _ in group])
            except (PubliusError, psycopg.Error, OSError) as error:
                cause = error
            finally:  # whatever happened, nobody is left waiting
                self._settle(group, receipts, cause)

    def _next_group(self) -> Iterable[Waiting]:
        room = GROUP_BYTES
        for _ in range(min(GROUP, len(self._waiting))):
            if room < 0:
                return
            entry, future = self._waiting.popleft()
            room -= sum(len(piece.content) for piece in entry.contents)
            yield entry, future

    def _settle(self, group: list[Waiting], receipts: dict[int, Receipt], cause: BaseException | None) -> None:
        for entry, future in group:
            receipt = receipts.get(id(entry))
            if receipt is None:
                self._counters.failures += 1
            if future.done():
                continue
            if receipt is not None:
                future.set_result(receipt)
            elif isinstance(cause, LedgerUnavailable):
                future.set_exception(LedgerUnavailable(cause.message, cure=cause.next_step))
            else:
                refused = LedgerUnavailable("The record of this answer could not be written.")
                refused.__cause__ = cause
                future.set_exception(refused)

    async def _commit(self, entries: list[Entry]) -> dict[int, Receipt]:
        """Append the entries in one transaction; those whose journal row another process took are left out."""
        async with self._database.agency(self._agency) as connection:
            frontier, lost = await self._lock(connection, entries)
            group = _Group()
            for entry in entries:
                if entry.body.record not in lost:
                    group.place(entry, frontier)
                    lost.add(entry.body.record)  # were it here twice, it would still get one leaf
            if group.records:
                await self._write(connection, group, frontier)
        self._size = max(self._size, frontier.size)
        self._counters.records += len(group.records)
        self._counters.groups += 1
        slug, size = self._agency.slug, frontier.size
        return {
            id(entry): Receipt(record=record, agency=slug, leaf_hash=leaf.hex(), position=position, tree_size=size)
            for entry, (position, record, _, leaf, _) in zip(group.entries, group.records, strict=True)
        }

    async def _lock(self, connection: AsyncConnection[Any], entries: list[Entry]) -> tuple[Frontier, set[Any]]:
        """Lock the log, take the entries' journal rows, and return its frontier and the rows that were gone."""
        begun = [entry.body.record for entry in entries if entry.journaled]
        async with connection.pipeline():
            await connection.execute(
                "SELECT set_config('synchronous_commit', 'on', true) AS safe,"
                " set_config('lock_timeout', %s, true) AS lock",
                [f"{LOCK_PATIENCE}s"],
            )
            head = await connection.execute("SELECT size, frontier, key_id FROM ledger_heads FOR UPDATE")
            if begun:
                took = await connection.execute(
                    "DELETE FROM ledger_journal WHERE record = ANY(%s) RETURNING record", [begun]
                )
        row = await head.fetchone() or await self._first(connection)
        self._same_log(row)
        lost = set(begun) - {record for (record,) in await took.fetchall()} if begun else set()
        return Frontier.unpack(row.size, row.frontier), lost

    async def _first(self, connection: AsyncConnection[Any]) -> Any:
        """The head of a log that has no leaf yet; of two that try at once, both get the same one."""
        await connection.execute(
            "INSERT INTO ledger_heads (size, frontier, key_id) VALUES (0, '', %s) ON CONFLICT DO NOTHING",
            [self._key.public.id],
        )
        head = await connection.execute("SELECT size, frontier, key_id FROM ledger_heads FOR UPDATE")
        return await head.fetchone()

    def _same_log(self, head: Any) -> None:
        """Refuse to sign what would not continue the log that this process and key know."""
        if head.key_id != self._key.public.id:
            raise LedgerUnavailable(
                f"This log is signed by the key {head.key_id}, and keys/ledger.key is {self._key.public.id}.",
                cure="The operator should put the ledger's key back from a backup.",
            )
        if head.size < self._size:
            raise LedgerUnavailable(
                f"The log of {self._agency.slug} went back from {self._size} to {head.size} records.",
                cure="The operator should find out who changed the database, then restart.",
            )

    async def _write(self, connection: AsyncConnection[Any], group: _Group, frontier: Frontier) -> None:
        public = self._key.public
        note = self._key.sign(Checkpoint(public.origin(self._agency.slug), frontier.size, frontier.root()))
        async with connection.pipeline():
            await connection.execute(
                "INSERT INTO ledger_records (position, record, removal, leaf_hash, body)"
                " SELECT * FROM unnest(%b::bigint[], %b::uuid[], %b::boolean[], %b::bytea[], %b::text[])",
                _columns(group.records),
            )
            if group.contents:
                await connection.execute(
                    "INSERT INTO ledger_contents (position, item, document, salt, content)"
                    " SELECT * FROM unnest(%b::bigint[], %b::text[], %b::uuid[], %b::bytea[], %b::bytea[])",
                    _columns(group.contents),
                )
            if group.tiles:
                await connection.execute(
                    "INSERT INTO ledger_tiles (tile, hash) SELECT * FROM unnest(%b::bigint[], %b::bytea[])",
                    _columns(group.tiles),
                )
            await connection.execute(
                "INSERT INTO ledger_checkpoints (size, note) VALUES (%s, %s)", [frontier.size, note]
            )
            await connection.execute(
                "UPDATE ledger_heads SET size = %b, frontier = %b", [frontier.size, frontier.pack()]
            )
            for entry in group.entries:
                if isinstance(entry.body, Removal):
                    await _remove(connection, entry.body)


async def _remove(connection: AsyncConnection[Any], removal: Removal) -> None:
    """Delete the content that a removal names, in the transaction that records it."""
    await connection.execute(
        "DELETE FROM ledger_contents WHERE document = ANY(%s)"
        " OR position IN (SELECT position FROM ledger_records WHERE record = ANY(%s))",
        [list(removal.documents), list(removal.records)],
    )


def _columns(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
