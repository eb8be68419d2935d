"""Bring a database to this version of Publius, in one transaction, or leave it as it was."""

from importlib.resources import files
from pathlib import Path

import psycopg
from psycopg import sql

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
    newest = max((script.name[:4] for script in (scripts / "versions").glob("[0-9]*.py")), default="")
    try:
        with psycopg.connect(owner) as connection:
            if _revision(connection) == newest:
                _prepare(connection, password)
                return newest
        # Imported here and nowhere else: Alembic costs every command 0.3 s, and a database is hardly ever behind.
        from publius.storage.upgrading import upgrade

        upgrade(owner, scripts, lambda connection: _prepare(connection, password))
    except psycopg.OperationalError as error:
        raise StorageUnavailable(f"The database does not answer: {_reason(error)}.") from error
    except (psycopg.Error, OSError) as error:
        raise MigrationFailed(f"The database could not be brought to this version: {_reason(error)}.") from error
    return newest


def role_name(database: str) -> str:
    """The application's role belongs to one database, so that two of them can share a server."""
    return f"{database}_app"


def _revision(connection: psycopg.Connection) -> str:
    """The revision that a database has; empty where it has none yet."""
    (known,) = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone() or (False,)
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
    return str(row[0]) if row else ""


def _prepare(connection: psycopg.Connection, password: str) -> None:
    """Wait for whoever else prepares this database, then make the application's role or give it the password."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
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
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")
