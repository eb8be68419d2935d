"""The promise: by the clock each source is run when its time has come, and a slow or broken one holds up no other."""

import asyncio

import pytest
from tests.building.sources.site import Site, names

from publius.api import clock
from publius.application import Application
from publius.types import Agency


async def test_a_slow_site_holds_up_no_other(
    building: Application, education: Agency, state: Agency, site: Site, other: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "EVERY", 0.05)
    site.slow.add("/robots.txt")
    other.map("/secret")
    for agency, name, address in (
        (education, "slow", site.address),
        (education, "none", "http://127.0.0.1:1/"),
        (state, "quick", other.address),
    ):
        await building.sources.add(agency, "user:1", name, address, kind="web", settings={"pause": 0}, every_minutes=1)
    async with building.worker.running(), clock.running(building), asyncio.timeout(60):
        while not await names(building, state):
            await asyncio.sleep(0.05)
        while not (await building.sources.open(education, "none")).failure:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)
    assert site.asked == ["/robots.txt"] and other.asked.count("/secret") == 1, "each is run once in its minute"
    assert (await building.sources.open(education, "slow")).found == 0, "and the end of the server ends the slow one"
