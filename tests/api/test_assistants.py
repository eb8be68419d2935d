"""Other assistants use the missions' tools by MCP, with the official client: what their key may, and nothing else."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.exceptions import MCPError
from tests.api.gardens import plant
from tests.api.test_missions import ARGUMENTS, leaves

from publius.application import Application
from publius.settings import Settings
from publius.types import Agency, Permission

COST = "garden__cost"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    plant(settings.home, "education")
    plant(settings.home, "state")
    return settings


@pytest.fixture(autouse=True)
async def turned_on(app: Application, education: Agency, state: Agency) -> None:
    """The garden is on in education, and off in state."""
    await app.missions.turn(education, "garden", True, "tests")


@asynccontextmanager
async def assistant(address: str, key: str, mode: str = "auto") -> AsyncIterator[Client]:
    async with (
        create_mcp_http_client(headers={"Authorization": f"Bearer {key}"}) as http,
        Client(streamable_http_client(f"{address}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_an_assistant_lists_and_calls_the_tools(
    app: Application, address: str, key: str, education: Agency, mode: str
) -> None:
    async with assistant(address, key, mode) as client:
        assert "Never guess an input" in (client.instructions or "")
        cost, nothing = (await client.list_tools()).tools
        assert (cost.name, cost.title, nothing.name) == (COST, "Gardens: Cost of a garden", "garden__nothing")
        assert cost.input_schema["required"] == ["year", "beds", "soil", "gardeners"]
        called = await client.call_tool(COST, ARGUMENTS)
    assert not called.is_error
    assert called.content[0].text.startswith("It costs $2,400.\nCost of a bed: 1,200")
    assert (called.structured_content["value"], called.structured_content["tool"]) == (2_400, "cost")
    [leaf] = await leaves(app, education)
    assert (leaf["door"], leaf["outcome"], leaf["model"]) == ("mcp", "answered", "mission:garden")
    assert leaf["record"] == called.structured_content["receipt"]["record"]


async def test_a_wrong_argument_is_said_so_that_an_assistant_can_mend_it(
    app: Application, address: str, key: str, education: Agency
) -> None:
    async with assistant(address, key) as client:
        called = await client.call_tool(COST, ARGUMENTS | {"beds": -3, "soil": "mud"})
    assert called.is_error
    assert called.content[0].text.splitlines() == [
        "beds: -3 is too small. Give a whole number from 1 to 99.",
        "soil: “mud” is not one of the answers. Choose one of: sand (Sand), clay (Clay).",
    ]
    assert called.structured_content["error"]["code"] == "invalid_inputs"
    assert [leaf["outcome"] for leaf in await leaves(app, education)] == ["refused:invalid_inputs"]


async def test_what_is_off_for_the_keys_agency_is_not_there(app: Application, address: str, state: Agency) -> None:
    key, _ = await app.identity.keys.create(state, "tests")
    async with assistant(address, key) as client:
        assert (await client.list_tools()).tools == []
        off, never = [await client.call_tool(name, ARGUMENTS) for name in (COST, "garten__cost")]
    assert off.is_error and never.is_error
    assert off.content[0].text.replace("garden", "garten") == never.content[0].text
    assert [leaf["outcome"] for leaf in await leaves(app, state)] == ["refused:model_not_found"] * 2


async def test_a_key_that_is_revoked_between_two_calls_ends_them(
    app: Application, address: str, key: str, education: Agency
) -> None:
    async with assistant(address, key) as client:
        assert not (await client.call_tool(COST, ARGUMENTS)).is_error
        [own] = await app.identity.keys.list(education)
        await app.identity.keys.revoke(education, own.id)
        with pytest.raises(MCPError, match="publius key create"):
            await client.call_tool(COST, ARGUMENTS)
    assert len(await leaves(app, education)) == 1


@pytest.mark.slow
def test_nobody_waits_for_the_sdk_who_needs_none() -> None:
    check = "import sys, publius.cli; sys.exit('mcp' in sys.modules or 'hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": COST, "arguments": ARGUMENTS}}
ACCEPT = {"Accept": "application/json, text/event-stream"}


async def test_nobody_comes_in_without_a_key_that_may_ask(app: Application, address: str, education: Agency) -> None:
    reads, _ = await app.identity.keys.create(education, "reads", scopes=frozenset({Permission.LIST_DOCUMENTS}))
    async with httpx.AsyncClient(base_url=address, headers=ACCEPT) as nobody:
        for token, status in (("", 401), ("Bearer pb-education-x", 401), (f"Bearer {reads}", 403)):
            said = await nobody.post("/mcp", json=CALL, headers={"Authorization": token})
            assert said.status_code == status, said.text
            assert (said.headers.get("www-authenticate") == "Bearer") == (status == 401)
        assert (await nobody.get("/mcp")).status_code == 405
        assert (await nobody.delete("/mcp")).status_code == 405


async def test_an_error_nobody_foresaw_says_nothing_of_the_inside(
    app: Application, address: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("at /secret/place")

    monkeypatch.setattr(type(app.missions), "of", broken)
    for version in ({}, {"MCP-Protocol-Version": "2025-06-18"}):
        async with httpx.AsyncClient(base_url=address, headers=ACCEPT | version) as http:
            said = await http.post("/mcp", json=CALL, headers={"Authorization": f"Bearer {key}"})
            assert "secret" not in said.text
            assert "Something went wrong on our side" in said.text


async def test_a_message_that_is_too_large_or_none_is_refused(app: Application, address: str, key: str) -> None:
    async with httpx.AsyncClient(base_url=address, headers=ACCEPT | {"Authorization": f"Bearer {key}"}) as http:
        assert (await http.post("/mcp", content=b"x" * (app.settings.max_body_mb * 1_000_000 + 1))).status_code == 413
        assert (await http.post("/mcp", content=b"{", headers={"Content-Type": "application/json"})).status_code == 400
