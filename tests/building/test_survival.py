"""The promise: the engine may die under sixteen callers; the door stays open, and each of them is answered or told."""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import msgspec
import pytest
from tests.api.test_walls import outcomes
from tests.building.test_walk import APPEALS, member
from tests.inference.asking import ask
from tests.serving import serving

from publius.application import Application, open_application
from publius.inference import process
from publius.inference.connection import Connection
from publius.inference.embedded import EmbeddedEngine
from publius.inference.exclusive import ExclusiveEngines
from publius.settings import Settings
from publius.storage import Storage
from publius.types import Agency

pytestmark = [pytest.mark.model, pytest.mark.alone]

LONG = "Count from one to one hundred in words."
APPEAL = "How many days do I have to file an appeal?"


@pytest.fixture
def settings(settings: Settings, store: Any) -> Settings:
    (settings.home / "models").symlink_to(store / "models")
    return msgspec.structs.replace(settings, engine="embedded", engine_cache_gb=0.3)


@pytest.fixture
async def app(storage: Storage, settings: Settings) -> AsyncIterator[Application]:
    async with open_application(settings, storage) as opened:
        yield opened


@pytest.fixture
async def http(app: Application, education: Agency) -> AsyncIterator[httpx.AsyncClient]:
    """A member of education, at the door of a building with the real engine."""
    await app.retrieval.add(education, "user:1", "appeals.md", APPEALS)
    headers = {"Authorization": f"Bearer {(await app.identity.keys.create(education, 'tests'))[0]}"}
    async with serving(app) as address, client(address, headers) as opened:
        yield opened


def client(address: str, headers: dict[str, str]) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=address, headers=headers, timeout=180)


class Caller:
    """One request to `/v1/chat/completions` and what came of it."""

    def __init__(self, text: str, *, model: str = "llama", stream: bool = True, most: int = 160) -> None:
        message = {"role": "user", "content": text}
        self.body = {"model": model, "messages": [message], "max_tokens": most, "stream": stream}
        self.text = self.error = ""
        self.status = self.tokens = 0
        self.retry_after: str | None = None
        self.had_text = False  # when the engine was killed

    async def call(self, http: httpx.AsyncClient) -> "Caller":
        async with http.stream("POST", "/v1/chat/completions", json=self.body) as said:
            self.status, self.retry_after = said.status_code, said.headers.get("retry-after")
            if self.status != 200 or not self.body["stream"]:
                reply = json.loads(await said.aread())
                self.error = reply.get("error", {}).get("code", "")
                self.text = "" if self.error else reply["choices"][0]["message"]["content"]
                self.tokens = reply.get("usage", {}).get("total_tokens", 0)
                return self
            async for line in said.aiter_lines():
                if line.startswith("data: {"):
                    event = json.loads(line[6:])
                    self.error = event.get("error", {}).get("code", "")
                    for choice in event.get("choices", ()):
                        self.text += choice["delta"].get("content") or ""
        return self


async def test_killed_under_sixteen_callers(
    app: Application, http: httpx.AsyncClient, education: Agency, state: Agency
) -> None:
    key = (await app.identity.keys.create(state, "tests"))[0]
    others = {"Authorization": f"Bearer {key}"}
    streams = [Caller(f"{LONG} Begin at {number}.") for number in range(6)]
    grounded = [Caller(APPEAL, model="library", stream=number % 2 == 0) for number in range(4)]
    whole = [Caller(f"{LONG} Begin at {number}.", stream=False, most=64) for number in range(6)]
    pid = engine_of(app).pid
    assert pid
    async with client(str(http.base_url), others) as elsewhere:
        calls = [asyncio.create_task(each.call(http)) for each in (*streams, *grounded)]
        calls += [asyncio.create_task(each.call(elsewhere)) for each in whole]
        await until(lambda: all_have_begun(streams))
        over = asyncio.Event()
        watching = asyncio.create_task(watch(http, over))
        for each in (*streams, *grounded, *whole):
            each.had_text = bool(each.text) or each.status == 200
        os.kill(pid, signal.SIGKILL)
        killed = time.monotonic()
        await until(lambda: ready(http, pid, app))
        seconds = time.monotonic() - killed
        await asyncio.gather(*calls)
    over.set()
    worst = await watching

    for each in (*streams, *grounded, *whole):
        if each.had_text and each.body["stream"]:
            assert each.error == "engine_failed" or each in grounded, "who had text hears that it broke off"
        else:
            assert (each.status, each.error) == (200, "") and each.text, "who had nothing does not notice"
    assert any(each.error for each in streams) and worst < 5
    assert seconds < 30, "a wide margin: this machine may be busy"
    assert (await Caller("Say hello.", most=8).call(http)).text, "and the next is answered"

    everyone = await outcomes(app, education) + await outcomes(app, state)
    broken = sum(bool(each.error) for each in (*streams, *grounded))
    assert len(everyone) == 17, "each walk has its record, and one"
    assert everyone.count("error:engine_failed") == broken
    spent = await app.policy.usage(member(state))
    assert spent.tokens == sum(each.tokens for each in whole), "what was asked again is charged once"


