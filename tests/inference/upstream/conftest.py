"""The server of the tests' own, and an engine that speaks to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from tests.inference.upstream.openai_server import Server

from publius.inference.catalog import CatalogModel
from publius.inference.upstream import UpstreamEngine


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    application = web.Application()
    application.add_routes([web.get("/v1/models", server.models), web.post("/v1/chat/completions", server.chat)])
    runner = web.AppRunner(application, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def engine(server: Server) -> AsyncIterator[UpstreamEngine]:
    engine = UpstreamEngine(server.url + "/v1/", "big", "secret")
    await engine.start()
    yield engine
    await engine.stop()


@pytest.fixture(scope="module")
def gguf(store: Path, small: CatalogModel) -> Path:
    return store / "models" / small.name / small.files[0].name
