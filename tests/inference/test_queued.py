"""The promise: before an upstream too, one agency's flood takes no other's turn, and who waits is told the truth."""

import asyncio
import time
from contextlib import aclosing

import pytest

from publius.errors import AnswerTooSlow, EngineFull, QueueFull, WaitedTooLong
from publius.inference.echo import EchoEngine
from publius.inference.engine import Piece, Request
from publius.inference.queued import QueuedEngine
from publius.inference.waiting import WaitingLimits
from publius.types import Message


def ask(agency: int, text: str = "one two three", user: str = "u") -> Request:
    return Request(messages=(Message("user", text),), salt=b"", max_tokens=50, agency=agency, user=user)


def queued(slots: int = 2, delay: float = 0.01, **limits: float) -> QueuedEngine:
    return QueuedEngine(EchoEngine(delay=delay), slots, WaitingLimits(**limits))  # type: ignore[arg-type]


async def whole(engine: QueuedEngine, request: Request) -> str:
    return "".join([piece.text async for piece in engine.generate(request) if isinstance(piece, Piece)])


async def waiting(engine: QueuedEngine) -> dict[int, int]:
    return dict((await engine.load()).waiting or {})


async def test_a_flood_does_not_take_anothers_turn() -> None:
    engine, order = queued(), list[int]()

    async def one(agency: int) -> None:
        await whole(engine, ask(agency))
        order.append(agency)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(30):
            tasks.create_task(one(1))
        await asyncio.sleep(0.02)
        tasks.create_task(one(2))
    assert order.index(2) < 8
    assert await waiting(engine) == {}


async def test_a_full_queue_and_a_full_share_are_refused_with_a_time() -> None:
    engine = queued(slots=1, delay=0.2, most=5, most_of_one=3)
    tasks = [asyncio.create_task(whole(engine, ask(agency))) for agency in (1, 1, 1, 1, 2, 2)]
    await asyncio.sleep(0.05)
    with pytest.raises(QueueFull) as share:
        await whole(engine, ask(1))
    with pytest.raises(EngineFull) as full:
        await whole(engine, ask(3))
    assert (share.value.retry_after or 0) >= 1 and (full.value.retry_after or 0) >= 1
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await waiting(engine) == {}
    assert await whole(engine, ask(3, "free")) == "You said: free"


async def test_who_waits_too_long_is_told_and_leaves_the_queue() -> None:
    engine = queued(slots=1, delay=0.2, wait=0.1)
    busy = asyncio.create_task(whole(engine, ask(1)))
    await asyncio.sleep(0.01)
    with pytest.raises(WaitedTooLong):
        await whole(engine, ask(2))
    assert await waiting(engine) == {}
    assert await busy


async def test_an_answer_that_takes_too_long_is_ended_and_frees_its_place() -> None:
    engine = queued(slots=1, delay=0.05, answer=0.12)
    with pytest.raises(AnswerTooSlow):
        await whole(engine, ask(1, "word " * 40))
    assert await asyncio.wait_for(whole(engine, ask(1, "")), 2) == "You said: "


async def test_a_reader_who_goes_frees_the_place_at_once() -> None:
    engine = queued(slots=1, delay=0.05)
    async with aclosing(engine.generate(ask(1, "word " * 40))) as pieces:
        await anext(pieces)
    begun = time.monotonic()
    await whole(engine, ask(2, ""))
    assert time.monotonic() - begun < 1
