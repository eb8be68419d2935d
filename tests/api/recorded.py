"""What the ledger keeps of an agency's walks."""

import json
from typing import Any

from publius.application import Application
from publius.types import Agency


async def contents(app: Application, agency: Agency) -> list[dict[str, Any]]:
    """The content of each record by item; JSON where it is JSON."""
    async with app.database.agency(agency) as connection:
        rows = await connection.execute("SELECT position, item, content FROM ledger_contents ORDER BY position")
        found: dict[int, dict[str, Any]] = {}
        for row in await rows.fetchall():
            text = row.content.decode()
            found.setdefault(row.position, {})[row.item] = (
                json.loads(text) if row.item in ("prompt", "choices") else text
            )
    return list(found.values())
