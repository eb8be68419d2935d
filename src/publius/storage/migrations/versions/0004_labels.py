"""Labels and ceilings."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"

FILE = Path(__file__).parents[2] / "schema" / "0004" / "labels.sql"


def upgrade() -> None:
    """Label what is there as the default says; nobody sees more or less than before."""
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(FILE.read_text(encoding="utf-8"))
