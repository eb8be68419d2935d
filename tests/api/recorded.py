"""What reaches the engine, what the ledger keeps of an agency's walks, and an engine that breaks."""

import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from publius.application import Application
from publius.errors import EngineFailed
from publius.inference.echo import EchoEngine, Script
from publius.inference.engine import Finish, Piece, Request
from publius.types import Agency, ToolCall


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


def recording(seen: list[Request], say: Script = lambda request: "Done.", *, delay: float = 0.0) -> EchoEngine:
    """An engine that keeps each request in `seen` and answers with what `say` makes of it."""

    def script(request: Request) -> str | Sequence[ToolCall]:
        seen.append(request)
        return say(request)

    return EchoEngine(script, delay=delay)


class BreakingEngine(EchoEngine):
    """It breaks off after the first piece of every answer."""

    async def generate(self, request: Request) -> AsyncGenerator[Piece | Finish, None]:
        """See `Engine.generate`."""
        async for piece in super().generate(request):
            yield piece
            raise EngineFailed("The engine broke off.")
