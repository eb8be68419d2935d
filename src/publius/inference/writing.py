"""One answer as an engine writes it, and several at once."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TypeVar

from msgspec import Struct

from publius.errors import EngineFailed
from publius.inference.engine import Engine, Finish, Piece, Request
from publius.inference.looping import Repetition, loops
from publius.types import Choice, Delta, FinishReason, TokenLogprob, ToolCall, Usage

Item = TypeVar("Item")


class Written(Struct, frozen=True):
    """A whole answer, and what it took; `number` is its place among the answers to the question."""

    number: int
    choice: Choice
    usage: Usage


async def written(
    engine: Engine, request: Request, pieces: AsyncGenerator[Piece | Finish, None], number: int, *, grounded: bool
) -> AsyncGenerator[Delta | Written, None]:
    """What the engine writes at this request as it comes, then the whole of it; `number` is the answer's.

    An answer that repeats itself is ended, unless it has to be a value of a schema: half of one is none.

    Raises:
        EngineFailed: the engine ended without finishing; see also `Engine.generate`.
    """
    text: list[str] = []
    calls: tuple[ToolCall, ...] = ()
    logprobs: list[TokenLogprob] = []
    tokens, repetition = 0, Repetition()
    async with aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, Finish):
                yield Written(number, _choice(text, piece.reason, calls, logprobs), piece.usage)
                return
            tokens += piece.tokens
            text.append(piece.text)
            calls += piece.calls
            logprobs += piece.logprobs
            if piece.text or piece.calls or piece.logprobs:
                yield _delta(piece, number)
            if request.form.schema is not None:
                continue
            # What is said again verification would drop; and a plain answer that loops never ends well.
            if repetition.feed(piece.text) if grounded else loops("".join(text)):
                usage = Usage(await _read(engine, request), tokens)
                yield Written(number, _choice(text, "stop", calls, logprobs), usage)
                return
    raise EngineFailed("The engine ended without finishing its answer.")


async def together(streams: Sequence[AsyncGenerator[Item, None]]) -> AsyncGenerator[Item, None]:
    """What several streams give, as it comes. If one breaks, or nobody reads on, all of them end."""
    if len(streams) == 1:  # The usual case needs no tasks.
        async with aclosing(streams[0]) as only:
            async for item in only:
                yield item
        return
    waiting = {asyncio.create_task(_next(stream)): stream for stream in streams}
    try:
        while waiting:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                stream = waiting[task]
                found = task.result()
                del waiting[task]
                if found is not None:
                    waiting[asyncio.create_task(_next(stream))] = stream
                    yield found
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for stream in streams:
            await stream.aclose()


async def _next(stream: AsyncGenerator[Item, None]) -> Item | None:
    return await anext(stream, None)


async def _read(engine: Engine, request: Request) -> int:
    texts = [message.content for message in request.messages] if request.prompt is None else [request.prompt]
    return sum(await engine.count(texts))


def _delta(piece: Piece, number: int) -> Delta:
    return Delta(text=piece.text, tokens=piece.tokens, choice=number, calls=piece.calls, logprobs=piece.logprobs)


def _choice(text: list[str], reason: FinishReason, calls: tuple[ToolCall, ...], logprobs: list[TokenLogprob]) -> Choice:
    return Choice(text="".join(text), finish_reason=reason, calls=calls, logprobs=tuple(logprobs))
