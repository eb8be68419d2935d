"""The promise: who has documents fetched is on record with place and time, and nothing is fetched without it."""

import psycopg
import pytest
from tests.building.sources.site import Site, add, names, run

from publius.application import Application
from publius.errors import LedgerUnavailable, NotFound
from publius.ledger.acts import acts
from publius.ledger.inspection import verify_database
from publius.retrieval.sources import PRESENCE
from publius.types import Agency, Principal, Role

SECRET = "told-to-nobody-at-all"


async def test_each_act_is_on_record_and_no_secret_is(
    building: Application, education: Agency, state: Agency, owner_address: str
) -> None:
    by = Principal("user:7", "Ada", education, Role.ADMINISTRATOR)
    sources, bucket = building.sources, {"key": "reader", "secret": SECRET}
    await sources.add(education, "user:7", "laws", "https://s3.test/rules/", kind="bucket", settings=bucket)
    await sources.want(education, "key:8", "laws")
    async with building.database.presence(PRESENCE) as presence:
        assert [source.name for source in await sources.due(education, presence)] == ["laws"]
    await sources.pause(education, "user:7", "laws")
    await sources.resume(education, "user:7", "laws")
    await building.remove_source(by, "laws", documents=True)
    found = (await acts(building.database, education))[::-1]
    assert [(each.who, each.act) for each in found] == [
        ("user:7", "source-added"),
        ("key:8", "source-wanted"),
        ("clock", "source-run"),
        ("user:7", "source-paused"),
        ("user:7", "source-resumed"),
        ("user:7", "source-removed"),
    ]
    assert {each.subject for each in found} == {found[0].subject}
    assert all(each.details["address"] == "https://s3.test/rules/" for each in found)
    assert found[0].details["settings"] == {"key": "reader", "region": "us-east-1", "style": "path"}
    assert found[-1].details["documents"] is True
    assert SECRET not in repr(found)
    with psycopg.connect(owner_address) as connection:
        rows = connection.execute("SELECT convert_from(content, 'UTF8') FROM ledger_contents").fetchall()
        assert len(rows) == 6 and SECRET not in repr(rows) and "secret" not in repr(rows)
    assert (await verify_database(building.database, education, building.ledger.key.public)).whole
    for act in (sources.want, sources.pause, sources.resume, sources.remove):
        with pytest.raises(NotFound):
            await act(state, "user:9", "laws")
    assert await acts(building.database, state) == []


async def test_without_a_record_nothing_is_done_and_nothing_fetched(
    building: Application, education: Agency, site: Site, owner_address: str
) -> None:
    by = Principal("user:1", "Ada", education, Role.ADMINISTRATOR)
    site.html("/a", "This is a page.")
    site.map("/a")
    await add(building, education, site.address, every_minutes=1)
    await run(building, education)
    site.asked.clear()
    with psycopg.connect(owner_address, autocommit=True) as connection:
        connection.execute("UPDATE sources SET run_at = now() - interval '1 hour'")
        connection.execute("ALTER TABLE ledger_records ADD CONSTRAINT full_disk CHECK (position < 0) NOT VALID")
    before = await building.sources.open(education, "site")
    for change in (
        building.sources.add(education, "user:1", "more", site.address, kind="web"),
        building.sources.want(education, "user:1", "site"),
        building.sources.pause(education, "user:1", "site"),
        building.remove_source(by, "site", documents=True),
    ):
        with pytest.raises(LedgerUnavailable):
            await change
    async with building.database.presence(PRESENCE) as presence:
        with pytest.raises(LedgerUnavailable):
            await building.sources.due(education, presence)
        with pytest.raises(LedgerUnavailable):
            await building.sources.begin(education, "local:ada", "site", presence)
    assert await building.sources.list(education) == (before,) and not site.asked
    assert set(await names(building, education)) == {"a"}
