"""Appends entries to one agency's log: each group under one lock, one signature and one commit."""

from typing import Any

from msgspec import Struct, field
from psycopg import AsyncConnection

from publius.errors import LedgerUnavailable
from publius.ledger import journal
from publius.ledger.body import Act, Entry, Removal, canonical
from publius.ledger.columns import columns
from publius.ledger.keepsake import Keepsakes
from publius.ledger.merkle import TILE, Frontier, leaf_hash
from publius.ledger.signing import Checkpoint, SigningKey
from publius.storage import Database
from publius.types import Agency, Receipt

LOCK_PATIENCE = 5  # whole seconds for another process to let go of the log


class Counters(Struct):
    """What the ledger has done since it started, for the metrics page."""

    records: int = 0
    groups: int = 0  # commits
    failures: int = 0  # entries that could not be written
    recovered: int = 0  # interrupted streams that were sealed


class _Group(Struct):
    """The rows of one commit, column by column, as `unnest` takes them."""

    records: list[tuple[Any, ...]] = field(default_factory=list)
    contents: list[tuple[Any, ...]] = field(default_factory=list)
    tiles: list[tuple[Any, ...]] = field(default_factory=list)

    removals: list[Removal] = field(default_factory=list)

    def place(self, entry: Entry, frontier: Frontier) -> tuple[int, str]:
        """Give the entry its position and put its rows into the group; returns position and leaf hash in hex."""
        body = entry.body
        position = body.position = frontier.size
        text = canonical(body)
        leaf = leaf_hash(text)
        if isinstance(body, Removal):
            self.removals.append(body)
        kinds = (isinstance(body, Removal), isinstance(body, Act))
        self.records.append((position, body.record, *kinds, leaf, text.decode()))
        for piece in entry.contents:
            self.contents.append((position, piece.item, piece.document, piece.salt, piece.content))
        if (tile := frontier.append(leaf)) is not None:
            self.tiles.append((position // TILE, tile))
        return position, leaf.hex()


class Appender:
    """The writer of an agency's log within this process; other processes have their own."""

    def __init__(
        self, database: Database, agency: Agency, key: SigningKey, keepsakes: Keepsakes, counters: Counters
    ) -> None:
        self._database = database
        self._agency = agency
        self._key = key
        self._keepsakes = keepsakes
        self._counters = counters
        self._size = 0  # the largest size that this process has seen: the log must never be smaller

    async def append(self, entries: list[Entry]) -> list[Receipt | None]:
        """Append the entries in one commit; None for one whose journal row another process had taken.

        Raises:
            LedgerUnavailable: this log must not be gone on with.
            StorageUnavailable: the database does not answer, or has no room.
        """
        placed: dict[Any, tuple[int, str]] = {}
        group = _Group()
        async with self._database.agency(self._agency) as connection:
            frontier = await self._lock(connection)
            lost = await journal.take(connection, entries)
            for entry in entries:
                record = entry.body.record
                if record not in lost and record not in placed:  # were it here twice, it would still get one leaf
                    placed[record] = group.place(entry, frontier)
            if placed:
                note = self._sign(frontier)
                await self._write(connection, group, frontier, note)
        if placed:
            self._keepsakes.keep(self._agency.slug, note)
        self._size = frontier.size
        self._counters.records += len(placed)
        self._counters.groups += 1
        return [self._receipt(entry, placed.pop(entry.body.record, None), frontier.size) for entry in entries]

    def _receipt(self, entry: Entry, place: tuple[int, str] | None, size: int) -> Receipt | None:
        if place is None:
            return None
        position, leaf = place
        return Receipt(
            record=entry.body.record, agency=self._agency.slug, leaf_hash=leaf, position=position, tree_size=size
        )

    async def _lock(self, connection: AsyncConnection[Any]) -> Frontier:
        """Lock the log until the commit, and return its frontier."""
        async with connection.pipeline():
            await connection.execute(
                "SELECT set_config('synchronous_commit', 'on', true) AS safe,"
                " set_config('lock_timeout', %s, true) AS lock",
                [f"{LOCK_PATIENCE}s"],
            )
            rows = await connection.execute("SELECT size, frontier, key_id FROM ledger_heads FOR UPDATE")
        head = await rows.fetchone() or await self._first(connection)
        self._same_log(head)
        return Frontier.unpack(head.size, head.frontier)

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

    def _sign(self, frontier: Frontier) -> str:
        return self._key.sign(Checkpoint(self._key.public.origin(self._agency.slug), frontier.size, frontier.root()))

    async def _write(self, connection: AsyncConnection[Any], group: _Group, frontier: Frontier, note: str) -> None:
        async with connection.pipeline():
            await connection.execute(
                "INSERT INTO ledger_records (position, record, removal, act, leaf_hash, body)"
                " SELECT * FROM unnest("
                "%b::bigint[], %b::uuid[], %b::boolean[], %b::boolean[], %b::bytea[], %b::text[])",
                columns(group.records),
            )
            if group.contents:
                await connection.execute(
                    "INSERT INTO ledger_contents (position, item, document, salt, content)"
                    " SELECT * FROM unnest(%b::bigint[], %b::text[], %b::uuid[], %b::bytea[], %b::bytea[])",
                    columns(group.contents),
                )
            if group.tiles:
                await connection.execute(
                    "INSERT INTO ledger_tiles (tile, hash) SELECT * FROM unnest(%b::bigint[], %b::bytea[])",
                    columns(group.tiles),
                )
            await connection.execute(
                "INSERT INTO ledger_checkpoints (size, note) VALUES (%s, %s)", [frontier.size, note]
            )
            await connection.execute(
                "UPDATE ledger_heads SET size = %b, frontier = %b", [frontier.size, frontier.pack()]
            )
            for removal in group.removals:
                await _remove(connection, removal)


async def _remove(connection: AsyncConnection[Any], removal: Removal) -> None:
    """Delete the content that a removal names, in the transaction that records it."""
    await connection.execute(
        "DELETE FROM ledger_contents WHERE document = ANY(%s)"
        " OR position IN (SELECT position FROM ledger_records WHERE record = ANY(%s))",
        [list(removal.documents), list(removal.records)],
    )
