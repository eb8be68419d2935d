"""What one file of a job goes through, each step in one transaction: taken, and then settled, failed or given back."""

from uuid import UUID

from msgspec import Struct

from publius.retrieval.origin import Origin, read
from publius.retrieval.revision import Added, Connection
from publius.storage import Database
from publius.types import Agency

MOST_ATTEMPTS = 3
ENDED_US = (
    f"Reading this file ended the program that reads {MOST_ATTEMPTS} times, so it is not tried again by itself. "
    "Save it anew in its own program, or try it again when the others are done."
)


class Withdrawn(Exception):
    """The file is not this holder's any more; nothing of it may be written."""


class Taken(Struct, frozen=True, kw_only=True):
    """A file in hand. `agency` has the ceiling of whoever added it."""

    agency: Agency
    id: int
    job_id: UUID
    added_by: str
    name: str
    data: bytes
    label: str | None
    origin: Origin | None


# What died with its holder, or fell out of this one's hand, waits again; or it has ended its reader too often.
_LAPSE = """
    UPDATE job_items SET holder = NULL,
        state = CASE WHEN attempts < %(most)s THEN 'waiting' ELSE 'failed' END,
        reason = CASE WHEN attempts < %(most)s THEN '' ELSE %(ended)s END,
        settled_at = CASE WHEN attempts < %(most)s THEN NULL ELSE now() END
    WHERE agency_id = %(agency)s AND state = 'taken' AND (
        holder <> ALL(%(living)s::integer[]) OR holder = %(holder)s AND id <> ALL(%(busy)s::bigint[]))
"""
# By position, so that a small job is not behind all of a large one.
_TAKE = """
    UPDATE job_items SET state = 'taken', holder = %(holder)s, attempts = attempts + 1
    FROM jobs WHERE jobs.id = job_id AND job_items.id = (
        SELECT first.id FROM jobs j CROSS JOIN LATERAL (
            SELECT id, position FROM job_items i
            WHERE i.agency_id = %(agency)s AND i.job_id = j.id AND i.state = 'waiting'
            ORDER BY i.position LIMIT 1 FOR UPDATE SKIP LOCKED) first
        WHERE j.agency_id = %(agency)s AND NOT j.paused AND j.cancelled_at IS NULL
        ORDER BY first.position, j.created_at LIMIT 1)
    RETURNING job_items.id, job_id, jobs.added_by, jobs.ceiling, name, data, label, origin
"""


async def take(database: Database, agency: Agency, holder: int, living: list[int], busy: list[int]) -> Taken | None:
    """The agency's next file, now `holder`'s; None if there is none.

    Args:
        living: the numbers of all holders that live.
        busy: the files that this holder has in hand.
    """
    values = {"agency": agency.id, "holder": holder, "living": living, "busy": busy}
    async with database.agency(agency) as connection:
        await connection.execute(_LAPSE, values | {"most": MOST_ATTEMPTS, "ended": ENDED_US})
        row = await (await connection.execute(_TAKE, values)).fetchone()
    if row is None:
        return None
    fields = {field: getattr(row, field) for field in Taken.__struct_fields__ if field != "agency"}
    return Taken(agency=agency.under(row.ceiling), **fields | {"origin": read(row.origin)})


async def settle(connection: Connection, holder: int, taken: Taken, added: Added) -> None:
    """Say that it is read, in the transaction that wrote its document.

    Raises:
        Withdrawn: it was cancelled or removed, or somebody else has it.
    """
    done = await connection.execute(
        "UPDATE job_items SET state = 'done', data = NULL, holder = NULL, settled_at = now(), reason = %s,"
        " document_id = %s, level = %s WHERE agency_id = %s AND id = %s AND state = 'taken' AND holder = %s",
        [added.status, added.document_id, added.level, taken.agency.id, taken.id, holder],
    )
    if not done.rowcount:
        raise Withdrawn


async def fail(database: Database, holder: int, taken: Taken, reason: str) -> None:
    """Say why it cannot be read. Its bytes stay, so that it can be tried again."""
    async with database.agency(taken.agency) as connection:
        await connection.execute(
            "UPDATE job_items SET state = 'failed', reason = %s, holder = NULL, settled_at = now()"
            " WHERE agency_id = %s AND id = %s AND state = 'taken' AND holder = %s",
            [reason, taken.agency.id, taken.id, holder],
        )


async def give_back(database: Database, holder: int, taken: Taken) -> None:
    """Let it wait again, as if it had not been taken."""
    async with database.agency(taken.agency) as connection:
        await connection.execute(
            "UPDATE job_items SET state = 'waiting', holder = NULL, attempts = attempts - 1"
            " WHERE agency_id = %s AND id = %s AND state = 'taken' AND holder = %s",
            [taken.agency.id, taken.id, holder],
        )
