"""Callers who hang up: the engine stops for them, and the ledger says so."""

import asyncio

import httpx
import pytest
from tests.api.test_walls import outcomes

from publius.application import Application
from publius.inference.echo import EchoEngine
from publius.types import Agency

SLOW = {"model": "llama", "messages": [{"role": "user", "content": "word " * 200}]}


@pytest.fixture
def engine() -> EchoEngine:
    return EchoEngine(delay=0.05)


async def test_leaving_a_stream_ends_the_walk(
    app: Application,
    engine: EchoEngine,
    http: httpx.AsyncClient,
    education: Agency,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with http.stream("POST", "/v1/chat/completions", json=SLOW | {"stream": True}) as said:
        lines = said.aiter_lines()
        while "said" not in await anext(lines):
            pass
        assert (await engine.health()).running == 1
    assert await stopped(engine)
    assert await recorded(app, education) == ["cancelled"]
    assert not [line for line in caplog.records if line.name.startswith("uvicorn")], "it is no error of the server"


async def test_leaving_before_a_whole_answer_ends_the_walk(
    app: Application, engine: EchoEngine, http: httpx.AsyncClient, education: Agency
) -> None:
    with pytest.raises(httpx.ReadTimeout):
        await http.post("/v1/chat/completions", json=SLOW, timeout=1.0)
    assert await stopped(engine)
    assert await recorded(app, education) == ["cancelled"]


async def test_a_stream_is_cancelled_while_others_go_on(engine: EchoEngine, http: httpx.AsyncClient) -> None:
    short = {"model": "llama", "messages": [{"role": "user", "content": "word " * 20}], "stream": True}
    staying = asyncio.create_task(http.post("/v1/chat/completions", json=short))
    async with http.stream("POST", "/v1/chat/completions", json=SLOW | {"stream": True}) as said:
        await anext(said.aiter_lines())
    assert (await staying).text.rstrip().endswith("data: [DONE]")


async def stopped(engine: EchoEngine) -> bool:
    """Whether nothing is being written any more, within half a second."""
    for _ in range(50):
        if not (await engine.health()).running:
            return True
        await asyncio.sleep(0.01)
    return False


async def recorded(app: Application, agency: Agency) -> list[str]:
    """The agency's outcomes, as soon as there is one."""
    for _ in range(100):
        if found := await outcomes(app, agency):
            return found
        await asyncio.sleep(0.01)
    return []
