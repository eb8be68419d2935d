"""The ledger that the walk writes to: one leaf a walk, refusals, errors and cancellations included."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg

from publius.errors import LedgerUnavailable, PubliusError, RequestError, StorageUnavailable
from publius.ledger.appender import Appender, Counters
from publius.ledger.body import Entry, Removal
from publius.ledger.presence import Presence
from publius.ledger.record import Record
from publius.ledger.signing import SigningKey
from publius.storage import Database
from publius.types import Agency, Principal, Question, Receipt

PLATFORM = "platform"
RECOVER_EVERY = 300.0  # seconds
ORPHANED = timedelta(days=1)  # a begun stream of a process on another machine is given up after this


class Ledger:
    """Every agency's log. `home` holds the key (`keys/`) and the lock file of this process (`ledger/`)."""

    def __init__(self, database: Database, home: Path) -> None:
        self.counters = Counters()
        self.key = SigningKey.at(home / "keys")
        self._database = database
        self._presence = Presence(home / "ledger")
        self._appenders: dict[int, Appender] = {}
        self._platform: Agency | None = None
        self._live: set[UUID] = set()  # records that are open in this process
        self._appending: set[asyncio.Task[Receipt]] = set()
        self._recovering: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Seal what crashed processes left open, now and every few minutes."""
        await self.recover()
        self._recovering = asyncio.create_task(self._recover_forever())

    async def close(self) -> None:
        """Finish what is being written, and leave."""
        if self._recovering is not None:
            self._recovering.cancel()
        await asyncio.gather(*self._appending, return_exceptions=True)
        self._presence.close()

    def open(self, question: Question) -> "OpenWalk":
        """The record of one walk, as `async with ledger.open(question) as record`."""
        return OpenWalk(Record(question, self._append, self._begin), self._live)

    async def remove(
        self,
        agency: Agency,
        by: Principal,
        reason: str,
        *,
        records: Sequence[UUID] = (),
        documents: Sequence[UUID] = (),
    ) -> Receipt:
        """Delete the content of these records, or of all passages of these documents, and record that it was.

        Raises:
            LedgerUnavailable: it could not be written; nothing was deleted.
        """
        body = Removal(
            record=uuid4(),
            agency=agency.slug,
            when=datetime.now(UTC),
            who=by.id,
            reason=reason,
            records=tuple(records),
            documents=tuple(documents),
        )
        return await self._append(agency, Entry(body))

    async def recover(self) -> int:
        """Seal as interrupted what no living process holds any more; returns how many.

        Raises:
            StorageUnavailable: the database does not answer.
            LedgerUnavailable: a record could not be written.
        """
        gone = self._presence.gone()
        sealed = 0
        for agency in [*await self._database.agencies(), await self._platforms()]:
            left = [entry for entry in await self._begun(agency) if self._orphaned(entry, gone)]
            receipts = [self._appender(agency).submit(_reopened(entry.entry)) for entry in left]
            settled = await asyncio.gather(*receipts, return_exceptions=True)
            sealed += sum(isinstance(receipt, Receipt) for receipt in settled)
        self._presence.forget(gone)
        self.counters.recovered += sealed
        return sealed

    async def _begun(self, agency: Agency) -> list[Any]:
        async with self._database.agency(agency) as connection:
            await connection.execute("DELETE FROM ledger_journal WHERE record IN (SELECT record FROM ledger_records)")
            rows = await connection.execute(
                "SELECT record, writer, entry, now() - began_at AS age FROM ledger_journal ORDER BY began_at"
            )
            return await rows.fetchall()

    def _orphaned(self, row: Any, gone: set[str]) -> bool:
        if row.writer == self._presence.name:
            return row.record not in self._live
        return row.writer in gone or row.age > ORPHANED

    async def _recover_forever(self) -> None:
        while True:
            await asyncio.sleep(RECOVER_EVERY)
            try:
                await self.recover()
            except (StorageUnavailable, LedgerUnavailable):
                self.counters.failures += 1

    async def _begin(self, agency: Agency | None, entry: Entry) -> None:
        """Write the journal row of a stream."""
        try:
            async with self._database.agency(agency or await self._platforms()) as connection:
                await connection.execute(
                    "INSERT INTO ledger_journal (record, writer, entry) VALUES (%s, %s, %b)",
                    [entry.body.record, self._presence.name, msgspec.msgpack.encode(entry)],
                )
        except (StorageUnavailable, psycopg.Error) as error:
            raise LedgerUnavailable("The record of this answer could not be begun.") from error

    async def _append(self, agency: Agency | None, entry: Entry) -> Receipt:
        """Append to the agency's log, or the platform's. A cancelled caller does not take the record back."""
        task = asyncio.create_task(self._appended(agency, entry))
        self._appending.add(task)
        task.add_done_callback(self._appending.discard)
        return await asyncio.shield(task)

    async def _appended(self, agency: Agency | None, entry: Entry) -> Receipt:
        try:
            agency = agency or await self._platforms()
            return await self._appender(agency).submit(entry)
        except StorageUnavailable as error:
            raise LedgerUnavailable("The record of this walk could not be written.") from error
        finally:
            self._live.discard(entry.body.record)

    def _appender(self, agency: Agency) -> Appender:
        if agency.id not in self._appenders:
            self._appenders[agency.id] = Appender(self._database, agency, self.key, self.counters)
        return self._appenders[agency.id]

    async def _platforms(self) -> Agency:
        if self._platform is None:
            self._platform = await self._database.agency_by_slug(PLATFORM)
        return self._platform


class OpenWalk:
    """Sees to it that a walk leaves exactly one leaf, however it ends. Lets every exception pass on."""

    def __init__(self, record: Record, live: set[UUID]) -> None:
        self._record = record
        self._live = live

    async def __aenter__(self) -> Record:
        self._live.add(self._record.id)
        return self._record

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not self._record.sealed:
                await self._record.close(outcome(error))
        except LedgerUnavailable:
            # A caller who is gone cannot be told; everybody else hears that nothing could be recorded.
            if error is None or isinstance(error, Exception):
                raise


def outcome(error: BaseException | None) -> str:
    """How a walk that was not sealed ended."""
    match error:
        case RequestError():
            return f"refused:{error.code}"
        case PubliusError():
            return f"error:{error.code}"
        case Exception() | None:
            return "error:internal_error"
        case _:
            return "cancelled"


def _reopened(entry: bytes) -> Entry:
    """The entry of a journal row, ready to be sealed as interrupted."""
    reopened = msgspec.msgpack.decode(entry, type=Entry)
    reopened.journaled = True
    return reopened
