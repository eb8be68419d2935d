"""The promise: a site is added, run, listed and forgotten at the terminal, and what is wrong is said in a sentence."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from tests.building.sources.site import Site, served
from tests.cli.conftest import Program

pytestmark = pytest.mark.slow  # starts whole programs


@pytest.fixture
def site() -> Iterator[Site]:
    """A site in a thread, while programs run."""
    up, over, kept = threading.Event(), asyncio.Event(), []

    async def serve() -> None:
        async with served() as site:
            kept.extend((site, asyncio.get_running_loop()))
            up.set()
            await over.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert up.wait(30)
    yield kept[0]
    kept[1].call_soon_threadsafe(over.set)
    thread.join(30)


def test_a_site_from_the_terminal(publius: Program, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.html("/travel", "A trip is asked for ten days before.")
    address = f"http://localhost:{site.port}"
    site.map("/travel", "/missing", host=address)
    where = ("--agency", "education")
    publius("sources", "add", "web", "rules", "ftp://agency.gov", *where, code=1)
    assert "https://" in publius.said
    publius("sources", "add", "web", "rules", site.address, *where, code=1)
    assert "not public" in publius.said
    added = publius.json("sources", "add", "web", "rules", address, "--pause", "0", *where)
    assert added["kind"] == "web" and added["settings"]["pages"] == 10_000
    publius("sources", "run", "rules", *where, code=1)
    assert "not public" in publius.said and "PUBLIUS_SOURCE_PRIVATE_HOSTS" in publius.said and not site.asked
    monkeypatch.setitem(publius.environment, "PUBLIUS_SOURCE_PRIVATE_HOSTS", "localhost")
    run = publius.json("sources", "run", "rules", *where)
    assert (run["found"], run["changed"]) == (2, 1) and "404" in run["refused"][0]["reason"]
    publius("sources", "run", "rules", *where)
    assert "2 found" in publius.said and "404" in publius.said
    listed = publius.json("sources", "list", *where)
    assert [(each["name"], each["refused"], each["failure"]) for each in listed] == [("rules", 1, "")]
    publius("sources", "remove", "rules", *where)
    assert publius.json("sources", "list", *where) == []
    publius("sources", "add", "ckan", "data", "https://catalog.data.gov", *where, code=1)
    assert "*:*" in publius.said
