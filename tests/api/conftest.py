"""The whole building behind a real server on a loopback port, with the echo engine in it."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from openai import AsyncOpenAI
from tests.serving import serving

from publius.application import Application
from publius.inference.engine import Request
from publius.types import Agency, Role

Script = Callable[[object], str]


@pytest.fixture
def seen() -> list[Request]:
    """What reached an engine made by `recorded.recording`."""
    return []


@pytest.fixture
def app(building: Application) -> Application:
    return building


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
    # The loopback needs no certificates, and to load them takes longer than to ask.
    plain = httpx.AsyncClient(verify=False)
    async with AsyncOpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0, http_client=plain) as opened:
        yield opened


@pytest.fixture
async def http(address: str, key: str) -> AsyncIterator[httpx.AsyncClient]:
    """Plain HTTP with a member's key, for what the official client would not send."""
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=30, verify=False) as opened:
        yield opened
