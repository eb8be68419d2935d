"""Sources that are read again and again."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"

FILE = Path(__file__).parents[2] / "schema" / "0009" / "sources.sql"


def upgrade() -> None:
    """Add the table; nothing that is there changes."""
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(FILE.read_text(encoding="utf-8"))
