"""A database that is up and of this version, for as long as somebody works in it."""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from publius.settings import Settings
from publius.storage.migrate import migrate, role_name
from publius.storage.secret import derive, server_key
from publius.storage.server import owner_address


class Storage(NamedTuple):
    """A database that is up and of this version: how its owner reaches it, and how the application does."""

    owner: str
    application: str


@contextlib.contextmanager
def storage_ready(settings: Settings) -> Iterator[Storage]:
    """Start the database if it is Publius's own, bring it to this version, and stop it afterwards.

    Raises:
        SetupError: it does not start, or cannot be brought to this version; nothing was changed.
    """
    password = derive(server_key(settings.home), "database role").hex()
    with owner_address(settings) as owner:
        migrate(owner, password)
        name = str(conninfo_to_dict(owner).get("dbname") or "postgres")
        yield Storage(owner, make_conninfo(owner, user=role_name(name), password=password))
