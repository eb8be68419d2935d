"""Takes waiting files, of one agency after the other, and reads them into the library.

A file is taken in one transaction and settled in the one that writes its document. Whoever takes it holds an advisory
lock of its own; when that is gone, so is the holder, and the file is taken again by whoever lives.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from typing import Any

import structlog

from publius.errors import PubliusError, RequestError, StorageUnavailable, UnreadableDocument
from publius.retrieval.jobs.queue import Jobs
from publius.retrieval.jobs.taking import Taken, Withdrawn, fail, give_back, settle, take
from publius.retrieval.library import Library
from publius.storage import Database
from publius.storage.database import Presence
from publius.types import Agency

AT_ONCE = 2  # files under way together in one server; answers want the processor too
REST = 2.0  # seconds after which it looks again, when nobody has told it of something to do
PATIENCE = 1.0  # seconds between one cancellation and the next

log = structlog.get_logger("publius.jobs")


class Worker:
    """The reader of jobs in one server, and the jobs themselves. Several servers on one database share the work."""

    def __init__(self, database: Database, library: Library) -> None:
        self._database = database
        self._library = library
        self._told = asyncio.Event()
        self.jobs = Jobs(database, self._told.set)
        self._last = 0  # the agency that had its turn last
        self._under_way: dict[asyncio.Task[None], Taken] = {}

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work for as long as this is open. What is under way at its end is given back, to be read later."""
        task = asyncio.create_task(self._forever())
        try:
            yield
        finally:
            # Cancelled until it is done: before Python 3.12 `wait_for`, which the driver uses, can lose a cancellation
            # that comes together with what it waits for, and then the server would never end.
            while not task.done():
                task.cancel()
                await asyncio.wait([task], timeout=PATIENCE)

    async def _forever(self) -> None:
        while True:
            try:
                async with self._database.presence("publius jobs") as presence:
                    await self._shift(presence)
            except StorageUnavailable as error:
                log.warning("jobs wait for the database", error=error.message)
            await asyncio.sleep(REST)

    async def _shift(self, presence: Presence) -> None:
        """Work under one number, until the database breaks off or the server ends."""
        try:
            while True:
                self._told.clear()
                while len(self._under_way) < AT_ONCE and (taken := await self._next(presence)):
                    self._under_way[asyncio.create_task(self._read(presence.number, taken))] = taken
                await self._rest()
        finally:
            left = list(self._under_way.items())
            self._under_way.clear()
            for task, _ in left:
                task.cancel()
            await asyncio.gather(*(task for task, _ in left), return_exceptions=True)
            with contextlib.suppress(StorageUnavailable):  # then they are taken from the dead
                for _, taken in left:
                    await give_back(self._database, presence.number, taken)

    async def _next(self, presence: Presence) -> Taken | None:
        """The next file of the next agency that has one."""
        living = await presence.living()
        busy = [taken.id for taken in self._under_way.values()]
        for agency in _after(self._last, await self._database.agencies_with_work()):
            if taken := await take(self._database, agency, presence.number, living, busy):
                self._last = agency.id
                return taken
        return None

    async def _read(self, holder: int, taken: Taken) -> None:
        async def settled(connection: Any, added: Any) -> None:
            await settle(connection, holder, taken, added)

        try:
            await self._library.add(
                taken.agency,
                taken.added_by,
                taken.name,
                taken.data,
                label=taken.label,
                origin=taken.origin,
                settle=settled,
            )
        except (RequestError, UnreadableDocument) as refusal:
            await fail(self._database, holder, taken, str(refusal))
        except Withdrawn:
            pass  # cancelled, or its document was removed, while it was being read

    async def _rest(self) -> None:
        """Until a file is done, or somebody has something to do, or it is time to look again."""
        told = asyncio.create_task(self._told.wait())
        await asyncio.wait([told, *self._under_way], timeout=REST, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        for task in [task for task in self._under_way if task.done()]:
            taken = self._under_way.pop(task)
            # It is taken again, since nobody has it in hand any more; the third time it fails.
            if error := task.exception():
                known = isinstance(error, PubliusError)
                log.error("a file of a job was not read", job=str(taken.job_id), exc_info=None if known else error)


def _after(last: int, agencies: Iterable[Agency]) -> list[Agency]:
    """Agencies in the order of their turns, beginning behind the one that had the last."""
    return sorted(agencies, key=lambda agency: (agency.id <= last, agency.id))
