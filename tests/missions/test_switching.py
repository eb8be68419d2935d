"""The promise: an agency turns its missions on and off, and no other agency's with them."""

import psycopg
import pytest
from tests.missions import packs

from publius.missions import Missions, discover
from publius.missions.discovery import Found
from publius.missions.faults import MissionNotFound
from publius.settings import Settings
from publius.storage import Database
from publius.types import Agency


@pytest.fixture
def missions(database: Database, settings: Settings) -> Missions:
    packs.write(settings.home / "missions" / "education" / "gardens")
    return Missions(database, discover(settings))


async def on(missions: Missions, agency: Agency) -> list[str]:
    return [pack.id for pack in await missions.of(agency)]


async def test_on_and_off_is_for_one_agency(missions: Missions, education: Agency, state: Agency) -> None:
    await missions.turn(education, "student_aid", True, "user:ada")
    await missions.turn(education, "student_aid", True, "user:bob")  # is on already
    assert await on(missions, education) == ["student_aid"] and await on(missions, state) == []
    assert (await missions.turned_on(education))["student_aid"].by == "user:ada"
    assert [model.id for model in await missions.models(education)] == ["mission:student_aid"]
    await missions.turn(state, "student_aid", False, "user:eve")  # is off already
    assert await on(missions, education) == ["student_aid"]
    await missions.turn(education, "student_aid", False, "user:ada")
    assert await on(missions, education) == []


async def test_a_pack_of_one_agencys_folder_is_seen_by_it_alone(
    missions: Missions, education: Agency, state: Agency
) -> None:
    await missions.turn(education, "gardens", True, "user:ada")
    assert await on(missions, education) == ["gardens"]
    assert "gardens" not in missions.seen_by(state) and "gardens" not in missions.packs
    for wanted in (True, False):
        with pytest.raises(MissionNotFound) as foreign:
            await missions.turn(state, "gardens", wanted, "user:eve")
        with pytest.raises(MissionNotFound) as absent:
            await missions.turn(state, "nonsense", wanted, "user:eve")
        assert str(foreign.value).replace("gardens", "") == str(absent.value).replace("nonsense", "")
    with pytest.raises(MissionNotFound):
        await missions.pack(state, "gardens")


async def test_what_was_on_and_is_gone_can_be_turned_off(
    missions: Missions, database: Database, settings: Settings, education: Agency
) -> None:
    await missions.turn(education, "gardens", True, "user:ada")
    (settings.home / "missions" / "education" / "gardens" / "mission.toml").write_text("id = ")
    later = Missions(database, discover(settings))
    assert await on(later, education) == [] and [broken.id for broken in later.broken] == ["gardens"]
    assert "gardens" in await later.turned_on(education)
    await later.turn(education, "gardens", False, "user:ada")
    assert await later.turned_on(education) == {}


async def test_the_database_keeps_one_agencys_switches_from_another(
    missions: Missions, database: Database, education: Agency, state: Agency
) -> None:
    await missions.turn(education, "student_aid", True, "user:ada")
    async with database.agency(state) as connection:
        assert await (await connection.execute("SELECT * FROM agency_missions")).fetchall() == []
        assert (await connection.execute("DELETE FROM agency_missions")).rowcount == 0
    for attempt in (
        "INSERT INTO agency_missions (agency_id, mission, turned_on_by) VALUES (%s, 'gardens', 'user:eve')",
        "UPDATE agency_missions SET turned_on_by = 'user:eve' WHERE agency_id = %s",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with database.agency(state) as connection:
                await connection.execute(attempt, [education.id])
    assert await on(missions, education) == ["student_aid"]


async def test_a_pack_that_comes_while_the_server_runs_is_on_without_a_restart(
    database: Database, settings: Settings, education: Agency, state: Agency
) -> None:
    """`publius missions on` is another process: what it turns on, the server's own list does not know yet."""
    server = Missions(database, discover(settings), lambda: discover(settings))
    packs.write(settings.home / "missions" / "education" / "gardens")
    await Missions(database, discover(settings)).turn(education, "gardens", True, "user:ada")
    assert await on(server, education) == ["gardens"] and "gardens" not in server.seen_by(state)
    assert (await server.pack(education, "gardens")).id == "gardens"


async def test_the_page_turns_on_a_pack_that_came_while_the_server_runs(
    database: Database, settings: Settings, education: Agency
) -> None:
    server = Missions(database, discover(settings), lambda: discover(settings))
    packs.write(settings.home / "missions" / "education" / "gardens")
    await server.turn(education, "gardens", True, "user:ada")
    assert await on(server, education) == ["gardens"]


async def test_a_pack_that_is_gone_is_not_looked_for_at_each_request(
    database: Database, settings: Settings, education: Agency
) -> None:
    looked = []

    def look() -> Found:
        looked.append(1)
        return discover(settings)

    server = Missions(database, discover(settings), look)
    packs.write(folder := settings.home / "missions" / "education" / "gardens")
    await Missions(database, discover(settings)).turn(education, "gardens", True, "user:ada")
    (folder / "mission.toml").write_text("id = ")
    for _ in range(3):
        assert await on(server, education) == []
    assert len(looked) == 1 and [broken.id for broken in server.broken] == ["gardens"]
