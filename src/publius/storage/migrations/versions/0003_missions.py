"""Which missions each agency has turned on."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

FILE = Path(__file__).parents[2] / "schema" / "0003" / "missions.sql"


def upgrade() -> None:
    """Make the table; no agency has any mission on."""
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(FILE.read_text(encoding="utf-8"))
