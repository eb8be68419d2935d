"""Postings are also found by document, so that search in a large library reads the common words' only where it must."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"

FILE = Path(__file__).parents[2] / "schema" / "0008" / "search.sql"


def upgrade() -> None:
    """Write the index of the postings anew; nothing else changes."""
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(FILE.read_text(encoding="utf-8"))
