"""Sources whose every run is on record, and taken up again when its server died."""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"

FILE = Path(__file__).parents[2] / "schema" / "0012" / "accounted.sql"


def upgrade() -> None:
    """Add columns and an index; a run that an older version left under way is taken up again."""
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(FILE.read_text(encoding="utf-8"))
