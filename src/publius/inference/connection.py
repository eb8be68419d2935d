"""One connection to the engine process, shared by all requests of this process."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from publius.errors import (
    AnswerTooSlow,
    EngineFailed,
    EngineFull,
    EngineUnavailable,
    InvalidRequest,
    OverLimit,
    PromptTooLong,
    PubliusError,
    QueueFull,
    ServiceError,
    WaitedTooLong,
)
from publius.inference import wire
from publius.inference.engine import Finish, Piece, Request

_WELCOME = 5.0

_REFUSALS = (InvalidRequest, PromptTooLong, EngineUnavailable, EngineFull, QueueFull, WaitedTooLong, AnswerTooSlow)
_FAILURES: dict[str, type[PubliusError]] = {refusal.code: refusal for refusal in _REFUSALS}


class ConnectionLost(Exception):
    """The engine process has gone. Whoever asked decides whether asking again is safe."""


class Connection:
    """Made by `Connection.open`. Frames are given to the request whose id they carry."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, welcome: wire.Welcome) -> None:
        self.welcome = welcome
        self.alive = True
        self.told_goodbye = False
        self._reader = reader
        self._writer = writer
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Queue[wire.FromEngine | None]] = {}
        self._lost: Callable[[], None] = lambda: None
        self._task = asyncio.create_task(self._receive())

    @classmethod
    async def open(cls, socket: Path) -> "Connection | None":
        """Connect, or None if no engine serves on the socket."""
        with suppress(OSError, TimeoutError, wire.BadFrame):
            async with asyncio.timeout(_WELCOME):
                reader, writer = await asyncio.open_unix_connection(socket)
                welcome = await wire.read_frame(reader, _DECODER)
            if isinstance(welcome, wire.Welcome):
                return cls(reader, writer, welcome)
        return None

    def when_lost(self, call: Callable[[], None]) -> None:
        """Call this when the engine goes and it was not we who hung up; `told_goodbye` says whether it meant to."""
        self._lost = call

    async def close(self) -> None:
        """Hang up; the engine cancels what is under way."""
        self._lost = lambda: None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens in each text."""
        reply = await self._ask(lambda id: wire.Count(id, tuple(texts)))
        assert isinstance(reply, wire.Counts)
        return list(reply.counts)

    async def ping(self) -> wire.Pong:
        """How the engine is. Raises ConnectionLost or EngineFailed."""
        reply = await self._ask(wire.Ping)
        assert isinstance(reply, wire.Pong)
        return reply

    async def generate(self, request: Request) -> AsyncGenerator[Piece | Finish, None]:
        """Pieces, then a Finish. Closing it cancels.

        Raises:
            ConnectionLost: the engine went; PromptTooLong, EngineUnavailable, EngineFailed: it refused.
        """
        id, inbox = self._open_inbox()
        over = False
        try:
            await self._send(wire.Generate(id, request))
            while not over:
                match await self._next(inbox):
                    case wire.Text(_, text, tokens, calls, logprobs):
                        yield Piece(text, tokens, calls, logprobs)
                    case wire.End(_, reason, usage):
                        over = True
                        yield Finish(reason, usage)
                    case wire.Failure() as failure:
                        over = True
                        raise _error(failure)
        finally:
            del self._waiting[id]
            if not over and self.alive:
                self._writer.write(wire.pack(wire.Cancel(id)))

    async def _ask(self, make: Callable[[int], wire.ToEngine]) -> wire.FromEngine:
        id, inbox = self._open_inbox()
        try:
            await self._send(make(id))
            reply = await self._next(inbox)
        finally:
            del self._waiting[id]
        if isinstance(reply, wire.Failure):
            raise EngineFailed(reply.message)
        return reply

    def _open_inbox(self) -> tuple[int, asyncio.Queue[wire.FromEngine | None]]:
        if not self.alive:
            raise ConnectionLost
        id = next(self._ids)
        self._waiting[id] = asyncio.Queue()
        return id, self._waiting[id]

    async def _send(self, message: wire.ToEngine) -> None:
        frame = wire.pack(message)
        if len(frame) > wire.LARGEST_FRAME:
            raise PromptTooLong("The messages are too long for any model here.")
        try:
            self._writer.write(frame)
            await self._writer.drain()
        except ConnectionError:
            raise ConnectionLost from None

    async def _next(self, inbox: asyncio.Queue[wire.FromEngine | None]) -> wire.FromEngine:
        try:
            async with asyncio.timeout(self.welcome.silence):
                message = await inbox.get()
        except TimeoutError:
            raise EngineFailed(f"The engine has not answered for {self.welcome.silence:.0f} seconds.") from None
        if message is None:
            raise ConnectionLost
        return message

    async def _receive(self) -> None:
        try:
            while message := await wire.read_frame(self._reader, _DECODER):
                self.told_goodbye |= isinstance(message, wire.Goodbye)
                if inbox := self._waiting.get(message.id if not isinstance(message, wire.Welcome) else 0):
                    inbox.put_nowait(message)
        except wire.BadFrame:
            pass  # Whatever speaks there is not our engine: the same as if it had gone.
        finally:
            self.alive = False
            self._writer.close()
            for inbox in self._waiting.values():
                inbox.put_nowait(None)
            self._lost()


def _error(failure: wire.Failure) -> PubliusError:
    kind = _FAILURES.get(failure.code, EngineFailed)
    cure = failure.cure or None
    if issubclass(kind, OverLimit | ServiceError):
        return kind(failure.message, retry_after=failure.retry_after or 5, cure=cure)
    return kind(failure.message, cure=cure, param=failure.param)


_DECODER: msgspec.msgpack.Decoder[wire.FromEngine] = msgspec.msgpack.Decoder(wire.FromEngine)
