"""The ledger that the walk writes to: one leaf a walk, refusals, errors and cancellations included."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID, uuid4

from msgspec import structs

from publius.errors import LedgerUnavailable, PubliusError, RequestError, StorageUnavailable
from publius.ledger import journal
from publius.ledger.appender import Appender, Counters
from publius.ledger.body import Act, Entry, Removal, content
from publius.ledger.gathering import Gathering
from publius.ledger.keepsake import Keepsakes
from publius.ledger.presence import Presence
from publius.ledger.record import Record
from publius.ledger.signing import SigningKey
from publius.ledger.verify import Outside
from publius.storage import Database
from publius.types import HIGHEST, Agency, Principal, Question, Receipt, Walked

PLATFORM = "platform"
RECOVER_EVERY = 300.0  # seconds

Watcher = Callable[[Walked], None]  # told of every walk once it is over; never waits and never raises


class Ledger:
    """Every agency's log. `home` holds the key (`keys/`), lock files and the newest checkpoints (`ledger/`)."""

    def __init__(self, database: Database, home: Path, watchers: Sequence[Watcher] = ()) -> None:
        self.counters = Counters()
        self.watchers = [*watchers]
        self.key = SigningKey.at(home / "keys")
        self._database = database
        self._presence = Presence(home / "ledger" / "writers")
        self._keepsakes = Keepsakes(home)
        self._appending: dict[int, Gathering[Receipt]] = {}  # by agency
        self._beginning: dict[int, Gathering[bool]] = {}
        self._platform: Agency | None = None
        self._live: set[UUID] = set()  # records that are open in this process
        self._tasks: set[asyncio.Task[Receipt]] = set()
        self._recovering: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Seal what crashed processes left open, now and every few minutes.

        Raises:
            StorageUnavailable: the database does not answer.
        """
        await self.recover()
        self._recovering = asyncio.create_task(self._recover_forever())

    async def close(self) -> None:
        """Finish what is being written, and leave."""
        if self._recovering is not None:
            self._recovering.cancel()
            await asyncio.wait([self._recovering])
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for log in self._appending.values():
            await log.drained()
        self._presence.close()

    def open(self, question: Question) -> "OpenWalk":
        """The record of one walk, as `async with ledger.open(question) as record`."""
        return OpenWalk(Record(question, self._append, self._begin), self._live, self.watchers)

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

    async def forget(self, agency: Agency, by: Principal, documents: Sequence[UUID]) -> Receipt | None:
        """Delete all content that was shown of these documents, or answered from them, and record that it was.

        None, and no record, where there is no such content. Prompts and drafts hold the text of passages, so the
        content of a record goes whole.

        Raises:
            LedgerUnavailable: it could not be written; nothing was deleted.
        """
        async with self._database.agency(structs.replace(agency, ceiling=HIGHEST)) as connection:
            rows = await connection.execute(
                "SELECT record FROM ledger_records WHERE agency_id = %(agency)s AND (position IN ("
                "SELECT position FROM ledger_contents WHERE document = ANY(%(documents)s))"
                " OR record IN (SELECT record FROM answers_from(%(documents)s)))",
                {"agency": agency.id, "documents": list(documents)},
            )
            records = [row.record for row in await rows.fetchall()]
        if not records:
            return None
        return await self.remove(agency, by, "A document was removed.", records=records, documents=documents)

    async def act(self, agency: Agency, who: str, act: str, subject: UUID, details: Mapping[str, Any]) -> Receipt:
        """Record what somebody did, before it takes hold. Nothing secret may be among the details.

        Raises:
            LedgerUnavailable: it could not be written, so it must not be done.
        """
        told = content("details", dict(details))
        body = Act(
            record=uuid4(),
            agency=agency.slug,
            when=datetime.now(UTC),
            who=who,
            act=act,
            subject=subject,
            details=told.commitment(),
        )
        return await self._append(agency, Entry(body, [told]))

    async def recover(self) -> int:
        """Seal as interrupted what no living process holds any more; returns how many.

        Raises:
            StorageUnavailable: the database does not answer.
        """
        gone = self._presence.gone()
        receipts: list[asyncio.Future[Receipt]] = []
        for agency in [*await self._database.agencies(), await self._platforms()]:
            begun = await journal.rows(self._database, agency)
            receipts += [self._log(agency).submit(row.entry) for row in begun if self._orphaned(row, gone)]
        settled = await asyncio.gather(*receipts, return_exceptions=True)
        sealed = sum(isinstance(receipt, Receipt) for receipt in settled)
        if sealed == len(settled):
            self._presence.forget(gone)
        self.counters.recovered += sealed
        return sealed

    def _orphaned(self, row: journal.Begun, gone: set[str]) -> bool:
        if row.writer == self._presence.name:
            return row.entry.body.record not in self._live
        return row.writer in gone or row.given_up

    def outside(self, agency: Agency) -> Outside:
        """What this machine keeps of an agency's log outside the database, for `verify_database`."""
        return Outside(notes=self._keepsakes.notes(agency.slug))

    async def _recover_forever(self) -> None:
        while True:
            await asyncio.sleep(RECOVER_EVERY)
            with contextlib.suppress(StorageUnavailable):  # then the next time
                await self.recover()

    async def _begin(self, agency: Agency | None, entry: Entry) -> None:
        """Write the journal row of a stream."""
        agency = await self._whose(agency)
        if agency.id not in self._beginning:
            write = partial(journal.write, self._database, agency, self._presence.name)
            self._beginning[agency.id] = Gathering(write)
        await self._beginning[agency.id].submit(entry)

    async def _append(self, agency: Agency | None, entry: Entry) -> Receipt:
        """Append to the agency's log, or the platform's. A cancelled caller does not take the record back."""
        task = asyncio.create_task(self._appended(agency, entry))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def _appended(self, agency: Agency | None, entry: Entry) -> Receipt:
        try:
            return await self._log(await self._whose(agency)).submit(entry)
        except LedgerUnavailable:
            self.counters.failures += 1
            raise
        finally:
            self._live.discard(entry.body.record)

    def _log(self, agency: Agency) -> Gathering[Receipt]:
        if agency.id not in self._appending:
            appender = Appender(self._database, agency, self.key, self._keepsakes, self.counters)
            self._appending[agency.id] = Gathering(appender.append)
        return self._appending[agency.id]

    async def _whose(self, agency: Agency | None) -> Agency:
        """The agency, or as long as nobody knows which, the platform's own."""
        try:
            return agency or await self._platforms()
        except StorageUnavailable as error:
            raise LedgerUnavailable("The record of this walk could not be written.") from error

    async def _platforms(self) -> Agency:
        if self._platform is None:
            self._platform = await self._database.agency_by_slug(PLATFORM)
        return self._platform


class OpenWalk:
    """Sees to it that a walk leaves exactly one leaf, however it ends. Lets every exception pass on."""

    def __init__(self, record: Record, live: set[UUID], watchers: Sequence[Watcher]) -> None:
        self._record = record
        self._live = live
        self._watchers = watchers

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
        finally:
            for watch in self._watchers:
                watch(self._record.walked())


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
