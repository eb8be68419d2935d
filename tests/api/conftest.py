"""The whole building behind a real server on a loopback port, with the echo engine in it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
import uvicorn
from openai import AsyncOpenAI
from psycopg.conninfo import make_conninfo

from publius.api.protocol import BoundedProtocol
from publius.application import EMBEDDING_MODEL, Application, Storage, open_application
from publius.errors import SetupError
from publius.inference import weights
from publius.inference.catalog import read_catalog
from publius.inference.echo import EchoEngine
from publius.inference.engine import Request
from publius.settings import Settings
from publius.storage.migrate import role_name
from publius.types import Agency, Role
from publius.web import create_app

PASSWORD, TEMPLATE = "for-tests-alone", "template_publius"  # as tests/conftest.py makes them
Script = Callable[[object], str]


@pytest.fixture(scope="session")
def embedding_folder() -> Path:
    """Real weights of the encoder, as `make setup` leaves them; fetched if they are missing."""
    home = Path("~/.local/share/publius").expanduser()
    try:
        return weights.fetch(home / "models", read_catalog().model(EMBEDDING_MODEL))
    except SetupError as error:
        pytest.skip(f"no encoder here, and it cannot be fetched: {error}")


@pytest.fixture
def engine() -> EchoEngine:
    return EchoEngine()


@pytest.fixture
def seen() -> list[Request]:
    """What reached an engine made by `recorded.recording`."""
    return []


@pytest.fixture
async def app(
    settings: Settings, owner_address: str, engine: EchoEngine, embedding_folder: Path
) -> AsyncIterator[Application]:
    (settings.home / "models").mkdir(parents=True)
    (settings.home / "models" / EMBEDDING_MODEL).symlink_to(embedding_folder)
    storage = Storage(owner_address, make_conninfo(owner_address, user=role_name(TEMPLATE), password=PASSWORD))
    async with open_application(settings, storage, engine=engine) as opened:
        yield opened


@contextlib.asynccontextmanager
async def serving(app: Application) -> AsyncIterator[str]:
    """The address of a server for `app` on a free loopback port."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(app), http=BoundedProtocol, log_config=None, access_log=False, server_header=False, lifespan="on"
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve([listener]))
    try:
        while not server.started:
            await asyncio.sleep(0.005)
            assert not running.done(), "the server did not start"
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


@pytest.fixture
async def address(app: Application) -> AsyncIterator[str]:
    async with serving(app) as found:
        yield found


@pytest.fixture
async def key(app: Application, education: Agency) -> str:
    """A member's key of the agency education."""
    return (await app.identity.keys.create(education, "tests"))[0]


@pytest.fixture
async def administrator(app: Application, education: Agency) -> str:
    return (await app.identity.keys.create(education, "administration", Role.ADMINISTRATOR))[0]


@pytest.fixture
async def client(address: str, key: str) -> AsyncIterator[AsyncOpenAI]:
    """The official client, with a member's key."""
    async with AsyncOpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0) as opened:
        yield opened


@pytest.fixture
async def http(address: str, key: str) -> AsyncIterator[httpx.AsyncClient]:
    """Plain HTTP with a member's key, for what the official client would not send."""
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=30) as opened:
        yield opened
