"""Sources that are run when somebody asks, and paused."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"

FILE = Path(__file__).parents[2] / "schema" / "0011" / "running.sql"


def upgrade() -> None:
    """Add columns that are empty; nothing that is there changes."""
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(FILE.read_text(encoding="utf-8"))
