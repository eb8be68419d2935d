"""What was done, for whoever inspects: the records of acts, newest first, with what they were done to."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from publius.ledger import body as bodies
from publius.storage import Database
from publius.types import Agency


class Done(Struct, frozen=True, kw_only=True):
    """One act. `details` are empty where their content was removed."""

    position: int
    record: UUID
    when: datetime
    who: str
    act: str
    subject: UUID
    details: dict[str, Any]


async def acts(database: Database, agency: Agency, *, limit: int = 100, before: int | None = None) -> list[Done]:
    """The newest acts of an agency's log, or those older than the position `before`.

    Raises:
        StorageUnavailable: the database does not answer.
    """
    async with database.agency(agency) as connection:
        rows = await connection.execute(
            "SELECT body, content FROM ledger_records LEFT JOIN ledger_contents USING (agency_id, position)"
            " WHERE agency_id = %(agency)s AND act AND (%(before)s::bigint IS NULL OR position < %(before)s)"
            " ORDER BY position DESC LIMIT %(limit)s",
            {"agency": agency.id, "before": before, "limit": limit},
        )
        return [_done(row) for row in await rows.fetchall()]


def _done(row: Any) -> Done:
    body = bodies.read(row.body.encode())
    assert isinstance(body, bodies.Act)
    return Done(
        position=body.position,
        record=body.record,
        when=body.when,
        who=body.who,
        act=body.act,
        subject=body.subject,
        details=msgspec.json.decode(row.content) if row.content else {},
    )
