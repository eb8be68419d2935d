"""The promise: any PostgreSQL with pgvector will do, and its owner need not be a superuser."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from publius.errors import MigrationFailed
from publius.settings import Settings, read
from publius.storage import Database, Owner, migrate, storage_ready


@pytest.fixture
def given(server: str) -> Iterator[str]:
    """The URL of an empty database whose owner may make roles, and nothing more."""
    with psycopg.connect(make_conninfo(server, dbname="postgres"), autocommit=True) as connection:
        connection.execute("CREATE ROLE landlord LOGIN CREATEROLE PASSWORD 'let me in'")
        connection.execute("CREATE DATABASE given OWNER landlord")
        with psycopg.connect(make_conninfo(server, dbname="given"), autocommit=True) as inside:
            inside.execute("CREATE EXTENSION vector")  # what an administrator of such a server does once
        host = conninfo_to_dict(server)["host"]
        yield f"postgresql://landlord:let%20me%20in@/given?host={host}"
        connection.execute("DROP DATABASE given WITH (FORCE)")
        connection.execute("DROP ROLE given_app, landlord")


async def test_a_given_server_is_brought_up_and_walled(given: str, settings: Settings) -> None:
    settings = read({"DATABASE_URL": given}, home=settings.home)
    for _ in range(2):  # the second start finds its role and schema there
        with storage_ready(settings) as storage:
            async with Database(storage.application) as database:
                assert await database.agencies() is not None
    with storage_ready(settings) as storage:
        owner = Owner(storage.owner)
        made = owner.create_agency("water", "Office of Water", rate_per_minute=1, tokens_per_day=1)
        async with Database(storage.application) as database, database.agency(made) as connection:
            who = await (await connection.execute("SELECT current_user, count(*) FROM documents")).fetchone()
        assert tuple(who) == ("given_app", 0)
        owner.delete_agency("water")
    assert not (settings.home / "postgres").exists()


def test_a_role_with_more_rights_than_its_rows_is_refused(server: str, owner_address: str) -> None:
    name = f"{conninfo_to_dict(owner_address)['dbname']}_app"
    with psycopg.connect(owner_address, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN BYPASSRLS").format(sql.Identifier(name)))
        with pytest.raises(MigrationFailed, match="rights beyond its own rows"):
            migrate(owner_address, "secret")
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
