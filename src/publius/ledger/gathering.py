"""Group commit: what arrives while one group is being written makes up the next.

So a lone item never waits for others, and under load one flush of the disk carries hundreds.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Generic, TypeVar

import psycopg

from publius.errors import LedgerUnavailable, PubliusError
from publius.ledger.body import Entry

GROUP = 256  # entries in one commit, so that building a group never holds the event loop for long
GROUP_BYTES = 16 << 20  # content in one commit
PATIENCE = 10.0  # seconds for one commit, after which its answers are refused

Result = TypeVar("Result")


class Gathering(Generic[Result]):
    """Hands entries to `write` in groups, one group at a time; None in its results is a refusal."""

    def __init__(self, write: Callable[[list[Entry]], Awaitable[Sequence[Result | None]]]) -> None:
        self._write = write
        self._waiting: deque[tuple[Entry, asyncio.Future[Result]]] = deque()
        self._task: asyncio.Task[None] | None = None

    def submit(self, entry: Entry) -> asyncio.Future[Result]:
        """Queue an entry. The future fails with LedgerUnavailable; cancelling it does not take the entry back."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return future

    async def drained(self) -> None:
        """Wait until all that was submitted is settled."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _drain(self) -> None:
        while self._waiting:
            group = list(self._next())
            futures = [future for _, future in group]
            cause: Exception | None = None
            try:
                async with asyncio.timeout(PATIENCE):
                    results = await self._write([entry for entry, _ in group])
                for future, result in zip(futures, results, strict=True):
                    if result is not None and not future.done():
                        future.set_result(result)
            except (PubliusError, psycopg.Error, OSError) as error:
                cause = error
            finally:  # whatever happened, nobody is left waiting
                for future in futures:
                    if not future.done():
                        future.set_exception(_refusal(cause))

    def _next(self) -> Iterator[tuple[Entry, asyncio.Future[Result]]]:
        room = GROUP_BYTES
        for _ in range(min(GROUP, len(self._waiting))):
            entry, future = self._waiting.popleft()
            yield entry, future
            room -= sum(len(piece.content) for piece in entry.contents)
            if room < 0:
                return


def _refusal(cause: Exception | None) -> LedgerUnavailable:
    if isinstance(cause, LedgerUnavailable):
        return LedgerUnavailable(cause.message, cure=cause.next_step)
    refusal = LedgerUnavailable("The record of this answer could not be written.")
    refusal.__cause__ = cause
    return refusal
