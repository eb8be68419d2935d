"""PostgreSQL: embedded or given, migrated before use, and the walls between agencies."""

from publius.storage.database import Database
from publius.storage.migrate import migrate
from publius.storage.owner import Owner
from publius.storage.ready import Storage, storage_ready
from publius.storage.server import EmbeddedServer, owner_address

__all__ = ["Database", "EmbeddedServer", "Owner", "Storage", "migrate", "owner_address", "storage_ready"]
