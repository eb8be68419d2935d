"""The promise: the database itself keeps agencies apart, whatever the code above it forgets."""

import psycopg
import pytest

from publius.errors import Conflict, InvalidRequest, NotFound
from publius.storage import Database, Owner
from publius.types import Agency

WALLED = """
    SELECT c.oid::regclass::text AS name, c.relrowsecurity AS on, c.relforcerowsecurity AS forced
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'agency_id'
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
"""


async def test_every_table_with_an_agency_has_its_wall_forced(database: Database, education: Agency) -> None:
    async with database.platform() as connection:
        tables = await (await connection.execute(WALLED)).fetchall()
    assert len(tables) >= 8
    assert [t.name for t in tables if not (t.on and t.forced)] == []


async def test_with_no_agency_set_there_are_no_rows(database: Database, education: Agency) -> None:
    await _fill(database, education)
    async with database.platform() as connection:
        found = await connection.execute("SELECT count(*) AS n FROM users")
        assert (await found.fetchone()).n == 0


async def test_a_forgotten_where_shows_only_ones_own(database: Database, education: Agency, state: Agency) -> None:
    await _fill(database, education)
    async with database.agency(state) as connection:
        assert (await (await connection.execute("SELECT count(*) AS n FROM users")).fetchone()).n == 0
    async with database.agency(education) as connection:
        assert (await (await connection.execute("SELECT count(*) AS n FROM users")).fetchone()).n == 1


async def test_nobody_writes_into_another_agency(database: Database, education: Agency, state: Agency) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with database.agency(state) as connection:
            await connection.execute(
                "INSERT INTO users (agency_id, username, name, role) VALUES (%s, 'eve', 'Eve', 'member')",
                [education.id],
            )


async def test_the_agency_does_not_stay_on_the_connection(database: Database, education: Agency) -> None:
    await _fill(database, education)
    for _ in range(20):  # more than the pool holds, so that connections are reused
        async with database.agency(education) as connection:
            await connection.execute("SELECT 1")
        async with database.platform() as connection:
            assert (await (await connection.execute("SELECT count(*) AS n FROM users")).fetchone()).n == 0


@pytest.mark.parametrize(
    "attempt",
    [
        "ALTER TABLE users DISABLE ROW LEVEL SECURITY",
        "DROP POLICY wall ON users",
        "CREATE TABLE mine (x int)",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "COPY users TO PROGRAM 'cat'",
        "INSERT INTO agencies (slug, name, rate_per_minute, tokens_per_day) VALUES ('x2', 'X', 1, 1)",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
async def test_the_application_cannot_lift_a_wall(database: Database, education: Agency, attempt: str) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedObject)):
        async with database.agency(education) as connection:
            await connection.execute(attempt)


async def test_the_role_owns_nothing_and_bypasses_nothing(database: Database) -> None:
    async with database.platform() as connection:
        role = await (
            await connection.execute(
                "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,"
                " (SELECT count(*) FROM pg_class WHERE relowner = r.oid) AS owned"
                " FROM pg_roles r WHERE rolname = current_user"
            )
        ).fetchone()
    assert tuple(role) == (False, False, False, False, 0)


async def test_a_deleted_agency_leaves_nothing(database: Database, owner: Owner, education: Agency) -> None:
    await _fill(database, education)
    owner.delete_agency("education")
    async with database.agency(education) as connection:
        assert (await (await connection.execute("SELECT count(*) AS n FROM users")).fetchone()).n == 0
    with pytest.raises(NotFound):
        await database.agency_by_slug("education")


def test_a_taken_or_impossible_slug_is_refused(owner: Owner, education: Agency) -> None:
    limits = {"rate_per_minute": 1, "tokens_per_day": 1}
    with pytest.raises(Conflict):
        owner.create_agency("education", "Again", **limits)
    for slug in ("", "A", "two words", "x' OR '1", "é" * 3, "x" * 40):
        with pytest.raises(InvalidRequest):
            owner.create_agency(slug, "Name", **limits)


async def _fill(database: Database, agency: Agency) -> None:
    async with database.agency(agency) as connection:
        await connection.execute("INSERT INTO users (username, name, role) VALUES ('ada', 'Ada', 'member')")
