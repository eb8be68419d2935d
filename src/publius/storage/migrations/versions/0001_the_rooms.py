"""The rooms' tables, behind walls. Each room's SQL is its own file in `storage/schema/0001`."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

ORDER = ("platform", "identity", "policy", "retrieval", "conversations", "ledger", "last")
FOLDER = Path(__file__).parents[2] / "schema" / "0001"


def upgrade() -> None:
    """Run every room's file, in order."""
    # The driver's own connection runs a file of several statements as it stands; SQLAlchemy would read % and : in it.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    for room in ORDER:
        connection.execute((FOLDER / f"{room}.sql").read_text(encoding="utf-8"))
