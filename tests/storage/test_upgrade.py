"""The promise: an upgrade carries over what is there, and one that cannot finish leaves it as it was."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from publius.errors import MigrationFailed
from publius.storage import Owner, migrate
from publius.storage.migrate import MIGRATIONS

AGENCY = "INSERT INTO agencies (slug, name, rate_per_minute, tokens_per_day) VALUES ('water', 'Water', 7, 70)"


@pytest.fixture
def first_version(server: str, tmp_path: Path) -> Iterator[str]:
    """The owner's address of a database of the first version, with an agency in it."""
    scripts = tmp_path / "storage" / "migrations"
    shutil.copytree(MIGRATIONS.parent, scripts.parent)
    for script in (scripts / "versions").glob("*.py"):
        if not script.name.startswith("0001"):
            script.unlink()
    with psycopg.connect(make_conninfo(server, dbname="postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE first_version")
        address = make_conninfo(server, dbname="first_version")
        migrate(address, "for-tests-alone", scripts=scripts)
        with psycopg.connect(address) as inside:
            inside.execute(AGENCY)
        yield address
        connection.execute("DROP DATABASE first_version WITH (FORCE)")


def test_agencies_of_the_first_version_share_one_engine_equally(first_version: str) -> None:
    migrate(first_version, "for-tests-alone")
    [agency] = Owner(first_version).agencies()
    assert (agency["slug"], agency["rate_per_minute"], agency["tokens_per_day"]) == ("water", 7, 70)
    assert (agency["weight"], agency["exclusive_engine"]) == (1, False)


def test_an_upgrade_that_cannot_finish_leaves_the_first_version(first_version: str) -> None:
    with psycopg.connect(first_version) as connection:
        connection.execute("ALTER TABLE agencies ADD COLUMN exclusive_engine text")  # somebody's own
    with pytest.raises(MigrationFailed, match="exclusive_engine"):
        migrate(first_version, "for-tests-alone")
    with psycopg.connect(first_version) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert connection.execute("SELECT slug FROM agencies WHERE rate_per_minute = 7").fetchone() == ("water",)
        with pytest.raises(psycopg.errors.UndefinedColumn):
            connection.execute("SELECT weight FROM agencies")
        connection.rollback()
        connection.execute("ALTER TABLE agencies DROP COLUMN exclusive_engine")
    migrate(first_version, "for-tests-alone")
    assert Owner(first_version).agencies()[0]["weight"] == 1
