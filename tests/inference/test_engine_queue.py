"""The promise inside the real engine: a flood starves nobody, limits are told, and what was read is not read again."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest
from tests.inference.asking import ask, written

from publius.errors import AnswerTooSlow, QueueFull, WaitedTooLong
from publius.inference.catalog import CatalogModel
from publius.inference.embedded import EmbeddedEngine
from publius.inference.engine import Request
from publius.inference.waiting import WaitingLimits

pytestmark = pytest.mark.model

CACHE_GB = 0.05  # About 3,600 tokens: three of the long answers below, and the next one has to wait.


@asynccontextmanager
async def engine_with(home: Path, model: CatalogModel, **limits: float) -> AsyncIterator[EmbeddedEngine]:
    engine = EmbeddedEngine(model, home, CACHE_GB, WaitingLimits(**limits))  # type: ignore[arg-type]
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()


def long(number: int, agency: int = 1) -> Request:
    return ask(f"Story {number}: write a very long story about a river.", agency=agency, max_tokens=1000)


async def first_token(engine: EmbeddedEngine, request: Request) -> float:
    begun = time.monotonic()
    async with aclosing(engine.generate(request)) as stream:
        await anext(stream)
    return time.monotonic() - begun


async def waiting(engine: EmbeddedEngine, many: int) -> None:
    """Until so many wait."""
    async with asyncio.timeout(30):
        while sum(((await engine.load()).waiting or {}).values()) < many:
            await asyncio.sleep(0.02)


async def gone(tasks: list["asyncio.Task[object]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_flood_and_a_quiet_agency_are_both_answered(fresh_home: Path, small: CatalogModel) -> None:
    async with engine_with(fresh_home, small) as engine:
        words = "water permit budget notice " * 10
        flood = [asyncio.create_task(written(engine, ask(f"{n} {words}", agency=1, max_tokens=24))) for n in range(24)]
        await waiting(engine, 6)
        text, finish = await written(engine, ask(words, agency=2, max_tokens=8))
        assert text and finish.usage.completion_tokens
        assert sum(task.done() for task in flood) < 14, "the quiet agency did not wait for the flood"
        assert all(text for text, _ in await asyncio.gather(*flood))


async def test_what_the_queue_does_not_take_is_refused_and_the_rest_is_served(
    fresh_home: Path, small: CatalogModel
) -> None:
    async with engine_with(fresh_home, small, most=6, most_of_one=4) as engine:
        flood: list[asyncio.Task[object]] = []
        async with asyncio.timeout(60):
            while sum(((await engine.load()).waiting or {}).values()) < 4:
                flood.append(asyncio.create_task(written(engine, long(len(flood)))))
                await asyncio.sleep(0.3)
        with pytest.raises(QueueFull) as refused:
            await written(engine, long(99))
        assert refused.value.retry_after and 1 <= refused.value.retry_after <= 60
        assert await first_token(engine, ask(agency=2)) < 30
        await gone(flood)
        assert (await written(engine, ask()))[0], "those who left have freed their places"


async def test_deadlines_are_told_and_free_the_place(fresh_home: Path, small: CatalogModel) -> None:
    async with engine_with(fresh_home, small, wait=2, answer=8) as engine:
        running = [asyncio.create_task(written(engine, long(n))) for n in range(6)]
        ends = await asyncio.gather(*running, return_exceptions=True)
        waited = [end for end in ends if isinstance(end, WaitedTooLong)]
        assert waited and waited[0].retry_after
        assert any(isinstance(end, AnswerTooSlow) for end in ends)
        assert (await written(engine, ask()))[0]


async def test_a_prompt_that_was_read_before_is_answered_sooner_and_says_so(
    fresh_home: Path, small: CatalogModel
) -> None:
    async with engine_with(fresh_home, small) as engine:
        request = ask("Summarize: " + "the river law of the people " * 60, max_tokens=2)
        cold = await first_token(engine, request)
        warm = [await first_token(engine, request) for _ in range(3)]
        _, finish = await written(engine, request)
        assert finish.usage.cached_tokens >= finish.usage.prompt_tokens - 32
        assert min(warm) < cold / 2
        _, other = await written(engine, ask(request.messages[0].content, agency=2, salt=b"other", max_tokens=2))
        assert other.usage.cached_tokens == 0, "another agency has another salt, and reads it anew"
