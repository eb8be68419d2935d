"""Engines of their own for agencies that share none: which engine serves whom, and for how long one is kept.

Who serves an agency is decided once for a walk, before anything of it is counted or read, so that no text of an
agency with an engine of its own ever reaches the shared one.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from publius.errors import EngineUnavailable, PubliusError
from publius.inference.engine import Engine, Finish, Health, Piece, Request
from publius.inference.load import Load, total
from publius.types import Grant

IDLE = 900.0  # Seconds after which an own engine that nothing is asked of is ended; the next request starts it again.

UNKEPT = "Agencies have engines of their own only where Publius runs Llama itself."
CURE = "Set PUBLIUS_ENGINE=embedded, or let it share: publius agency set SLUG --shared-engine."


class _Own:
    """One agency's engine: how many walks use it or wait until it is up, and when the last was over."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.users = 0
        self.used = time.monotonic()


class ExclusiveEngines:
    """The shared engine, and beside it one for each agency that has its own, made when it first asks.

    Args:
        make: an engine for the agency with this id, not started; starting one that is up must do nothing.
    """

    def __init__(self, shared: Engine, make: Callable[[int], Engine]) -> None:
        self.shared = shared
        self._make = make
        self._own: dict[int, _Own] = {}
        self._ended = Load()  # the totals of engines that were ended, so that no total ever falls by it
        self._watch: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return self.shared.name

    @property
    def weights(self) -> str:
        return self.shared.weights

    @property
    def context(self) -> int:
        return self.shared.context

    @property
    def grounded_tokens(self) -> int:
        return self.shared.grounded_tokens

    @asynccontextmanager
    async def own(self, agency: int) -> AsyncIterator[Engine]:
        """The agency's own engine, started or attached to if it was not. It is not ended inside.

        Raises:
            EngineUnavailable: it cannot start. The shared engine never stands in for it.
        """
        own = self._own.get(agency) or self._own.setdefault(agency, _Own(self._make(agency)))
        self._watch = self._watch or asyncio.create_task(self._end_idle())
        own.users += 1
        try:
            await _up(own.engine)
            yield own.engine
        finally:
            own.users -= 1
            own.used = time.monotonic()

    async def start(self) -> None:
        """The shared engine; own ones start when they are first asked."""
        await self.shared.start()

    async def stop(self) -> None:
        """All of them."""
        watch, self._watch = self._watch, None
        if watch:
            watch.cancel()
            await asyncio.wait([watch])
        engines = [self.shared, *(own.engine for own in self._own.values())]
        self._own.clear()
        await asyncio.gather(*(engine.stop() for engine in engines))

    async def health(self) -> Health:
        """The shared engine's: one agency's that is away makes the others no less ready. Says how the own ones are."""
        shared, *others = await asyncio.gather(*(engine.health() for engine in self._engines()))
        detail = shared.detail
        if others:
            up = sum(health.ready for health in others)
            detail += f" Beside it {up} of {len(others)} engines of single agencies are up."
        return Health(shared.ready, detail, sum(health.running for health in (shared, *others)))

    async def load(self) -> Load:
        """Of all of them together."""
        return total([self._ended, *await asyncio.gather(*(engine.load() for engine in self._engines()))])

    async def count(self, texts: Sequence[str]) -> list[int]:
        """By the shared engine; see `serving`."""
        return await self.shared.count(texts)

    def generate(self, request: Request) -> AsyncGenerator[Piece | Finish, None]:
        """By the shared engine; see `serving`."""
        return self.shared.generate(request)

    def _engines(self) -> list[Engine]:
        return [self.shared, *(own.engine for own in self._own.values())]

    async def _end_idle(self) -> None:
        """End what nobody wants any more: its agency shares again, is gone, or is silent."""
        while True:
            await asyncio.sleep(IDLE / 10)
            for agency, own in list(self._own.items()):
                health, load = await asyncio.gather(own.engine.health(), own.engine.load())
                if own.users or health.running:  # of another process, such as a command
                    own.used = time.monotonic()
                elif time.monotonic() - own.used > IDLE:
                    self._ended = total([self._ended, load]).totals()
                    del self._own[agency]
                    await own.engine.stop()


@asynccontextmanager
async def serving(engine: Engine, grant: Grant) -> AsyncIterator[Engine]:
    """The one of the engines that serves this grant, for everything that is counted or written for it.

    Raises:
        EngineUnavailable: the agency is to have its own, and that is not up, or this kind of engine has none.
    """
    if isinstance(engine, ExclusiveEngines):
        if grant.share.exclusive_engine:
            async with engine.own(grant.agency.id) as own:
                yield own
        else:
            yield engine.shared
    elif grant.share.exclusive_engine:
        raise EngineUnavailable(
            f"This agency is to have an engine of its own, and {engine.name} is shared. {UNKEPT}", cure=CURE
        )
    else:
        yield engine


async def _up(engine: Engine) -> None:
    try:
        await engine.start()
    except PubliusError as error:
        raise EngineUnavailable(
            f"This agency has an engine of its own, which is not up. {error.message}",
            cure=error.next_step,
            retry_after=error.retry_after or 5,
        ) from None


def own_engine_name(agency: int) -> str:
    """Of the socket, lock and log of an agency's engine; ids are never used again."""
    return f"engine-of-agency-{agency}"
