"""The promise: by the clock each source is run when its time has come, and a slow or broken one holds up no other."""

import asyncio

import pytest
from tests.building.sources.site import Site, add, names, run

from publius.api import clock
from publius.application import Application
from publius.errors import NotFound
from publius.retrieval.sources import PRESENCE, claiming
from publius.types import Agency, Principal, Role


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


async def test_a_run_whose_server_is_gone_is_taken_up_again_and_not_for_ever(
    building: Application, education: Agency, site: Site
) -> None:
    sources = building.sources
    await add(building, education, site.address)
    await sources.want(education, "user:1", "site")

    async def taken() -> bool:
        """By a server that then dies: its number is gone with it."""
        async with building.database.presence(PRESENCE) as presence:
            found = await sources.due(education, presence)
            assert await sources.due(education, presence, [each.id for each in found]) == (), "while it lives, once"
            return bool(found)

    assert await taken() and (await sources.open(education, "site")).begun_at
    for _ in range(claiming.MOST_LOSSES - 1):
        assert await taken()
    assert not await taken()
    shown = await sources.open(education, "site")
    assert shown.begun_at is None and "broke off" in shown.failure
    await sources.want(education, "user:1", "site")
    assert await taken(), "somebody may ask for it anew"


async def test_one_that_breaks_off_in_a_server_that_lives_does_not_run_for_ever_either(
    building: Application, education: Agency
) -> None:
    await building.sources.add(education, "user:1", "site", "https://agency.gov/", kind="web", every_minutes=60)
    async with building.database.presence(PRESENCE) as presence:
        assert await building.sources.due(education, presence)
        assert await building.sources.due(education, presence, busy=[]), "it does not run there any more"
        await building.sources.pause(education, "user:1", "site")
        assert not await building.sources.due(education, presence, busy=[])
    shown = await building.sources.open(education, "site")
    assert shown.begun_at is None and "broke off" in shown.failure


async def test_the_end_of_a_server_hands_its_run_to_the_next(
    building: Application, education: Agency, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "EVERY", 0.05)
    site.slow.add("/robots.txt")
    await add(building, education, site.address)
    await building.sources.want(education, "user:1", "site")
    async with clock.running(building), asyncio.timeout(30):
        while not site.asked:
            await asyncio.sleep(0.05)
    shown = await building.sources.open(education, "site")
    assert shown.begun_at is None and shown.wanted, "as if it had not begun"


async def test_what_waits_to_be_read_is_not_asked_for_again(
    building: Application, education: Agency, site: Site
) -> None:
    for page in ("/a", "/b"):
        site.html(page, f"This is {page}.", ETag='"1"')
    site.map("/a", "/b")
    await add(building, education, site.address)
    source = await building.sources.open(education, "site")
    assert (await building.run_source(education, source)).changed == 2
    assert (await building.run_source(education, source)).changed == 0, "nothing has read them yet"
    assert site.headers[-1]["If-None-Match"] == '"1"'
    site.map("/a")
    assert (await building.run_source(education, source)).vanished == [], "of what is not here yet"
    done = await run(building, education)
    assert [name for _, name in done.vanished] == [] and len(await names(building, education)) == 2
    assert len((await building.run_source(education, source)).vanished) == 1


async def test_a_source_that_is_removed_while_it_runs_brings_nothing_more(
    building: Application, education: Agency, site: Site
) -> None:
    for page in ("/a", "/b"):
        site.html(page, f"This is {page}.")
    site.map("/a", "/b")
    await add(building, education, site.address)
    by = Principal("user:1", "Ada", education, Role.ADMINISTRATOR)
    source = await building.sources.open(education, "site")
    await building.run_source(education, source)
    site.html("/b", "This has changed.")
    await building.run_source(education, source)  # so that two jobs wait, of which the source knows the last
    await building.remove_source(by, "site", documents=True)
    assert await building.jobs.list(education) == []
    site.html("/c", "This is new.")
    site.map("/c")
    with pytest.raises(NotFound, match="removed while"):
        await building.run_source(education, source)
    assert await names(building, education) == {} and await building.jobs.list(education) == []
