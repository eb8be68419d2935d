"""Bring a database to this version of Publius, in one transaction, or leave it as it was."""

from importlib.resources import files
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg import sql
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from publius.errors import MigrationFailed, StorageUnavailable

LOCK = 0x5075626C697573  # "Publius": one migration at a time in one database
MIGRATIONS = Path(str(files("publius.storage") / "migrations"))


def migrate(owner: str, password: str, *, scripts: Path = MIGRATIONS) -> str:
    """Upgrade the database at `owner` (a libpq address) to the newest revision and return it.

    The application's role is made, or given `password`, on the way; it may log in and nothing else.

    Raises:
        MigrationFailed: a step failed or the database is newer than this program; nothing has changed.
        StorageUnavailable: the server does not answer.
    """
    config = Config()
    config.set_main_option("script_location", str(scripts))
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(owner), poolclass=NullPool)
    try:
        with engine.connect() as connection, connection.begin():
            raw = connection.connection.driver_connection
            assert isinstance(raw, psycopg.Connection)
            raw.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            _make_role(raw, password)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except psycopg.OperationalError as error:
        raise StorageUnavailable(f"The database does not answer: {_reason(error)}.") from error
    except (SQLAlchemyError, psycopg.Error, CommandError, OSError) as error:
        raise MigrationFailed(f"The database could not be brought to this version: {_reason(error)}.") from error
    finally:
        engine.dispose()
    return ScriptDirectory.from_config(config).get_current_head() or ""


def role_name(database: str) -> str:
    """The application's role belongs to one database, so that two of them can share a server."""
    return f"{database}_app"


def _make_role(connection: psycopg.Connection, password: str) -> None:
    role = role_name(connection.info.dbname)
    known = connection.execute(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = %s", [role]
    ).fetchone()
    if known and known[0]:
        raise MigrationFailed(
            f"The role {role} has rights beyond its own rows.",
            cure=f"Take them away: ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB.",
        )
    verb = "ALTER" if known else "CREATE"
    connection.execute(sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))


def _reason(error: Exception) -> str:
    text = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")
