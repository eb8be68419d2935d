"""The promise at the door: a flood takes no other agency's turn, and who cannot be served is told when to come back."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

import pytest
from openai import APIStatusError, AsyncOpenAI, InternalServerError, RateLimitError
from tests.api.test_walls import outcomes

from publius.application import Application
from publius.inference.echo import EchoEngine
from publius.inference.queued import QueuedEngine
from publius.inference.waiting import WaitingLimits
from publius.types import Agency

LIMITS = WaitingLimits(most=24, most_of_one=20, wait=1.5, answer=2.5)
SLOTS, DELAY = 2, 0.01  # places in the engine, and seconds before each word that it writes

Speak = Callable[[str], AsyncOpenAI]


@pytest.fixture
def engine() -> QueuedEngine:
    return QueuedEngine(EchoEngine(delay=DELAY), SLOTS, LIMITS)


@pytest.fixture
async def speak(address: str) -> AsyncIterator[Speak]:
    """The official client with a key, without its own retries."""
    async with contextlib.AsyncExitStack() as stack:
        opened: list[AsyncOpenAI] = []

        def client(key: str) -> AsyncOpenAI:
            opened.append(AsyncOpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0))
            stack.push_async_callback(opened[-1].close)
            return opened[-1]

        yield client


@pytest.fixture
async def loud(app: Application, education: Agency, speak: Speak) -> AsyncOpenAI:
    return speak((await app.identity.keys.create(education, "tests"))[0])


@pytest.fixture
async def quiet(app: Application, state: Agency, speak: Speak) -> AsyncOpenAI:
    return speak((await app.identity.keys.create(state, "tests"))[0])


async def say(client: AsyncOpenAI, words: int) -> str:
    message = {"role": "user", "content": " ".join(["word"] * words)}
    said = await client.chat.completions.create(model="llama", messages=[message])  # type: ignore[list-item]
    return said.choices[0].message.content or ""


async def waiting(engine: QueuedEngine) -> int:
    return sum(((await engine.load()).waiting or {}).values())


async def until(engine: QueuedEngine, many: int) -> None:
    """Until so many wait."""
    async with asyncio.timeout(5):
        while await waiting(engine) != many:
            await asyncio.sleep(0.005)


async def gone(tasks: list["asyncio.Task[str]"]) -> list[str | BaseException]:
    for task in tasks:
        task.cancel()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_flood_does_not_take_another_agencys_turn(
    engine: QueuedEngine, loud: AsyncOpenAI, quiet: AsyncOpenAI
) -> None:
    flood = [asyncio.create_task(say(loud, 8)) for _ in range(20)]
    await until(engine, 20 - SLOTS)
    assert await say(quiet, 8)
    assert sum(task.done() for task in flood) < 10, "it did not wait for the whole flood"
    assert all(await asyncio.gather(*flood)), "and the flood is answered too"


async def test_an_agency_that_fills_its_share_gets_429_and_the_others_are_served(
    app: Application, engine: QueuedEngine, education: Agency, loud: AsyncOpenAI, quiet: AsyncOpenAI
) -> None:
    flood = [asyncio.create_task(say(loud, 100)) for _ in range(SLOTS + LIMITS.most_of_one)]
    await until(engine, LIMITS.most_of_one)
    with pytest.raises(RateLimitError) as refused:
        await say(loud, 1)
    assert refused.value.code == "queue_full"
    assert 1 <= int(refused.value.response.headers["retry-after"]) <= LIMITS.wait + 1
    assert await say(quiet, 1)
    await gone(flood)
    await until(engine, 0)
    assert "refused:queue_full" in await outcomes(app, education)


async def test_a_full_queue_is_503_with_a_time_to_come_back(
    engine: QueuedEngine, loud: AsyncOpenAI, quiet: AsyncOpenAI
) -> None:
    flood = [asyncio.create_task(say(loud, 100)) for _ in range(SLOTS + LIMITS.most_of_one)]
    await until(engine, LIMITS.most_of_one)
    flood += [asyncio.create_task(say(quiet, 100)) for _ in range(LIMITS.most - LIMITS.most_of_one)]
    await until(engine, LIMITS.most)
    with pytest.raises(InternalServerError) as refused:
        await say(quiet, 1)
    assert (refused.value.status_code, refused.value.code) == (503, "engine_full")
    assert int(refused.value.response.headers["retry-after"]) >= 1
    await gone(flood)


@pytest.mark.slow
async def test_who_waits_too_long_or_is_answered_too_slowly_is_told_so_and_recorded(
    app: Application, engine: QueuedEngine, education: Agency, loud: AsyncOpenAI
) -> None:
    slow = [asyncio.create_task(say(loud, 1000)) for _ in range(SLOTS)]
    while (await engine.health()).running != SLOTS:
        await asyncio.sleep(0.005)
    with pytest.raises(APIStatusError) as waited:
        await say(loud, 1)
    assert (waited.value.status_code, waited.value.body["code"]) == (503, "queue_deadline")  # type: ignore[index]
    assert int(waited.value.response.headers["retry-after"]) >= 1
    for answered in await asyncio.gather(*slow, return_exceptions=True):
        assert isinstance(answered, APIStatusError) and answered.status_code == 504
        assert answered.body["code"] == "answer_deadline"  # type: ignore[index]
    assert len(await outcomes(app, education)) == SLOTS + 1
    assert await say(loud, 1), "their places are free again"


async def test_who_hangs_up_leaves_the_queue_and_his_place(engine: QueuedEngine, loud: AsyncOpenAI) -> None:
    flood = [asyncio.create_task(say(loud, 200)) for _ in range(SLOTS + 6)]
    await until(engine, 6)
    await gone(flood)
    begun = time.monotonic()
    await until(engine, 0)
    assert await say(loud, 1)
    assert time.monotonic() - begun < 1, "the answers of 2 seconds that ran were ended too"
