"""Runs each source whose time has come; several at once, so that a site which answers slowly holds up nobody else's."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

import structlog

from publius.application import Application
from publius.errors import LedgerUnavailable, PubliusError, RequestError, StorageUnavailable
from publius.retrieval.sources import PRESENCE, Source
from publius.storage.database import Presence
from publius.types import Agency

EVERY = 10.0  # seconds between looks whether a source's time has come
AT_ONCE = 4  # sources that are run together
PATIENCE = 1.0  # seconds between one cancellation and the next

log = structlog.get_logger("publius.sources")


@asynccontextmanager
async def running(app: Application) -> AsyncIterator[None]:
    """Run sources for as long as this is open. What is under way at its end is taken up again by the next server."""
    clock = _Clock(app)
    task = asyncio.create_task(clock.forever())
    try:
        yield
    finally:
        while not task.done():  # as the worker of jobs ends, and for the same reason
            task.cancel()
            await asyncio.wait([task], timeout=PATIENCE)


class _Clock:
    def __init__(self, app: Application) -> None:
        self._app = app
        self._places = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[UUID, asyncio.Task[None]] = {}

    async def forever(self) -> None:
        while True:
            try:
                async with self._app.database.presence(PRESENCE) as presence:
                    await self._watch(presence)
            except StorageUnavailable as error:
                log.warning("sources wait for the database", error=error.message)
            await asyncio.sleep(EVERY)

    async def _watch(self, presence: Presence) -> None:
        """Look under one number, until the database breaks off or the server ends."""
        try:
            while True:
                for agency in await self._app.database.agencies_with_sources_due():
                    await self._look(agency, presence)
                await asyncio.sleep(EVERY)
        finally:
            left = list(self._under_way.values())
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _look(self, agency: Agency, presence: Presence) -> None:
        try:
            due = await self._app.sources.due(agency, presence, [*self._under_way])
        except LedgerUnavailable as error:
            log.warning("sources wait for the ledger", agency=agency.slug, error=error.message)
            return
        for source in due:
            self._under_way[source.id] = asyncio.create_task(self._run(agency, source, presence))
            self._under_way[source.id].add_done_callback(partial(self._done, source.id))

    async def _run(self, agency: Agency, source: Source, presence: Presence) -> None:
        try:
            async with self._places:
                await self._app.run_source(agency, source)
        except asyncio.CancelledError:
            with contextlib.suppress(StorageUnavailable):  # then it is taken from the dead
                await self._app.sources.let_go(agency, source, presence, again=True)
            raise

    def _done(self, source: UUID, task: asyncio.Task[None]) -> None:
        del self._under_way[source]
        error = None if task.cancelled() else task.exception()
        if error and not isinstance(error, RequestError):  # which is kept with the source, and shown in its list
            known = isinstance(error, PubliusError)
            log.error("a source was not run", source=str(source), exc_info=None if known else error)
