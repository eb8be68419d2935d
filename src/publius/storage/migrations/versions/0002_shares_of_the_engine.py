"""Each agency's share of the engine."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

FILE = Path(__file__).parents[2] / "schema" / "0002" / "share.sql"


def upgrade() -> None:
    """Add the columns; agencies that are there keep equal shares of one engine."""
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(FILE.read_text(encoding="utf-8"))
