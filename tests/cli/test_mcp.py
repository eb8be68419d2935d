"""`publius mcp`: an assistant on the machine starts it and speaks with it over a pipe, with the official client."""

import shutil
import sys
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters
from tests.api.gardens import plant
from tests.cli.conftest import Program

pytestmark = pytest.mark.slow

ARGUMENTS = {"year": "2026-27", "beds": 2, "soil": "clay", "gardeners": []}


@pytest.fixture
def planted(publius: Program) -> Program:
    plant(publius.home, "education")
    publius("missions", "on", "garden", "--agency", "education")
    yield publius
    publius("missions", "off", "garden", "--agency", "education")
    shutil.rmtree(publius.home / "missions")


async def test_an_assistant_on_the_machine_computes_over_a_pipe(planted: Program) -> None:
    environment = {
        "PUBLIUS_HOME": str(planted.home),
        "PUBLIUS_ENGINE": "echo",
        "PATH": str(Path(sys.executable).parent),
    }
    words = ["-m", "publius.cli", "mcp", "--agency", "education"]
    async with Client(StdioServerParameters(command=sys.executable, args=words, env=environment)) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["garden__cost", "garden__nothing"]
        called = await client.call_tool("garden__cost", ARGUMENTS)
        refused = await client.call_tool("garden__cost", {})
    assert (called.is_error, called.structured_content["value"]) == (False, 2_400)
    assert refused.is_error and "year: This is needed" in refused.content[0].text
    assert "proved" in planted("ledger", "verify", "--agency", "education")


def test_an_agency_that_is_not_there_is_said_in_one_sentence(publius: Program) -> None:
    assert publius("mcp", "--agency", "nowhere", code=1) == ""
    assert "nowhere" in publius.said
