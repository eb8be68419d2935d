"""Who runs a source: one at a time, told by an advisory lock, so that whoever dies is seen to be gone at once."""

from collections.abc import Sequence
from uuid import UUID

from publius.retrieval.revision import Connection
from publius.retrieval.sources.source import Source, source_of
from publius.storage import Database
from publius.storage.database import Presence
from publius.types import Agency

PRESENCE = "publius sources"  # of whoever runs some
MOST_LOSSES = 3
LOST = (
    "It broke off, with its server or by an error there, and is not taken up again by itself. "
    "If it does so again, read the server's log."
)

# What its holder does not run any more: taken up again, unless it was paused meanwhile or broke off too often.
_LAPSE = """
    UPDATE sources SET begun_at = NULL, holder = NULL, losses = losses + 1,
        wanted = wanted OR NOT paused AND losses + 1 < %(most)s,
        failure = CASE WHEN NOT paused AND losses + 1 < %(most)s THEN failure ELSE %(lost)s END
    WHERE agency_id = %(agency)s AND begun_at IS NOT NULL AND (
        holder IS NULL OR holder <> ALL(%(living)s::integer[]) OR holder = %(holder)s AND id <> ALL(%(busy)s::uuid[]))
"""
_CLAIM = """
    UPDATE sources SET begun_at = now(), run_at = now(), wanted = false, holder = %(holder)s
    WHERE id IN (SELECT id FROM sources WHERE agency_id = %(agency)s AND is_due(sources) FOR UPDATE SKIP LOCKED)
    RETURNING *
"""
_BEGIN = """
    UPDATE sources SET begun_at = now(), run_at = now(), wanted = false, holder = %(holder)s, losses = 0
    WHERE agency_id = %(agency)s AND name = %(name)s
        AND (begun_at IS NULL OR holder IS NULL OR holder <> ALL(%(living)s::integer[])) RETURNING *
"""
_LET_GO = """
    UPDATE sources SET begun_at = NULL, holder = NULL, wanted = wanted OR %(again)s AND NOT paused
    WHERE agency_id = %(agency)s AND id = %(source)s AND holder = %(holder)s
"""


async def due(connection: Connection, agency: Agency, presence: Presence, busy: Sequence[UUID]) -> tuple[Source, ...]:
    """The agency's sources whose time has come, now this holder's alone.

    Args:
        busy: the sources that this holder runs.
    """
    values = {"agency": agency.id, "holder": presence.number, "living": await presence.living()}
    await connection.execute(_LAPSE, values | {"busy": list(busy), "most": MOST_LOSSES, "lost": LOST})
    rows = await connection.execute(_CLAIM, values)
    return tuple(source_of(agency, row) for row in await rows.fetchall())


async def begin(connection: Connection, agency: Agency, name: str, presence: Presence) -> Source | None:
    """One source by name, now this holder's; None where another one runs it, or there is none."""
    values = {"agency": agency.id, "name": name, "holder": presence.number, "living": await presence.living()}
    row = await (await connection.execute(_BEGIN, values)).fetchone()
    return source_of(agency, row) if row else None


async def let_go(database: Database, agency: Agency, source: Source, presence: Presence, *, again: bool) -> None:
    """Give up a run that was broken off on purpose; with `again` it is taken up by whoever looks next."""
    values = {"agency": agency.id, "source": source.id, "holder": presence.number, "again": again}
    async with database.agency(agency) as connection:
        await connection.execute(_LET_GO, values)
