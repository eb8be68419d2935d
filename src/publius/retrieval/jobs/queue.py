"""The agency's jobs: files are put in, and whoever added them watches, pauses, resumes, cancels and tries again."""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

from publius.errors import Conflict, InvalidRequest, NotFound
from publius.retrieval import names
from publius.retrieval.jobs.job import Item, Job, State
from publius.retrieval.origin import Origin, stored
from publius.retrieval.revision import Connection
from publius.storage import Database
from publius.storage.labels import level_for_new, level_of
from publius.types import Agency

KEPT = timedelta(days=30)  # how long a job that is over stays in the list
MOST_LISTED = 200
STATES: tuple[State, ...] = ("waiting", "taken", "done", "failed", "cancelled")

_COUNTS = ", ".join(f"count(*) FILTER (WHERE state = '{state}') AS {state}" for state in STATES)
_JOBS = (
    f"SELECT j.id, title, added_by, created_at, paused, cancelled_at, count(*) AS files, {_COUNTS}"  # noqa: S608
    " FROM jobs j JOIN job_items ON job_id = j.id WHERE j.agency_id = %(agency)s"
)
# A file goes in at the level of the document that it will revise, so that its name is no sooner seen than that.
_PUT = """
    INSERT INTO job_items (job_id, position, name, sha256, data, label, origin, level)
    VALUES (%(job)s, %(position)s, %(name)s, %(sha256)s, %(data)s, %(label)s, %(origin)s,
        coalesce(%(asked)s, greatest(%(fresh)s, (
        SELECT max(level) FROM documents
        WHERE agency_id = %(agency)s AND (name = %(name)s OR sha256 = %(sha256)s)))))
"""


class Jobs:
    """Every agency's jobs; each method sees one agency's alone, and of their files those under its ceiling."""

    def __init__(self, database: Database, wake: Callable[[], None] = lambda: None) -> None:
        """
        Args:
            wake: tells a worker in this process that there is something to do; others look every two seconds.
        """
        self._database = database
        self._wake = wake

    async def put(
        self,
        agency: Agency,
        principal_id: str,
        title: str,
        files: Iterable[tuple[str, bytes | Path]],
        *,
        label: str | None = None,
        job_id: UUID | None = None,
        origins: Mapping[str, Origin | None] = MappingProxyType({}),
        settle: Callable[[Connection, UUID], Awaitable[None]] | None = None,
    ) -> Job:
        """Accept files, all of them or none; when this returns they will be read, whatever happens to this process.

        Args:
            title: where they come from; never the name of a file, since it outlives the documents.
            job_id: a job of the same person that goes on with these; without it, a new one.
            origins: where a source took them from, by name.
            settle: called with the job at the end of the transaction; what it raises leaves no file.

        Raises:
            InvalidRequest: there is no file, one has no name that can be kept, or there is no such label.
            NotFound: this person has no such job.
            Conflict: that job was cancelled.
            OSError: a file could not be opened.
        """
        fresh = level_for_new(agency, label)
        asked = level_of(agency, label) if label else None
        shared = {"agency": agency.id, "label": label or None, "asked": asked, "fresh": fresh}
        async with self._database.agency(agency) as connection:
            await _forget_old(connection, agency)
            job, position = await _opened(connection, agency, principal_id, title, job_id)
            last = position
            for last, (name, source) in enumerate(files, position + 1):
                data = source if isinstance(source, bytes) else source.read_bytes()
                own = {"job": job, "position": last, "name": names.clean(name), "data": data}
                own["origin"] = stored(origins.get(name))
                await connection.execute(_PUT, shared | own | {"sha256": hashlib.sha256(data).digest()})
            if last == position:
                raise InvalidRequest("There is no file to read.", cure="Choose at least one file.", param="files")
            if settle:
                await settle(connection, job)
            opened = await _job(connection, agency, job)
        self._wake()
        return opened

    async def withdraw(self, agency: Agency, folder: str) -> None:
        """Read nothing more of what is named `folder/…`, whichever job it is in; its names and bytes go."""
        async with self._database.agency(agency) as connection:
            await connection.execute(
                "DELETE FROM job_items WHERE agency_id = %s AND document_id IS NULL AND starts_with(name, %s)",
                [agency.id, f"{folder}/"],
            )
        self._wake()

    async def list(self, agency: Agency) -> list[Job]:
        """The newest first; a job of which nothing is left to see is not in it."""
        query = f"{_JOBS} GROUP BY j.id ORDER BY created_at DESC LIMIT %(most)s"
        async with self._database.agency(agency) as connection:
            rows = await connection.execute(query, {"agency": agency.id, "most": MOST_LISTED})
            return [Job(**row._asdict()) for row in await rows.fetchall()]

    async def open(self, agency: Agency, job_id: UUID) -> Job:
        """One job.

        Raises:
            NotFound: the agency has no such job.
        """
        async with self._database.agency(agency) as connection:
            return await _job(connection, agency, job_id)

    async def items(
        self, agency: Agency, job_id: UUID, *, states: Sequence[State] = STATES, limit: int = 100, offset: int = 0
    ) -> tuple[Item, ...]:
        """Files of a job, those in these states, in the order in which they were put in."""
        query = (
            f"SELECT {', '.join(Item.__struct_fields__)} FROM job_items"  # noqa: S608 - names of ours
            " WHERE agency_id = %s AND job_id = %s AND state = ANY(%s) ORDER BY position LIMIT %s OFFSET %s"
        )
        async with self._database.agency(agency) as connection:
            rows = await connection.execute(query, [agency.id, job_id, list(states), limit, offset])
            return tuple(Item(**row._asdict()) for row in await rows.fetchall())

    async def pause(self, agency: Agency, job_id: UUID) -> Job:
        """Begin no further file of it; those that are being read are read to their end.

        Raises:
            NotFound: the agency has no such job.
        """
        return await self._change(agency, job_id, "UPDATE jobs SET paused = true WHERE agency_id = %s AND id = %s")

    async def resume(self, agency: Agency, job_id: UUID) -> Job:
        """Go on with one that was paused.

        Raises:
            NotFound: the agency has no such job.
        """
        return await self._change(agency, job_id, "UPDATE jobs SET paused = false WHERE agency_id = %s AND id = %s")

    async def cancel(self, agency: Agency, job_id: UUID) -> Job:
        """Read nothing more of it, not even what is being read now. What is read stays; the bytes of the rest go.

        Raises:
            NotFound: the agency has no such job.
        """
        return await self._change(
            agency,
            job_id,
            "UPDATE jobs SET cancelled_at = coalesce(cancelled_at, now()) WHERE agency_id = %s AND id = %s",
            "UPDATE job_items SET state = 'cancelled', data = NULL, settled_at = now()"
            " WHERE agency_id = %s AND job_id = %s AND state IN ('waiting', 'taken')",
        )

    async def retry(self, agency: Agency, job_id: UUID) -> Job:
        """Try again what failed.

        Raises:
            NotFound: the agency has no such job.
            Conflict: it was cancelled.
        """
        async with self._database.agency(agency) as connection:
            if (await _job(connection, agency, job_id)).cancelled_at:
                raise _cancelled()
        return await self._change(
            agency,
            job_id,
            "UPDATE job_items SET state = 'waiting', attempts = 0, reason = '', settled_at = NULL"
            " WHERE agency_id = %s AND job_id = %s AND state = 'failed'",
        )

    async def remove(self, agency: Agency, job_id: UUID) -> None:
        """Take a job out of the list, and cancel what is left of it. What was read stays in the library.

        Raises:
            NotFound: the agency has no such job.
        """
        async with self._database.agency(agency) as connection:
            await _job(connection, agency, job_id)
            await connection.execute("DELETE FROM jobs WHERE agency_id = %s AND id = %s", [agency.id, job_id])

    async def _change(self, agency: Agency, job_id: UUID, *updates: str) -> Job:
        async with self._database.agency(agency) as connection:
            await _job(connection, agency, job_id)
            for update in updates:
                await connection.execute(update, [agency.id, job_id])
            changed = await _job(connection, agency, job_id)
        self._wake()
        return changed


