"""What documents say about themselves, OCR's confidence, and documents that came inside of others."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"

FILE = Path(__file__).parents[2] / "schema" / "0005" / "documents.sql"


def upgrade() -> None:
    """Add the columns; documents that are there keep what they have, and say nothing about themselves."""
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(FILE.read_text(encoding="utf-8"))
