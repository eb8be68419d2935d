"""Alembic's steps to the newest revision, in one transaction. Imported only where a database is behind."""

from collections.abc import Callable
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from publius.errors import MigrationFailed


def upgrade(owner: str, scripts: Path, first: Callable[[psycopg.Connection], None]) -> None:
    """Bring the database at `owner` to the newest of `scripts`, after `first` in the same transaction.

    Raises:
        MigrationFailed: a step failed, or the database is newer than this program; nothing has changed.
    """
    config = Config()
    config.set_main_option("script_location", str(scripts))
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(owner), poolclass=NullPool)
    try:
        with engine.connect() as connection, connection.begin():
            raw = connection.connection.driver_connection
            assert isinstance(raw, psycopg.Connection)
            first(raw)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except (SQLAlchemyError, CommandError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0].rstrip(".")
        raise MigrationFailed(f"The database could not be brought to this version: {reason}.") from error
    finally:
        engine.dispose()
