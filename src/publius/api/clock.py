"""Runs each source whose time has come; several at once, so that a site which answers slowly holds up nobody else's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

import structlog

from publius.application import Application
from publius.errors import PubliusError, RequestError, StorageUnavailable
from publius.retrieval.sources import Source
from publius.types import Agency

EVERY = 10.0  # seconds between looks whether a source's time has come
AT_ONCE = 4  # sources that are run together

log = structlog.get_logger("publius.sources")


@asynccontextmanager
async def running(app: Application) -> AsyncIterator[None]:
    """Run sources for as long as this is open. What a run has handed over by its end is read later all the same."""
    clock = _Clock(app)
    task = asyncio.create_task(clock.forever())
    try:
        yield
    finally:
        task.cancel()
        await clock.stop()


class _Clock:
    def __init__(self, app: Application) -> None:
        self._app = app
        self._places = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[UUID, asyncio.Task[None]] = {}

    async def forever(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                due = await self._app.sources.due()
            except StorageUnavailable as error:
                log.warning("sources wait for the database", error=error.message)
                continue
            for agency, source in due:
                if source.id not in self._under_way:  # one that takes longer than from one time to the next
                    self._under_way[source.id] = asyncio.create_task(self._run(agency, source))
                    self._under_way[source.id].add_done_callback(partial(self._done, source.id))

    async def stop(self) -> None:
        left = list(self._under_way.values())
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _run(self, agency: Agency, source: Source) -> None:
        async with self._places:
            await self._app.run_source(agency, source)

    def _done(self, source: UUID, task: asyncio.Task[None]) -> None:
        del self._under_way[source]
        error = None if task.cancelled() else task.exception()
        if error and not isinstance(error, RequestError):  # which is kept with the source, and shown in its list
            known = isinstance(error, PubliusError)
            log.error("a source was not run", source=str(source), exc_info=None if known else error)
