"""Files that wait to be read: jobs and their items."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"

FILE = Path(__file__).parents[2] / "schema" / "0006" / "jobs.sql"


def upgrade() -> None:
    """Add the tables; nothing that is there changes."""
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(FILE.read_text(encoding="utf-8"))
