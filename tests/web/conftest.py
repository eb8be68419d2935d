"""The pages on a real server, people who are signed in, and documents to ask about."""

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.serving import serving
from tests.web.people import FALSE, Come, Person

from publius.application import Application
from publius.inference.echo import EchoEngine, echo
from publius.inference.engine import Request
from publius.types import Agency, Role

LEAVE = b"""# Leave handbook

Staff may take twenty-five days of leave a year. Requests go to the duty officer five days ahead.

## Travel

The travel allowance is $310 a day. Receipts are handed in within thirty days.
"""


def script(request: Request) -> str:
    """The echo, and after it one sentence that no document bears out."""
    written = echo(request)
    return f"{written} {FALSE}" if request.messages[-1].content.startswith("Passages:") else written


@pytest.fixture
def engine() -> EchoEngine:
    return EchoEngine(script)


@pytest.fixture
async def address(building: Application) -> AsyncIterator[str]:
    """Where the pages are served, on a free loopback port."""
    async with serving(building) as found:
        yield found


@pytest.fixture
async def come(address: str, building: Application) -> AsyncIterator[Come]:
    """Let somebody in: `await come(agency, role)`; without an agency they are not signed in."""
    opened: list[httpx.AsyncClient] = []

    async def come(agency: Agency | None = None, role: Role = Role.MEMBER, name: str = "") -> Person:
        http = httpx.AsyncClient(base_url=address, timeout=30, verify=False)
        opened.append(http)
        if agency is None:
            return Person(http)
        username = name or f"{role}{len(opened)}"
        user = await building.identity.users.create(agency, username, name=username.title(), role=role)
        session = await building.identity.sessions.open(agency, user.id)
        http.cookies.set("publius", session)
        return Person(http, session)

    yield come
    for http in opened:
        await http.aclose()


@pytest.fixture
async def library(building: Application, education: Agency) -> str:
    """The id of the one document of the agency education."""
    added = await building.retrieval.add(education, "local:tests", "leave.md", LEAVE)
    return str(added.document_id)


@pytest.fixture
async def operator(come: Come, building: Application) -> Person:
    return await come(await building.database.agency_by_slug("platform"), Role.OPERATOR)
