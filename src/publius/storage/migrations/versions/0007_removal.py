"""Removing a document takes along what was answered from it."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"

FILE = Path(__file__).parents[2] / "schema" / "0007" / "removal.sql"


def upgrade() -> None:
    """Add the functions and the trigger; documents removed before keep what was answered from them."""
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(FILE.read_text(encoding="utf-8"))
