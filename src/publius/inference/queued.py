"""The queue before an engine that runs elsewhere: it is sent so many requests at once and no more."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import msgspec

from publius.errors import AnswerTooSlow, WaitedTooLong
from publius.inference.engine import Engine, Finish, Health, Piece, Request
from publius.inference.fairness import READING, WRITING, FairQueue, Ticket
from publius.inference.load import Durations, Load
from publius.inference.waiting import Turnover, WaitingLimits

_BYTES_PER_TOKEN = 4  # Of a prompt, until the engine has counted it.


class _Place:
    """What waits: a future that is done when the turn has come, and the prompt's tokens as far as they are known."""

    def __init__(self, request: Request) -> None:
        self.turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        said = [message.content for message in request.messages] + [request.prompt or ""]
        self.tokens = sum(map(len, said)) // _BYTES_PER_TOKEN


class QueuedEngine:
    """Another engine with `slots` places. Whose turn it is stands in `Request.priority` too: lower is sooner."""

    def __init__(self, engine: Engine, slots: int, limits: WaitingLimits) -> None:
        self._engine = engine
        self._slots = slots
        self._limits = limits
        self._queue: FairQueue[_Place] = FairQueue()
        self._turnover = Turnover(limits)
        self._waited = Durations()
        self._running = 0

    @property
    def name(self) -> str:
        return self._engine.name

    @property
    def weights(self) -> str:
        return self._engine.weights

    @property
    def context(self) -> int:
        return self._engine.context

    @property
    def grounded_tokens(self) -> int:
        return self._engine.grounded_tokens

    async def start(self) -> None:
        """See `Engine.start`."""
        await self._engine.start()

    async def stop(self) -> None:
        """See `Engine.stop`."""
        await self._engine.stop()

    async def health(self) -> Health:
        """See `Engine.health`."""
        return await self._engine.health()

    async def load(self) -> Load:
        """The engine's own, and who waits here."""
        load = await self._engine.load()
        return msgspec.structs.replace(load, waiting=self._queue.waiting(), waited=self._waited)

    async def count(self, texts: Sequence[str]) -> list[int]:
        """See `Engine.count`."""
        return await self._engine.count(texts)

    async def generate(self, request: Request) -> AsyncGenerator[Piece | Finish, None]:
        """See `Engine.generate`.

        Raises:
            QueueFull, EngineFull: too many wait; WaitedTooLong, AnswerTooSlow: it took too long.
        """
        began = time.monotonic()
        ticket = await self._turn(request, began)
        request = msgspec.structs.replace(request, priority=ticket.priority)
        try:
            async with (
                asyncio.timeout_at(asyncio.get_running_loop().time() + self._limits.answer) as deadline,
                aclosing(self._engine.generate(request)) as pieces,
            ):
                async for piece in pieces:
                    self._charge(ticket, piece)
                    yield piece
        except TimeoutError:
            if not deadline.expired():
                raise
            raise AnswerTooSlow(f"The answer was not whole after {self._limits.answer:.0f} seconds.") from None
        finally:
            self._running -= 1
            self._admit()

    def _charge(self, ticket: Ticket[_Place], piece: Piece | Finish) -> None:
        if isinstance(piece, Piece):
            self._queue.charge(ticket, WRITING * piece.tokens)
        elif piece.usage.prompt_tokens:  # what the prompt really was, its cached tokens refunded
            read = piece.usage.prompt_tokens - piece.usage.cached_tokens
            self._queue.charge(ticket, READING * (read - ticket.item.tokens))

    async def _turn(self, request: Request, began: float) -> Ticket[_Place]:
        """Wait for a place."""
        self._turnover.check(began, self._queue, request.agency)
        place = _Place(request)
        ticket = self._queue.add(place, agency=request.agency, user=request.user, weight=request.weight)
        self._admit()
        taken = False
        try:
            async with asyncio.timeout(self._limits.wait):
                await place.turn
            taken = True
        except TimeoutError:
            now = time.monotonic()
            raise WaitedTooLong(
                f"The request waited {self._limits.wait:.0f} seconds for its turn.",
                retry_after=self._turnover.seconds(now, len(self._queue)),
            ) from None
        finally:
            self._queue.remove(ticket)
            if not taken and place.turn.done() and not place.turn.cancelled():
                self._running -= 1  # It left in the moment in which its turn came.
                self._admit()
        self._turnover.admitted(time.monotonic(), request.agency)
        self._waited.add(time.monotonic() - began)
        return ticket

    def _admit(self) -> None:
        while self._running < self._slots and (ticket := self._queue.next()):
            if ticket.item.turn.done():  # Its reader has gone in this very moment.
                self._queue.remove(ticket)
                continue
            self._queue.admit(ticket, ticket.item.tokens)
            self._running += 1
            ticket.item.turn.set_result(None)