async def _opened(
    connection: Connection, agency: Agency, principal_id: str, title: str, job_id: UUID | None
) -> tuple[UUID, int]:
    """The job that takes the files, and the position of its last one so far."""
    if job_id is None:
        made = await connection.execute(
            "INSERT INTO jobs (title, added_by, ceiling) VALUES (%s, %s, %s) RETURNING id",
            [title, principal_id, agency.ceiling],
        )
        row = await made.fetchone()
        assert row is not None
        return row.id, 0
    found = await connection.execute(
        # Locked, so that two requests do not claim one position.
        "SELECT cancelled_at, (SELECT max(position) FROM job_items WHERE job_id = jobs.id) AS last FROM jobs"
        " WHERE agency_id = %s AND id = %s AND added_by = %s AND ceiling = %s FOR UPDATE",
        [agency.id, job_id, principal_id, agency.ceiling],
    )
    row = await found.fetchone()
    if row is None:
        raise _not_there()
    if row.cancelled_at:
        raise _cancelled()
    return job_id, row.last or 0


async def _job(connection: Connection, agency: Agency, job_id: UUID) -> Job:
    rows = await connection.execute(f"{_JOBS} AND j.id = %(job)s GROUP BY j.id", {"agency": agency.id, "job": job_id})
    row = await rows.fetchone()
    if row is None:
        raise _not_there()
    return Job(**row._asdict())


async def _forget_old(connection: Connection, agency: Agency) -> None:
    """Jobs that were over long ago go, and with them the bytes of what could not be read."""
    await connection.execute(
        "DELETE FROM jobs WHERE agency_id = %s AND created_at < now() - %s AND NOT EXISTS (SELECT FROM job_items"
        " WHERE job_id = jobs.id AND (state IN ('waiting', 'taken') OR settled_at > now() - %s))",
        [agency.id, KEPT, KEPT],
    )


def _not_there() -> NotFound:
    return NotFound("There is no such job in your agency.")


def _cancelled() -> Conflict:
    return Conflict("This job was cancelled.", cure="Add the files again.")
