"""Asks together what is asked at once: what arrives while one group is being asked makes up the next.

So under load one transaction answers many requests, and a lone request never waits for others. Each item is asked
for after it has arrived, so that nothing is answered from memory.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import psycopg

from publius.errors import PubliusError, StorageUnavailable
from publius.types import Agency

Item = TypeVar("Item")
Result = TypeVar("Result")

GROUP = 256  # items in one transaction


class Grouping(Generic[Item, Result]):
    """Hands the items of one agency at a time to `work`, which gives a result, or a refusal, for each."""

    def __init__(self, work: Callable[[Agency, list[Item]], Awaitable[Sequence[Result | PubliusError]]]) -> None:
        self._work = work
        self._waiting: dict[Agency, list[tuple[Item, asyncio.Future[Result]]]] = {}
        self._tasks: dict[Agency, asyncio.Task[None]] = {}

    async def ask(self, agency: Agency, item: Item) -> Result:
        """The result for this item. A cancelled caller does not take it back.

        Raises:
            PubliusError: what `work` refused it with, or the whole group.
        """
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(agency, []).append((item, future))
        if agency not in self._tasks:
            self._tasks[agency] = asyncio.create_task(self._drain(agency))
        return await future

    async def _drain(self, agency: Agency) -> None:
        waiting = self._waiting[agency]
        try:
            while waiting:
                group = waiting[:GROUP]
                del waiting[:GROUP]
                await self._settle(agency, group)
        finally:  # a group that ended in a fault leaves the next ones to another task
            del self._tasks[agency]
            if waiting:
                self._tasks[agency] = asyncio.create_task(self._drain(agency))
            else:
                del self._waiting[agency]

    async def _settle(self, agency: Agency, group: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        results: Sequence[Result | PubliusError] = []
        failure: PubliusError = StorageUnavailable("The database did not answer.")
        try:
            results = await self._work(agency, [item for item, _ in group])
        except PubliusError as error:
            failure = error
        except psycopg.Error as error:
            failure.__cause__ = error
        finally:  # whatever happened, nobody is left waiting
            for at, (_, future) in enumerate(group):
                result = results[at] if results else failure
                if future.done():
                    continue
                if isinstance(result, PubliusError):
                    future.set_exception(result)
                else:
                    future.set_result(result)