async def test_a_request_that_ends_the_engine_is_refused_and_its_neighbours_are_not(
    storage: Storage, settings: Settings, education: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "WORKER", "tests.inference.poisoned_worker")
    async with open_application(settings, storage) as app, serving(app) as address:
        headers = {"Authorization": f"Bearer {(await app.identity.keys.create(education, 'tests'))[0]}"}
        async with client(address, headers) as http:
            deadly = Caller("DEADLY", stream=False)
            neighbours = [Caller(f"Say {word}.", stream=False, most=24) for word in ("yes", "no", "maybe")]
            await asyncio.gather(*(each.call(http) for each in (deadly, *neighbours)))
            assert (deadly.status, deadly.error) == (502, "engine_failed") and deadly.retry_after
            again = [Caller(f"Say {word}.", stream=False, most=24) for word in ("yes", "no", "maybe")]
            deadly = Caller("DEADLY", stream=False)
            await asyncio.gather(*(each.call(http) for each in (deadly, *again)))
            assert [each.status for each in again] == [200] * 3
            assert (deadly.status, deadly.error) == (422, "request_ends_engine")
            assert "refused:request_ends_engine" in await outcomes(app, education)
    async with open_application(settings, storage) as app, serving(app) as address, client(address, headers) as http:
        assert (await Caller("DEADLY", stream=True).call(http)).error == "request_ends_engine", "nor later"


@pytest.mark.parametrize("stream", [True, False])
async def test_who_hangs_up_frees_the_place_at_once(
    app: Application, http: httpx.AsyncClient, education: Agency, stream: bool
) -> None:
    calling = asyncio.create_task(Caller(LONG, stream=stream, most=1000).call(http))
    await until(lambda: running(app, 1))
    calling.cancel()
    left = time.monotonic()
    await until(lambda: running(app, 0))
    assert time.monotonic() - left < 2, "some steps of a busy machine"
    await until(lambda: recorded(app, education, "cancelled"))


async def test_a_client_of_the_engine_that_goes_frees_its_place(app: Application) -> None:
    connection = await Connection.open(process.socket_path(app.settings.home / "run"))
    assert connection
    stream = connection.generate(ask(max_tokens=4000))
    await anext(stream)
    await until(lambda: running(app, 1))
    await connection.close()
    await until(lambda: running(app, 0))


def engine_of(app: Application) -> EmbeddedEngine:
    assert isinstance(app.engine, ExclusiveEngines) and isinstance(app.engine.shared, EmbeddedEngine)
    return app.engine.shared


async def all_have_begun(streams: list[Caller]) -> bool:
    return all(each.text for each in streams)


async def ready(http: httpx.AsyncClient, killed: int, app: Application) -> bool:
    return (await http.get("/readyz")).status_code == 200 and engine_of(app).pid != killed


async def running(app: Application, number: int) -> bool:
    return (await app.engine.health()).running == number


async def recorded(app: Application, agency: Agency, outcome: str) -> bool:
    return outcome in await outcomes(app, agency)


async def watch(http: httpx.AsyncClient, over: asyncio.Event) -> float:
    """Asks the door again and again; gives the longest that it took, in seconds."""
    worst = 0.0
    while not over.is_set():
        for address in ("/healthz", "/sign-in"):
            begun = time.monotonic()
            assert (await http.get(address)).status_code == 200
            worst = max(worst, time.monotonic() - begun)
        await asyncio.sleep(0.05)
    return worst


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(6000):
        if await holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("not within a minute")
