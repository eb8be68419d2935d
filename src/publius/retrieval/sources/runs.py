"""One run of a source: what is new or changed there is handed over as a job, and what vanished is told."""

import hashlib
import time
from collections.abc import Sequence
from contextlib import aclosing
from typing import NamedTuple
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from publius.errors import InvalidRequest, NotFound, RequestError
from publius.retrieval.jobs import Jobs
from publius.retrieval.origin import Origin, read, stored
from publius.retrieval.revision import Connection
from publius.retrieval.sources.kind import Found, Kind
from publius.retrieval.sources.kind import path as path_of
from publius.retrieval.sources.source import Run, Source
from publius.storage import Database
from publius.types import Agency

BATCH = 32 << 20  # bytes that are handed over in one transaction
MOST_OF_ONE = 200  # files, likewise
LONGEST = 30.0  # seconds, likewise: of a site that answers slowly something is read before the end, and little lost
MOST_TOLD = 100  # refusals that are kept with a source


class _Kept(NamedTuple):
    """A document of the source as the library has it, or a file that waits to become one, which has no id yet."""

    id: UUID | None
    sha256: bytes
    origin: Origin | None


class Runs:
    """What every agency's sources are run with."""

    def __init__(self, database: Database, jobs: Jobs) -> None:
        self._database = database
        self._jobs = jobs

    async def run(self, agency: Agency, source: Source, kind: Kind) -> Run:
        """Hand over what is new or changed there, and see what vanished. What went wrong is kept with the source.

        Raises:
            RequestError: it may not be a source any more, or cannot be looked through; nothing vanished by that.
        """
        run = Run()
        try:
            await self._walk(agency, source, kind, run)
        except RequestError as error:
            run.vanished = []
            await self._keep(agency, source, run, str(error))
            raise
        await self._keep(agency, source, run, "")
        return run

    async def _walk(self, agency: Agency, source: Source, kind: Kind, run: Run) -> None:
        known, digests = await self._known(agency, source)
        there: set[str] = set()
        batch: list[tuple[str, Found]] = []
        began = time.monotonic()
        origins = {path: kept.origin for path, kept in known.items()}
        async with aclosing(kind.look(source.address, source.settings, origins)) as met:
            async for found in met:
                run.found += 1
                try:
                    path = path_of(found.name)
                except InvalidRequest as error:
                    run.refuse(found.name, error.message)
                    continue
                if not found.gone:
                    there.add(path)
                if found.reason:
                    run.refuse(found.name, found.reason)
                    run.noindex += found.noindex
                elif found.data is not None and _is_new(found.data, known.get(path), digests):
                    run.changed += 1
                    batch.append((path, found))
                elif kept := known.get(path):
                    await self._mark(agency, kept, found.origin)
                if batch and (_is_enough(batch) or time.monotonic() - began > LONGEST):
                    await self._hand_over(agency, source, batch, run)
                    batch, began = [], time.monotonic()
        if batch:
            await self._hand_over(agency, source, batch, run)
        gone = ((known[path].id, f"{source.name}/{path}") for path in sorted(known.keys() - there))
        run.vanished = [(id, name) for id, name in gone if id]

    async def _known(self, agency: Agency, source: Source) -> tuple[dict[str, _Kept], set[bytes]]:
        """What the library has of the source, by path, and the digests of all of the agency's documents.

        What waits to be read counts as read, so that a run after one that broke off asks for nothing twice. Files that
        are inside of others come with these.
        """
        own = f"{source.name}/"
        async with self._database.agency(agency) as connection:
            rows = await connection.execute(
                "SELECT id, name, sha256, origin FROM documents WHERE agency_id = %s AND part_of IS NULL", [agency.id]
            )
            documents = await rows.fetchall()
            rows = await connection.execute(
                "SELECT name, sha256, origin FROM job_items WHERE agency_id = %s AND state IN ('waiting', 'taken')"
                " AND starts_with(name, %s) ORDER BY id",
                [agency.id, own],
            )
            waiting = await rows.fetchall()
        known = {
            row.name.removeprefix(own): _Kept(row.id, row.sha256, read(row.origin))
            for row in documents
            if row.name.startswith(own)
        }
        for row in waiting:
            path = row.name.removeprefix(own)
            known[path] = _Kept(known[path].id if path in known else None, row.sha256, read(row.origin))
        return known, {row.sha256 for row in documents}

    async def _hand_over(self, agency: Agency, source: Source, batch: Sequence[tuple[str, Found]], run: Run) -> None:
        async def settle(connection: Connection, job: UUID) -> None:
            # In the same transaction, so that nothing comes in of a source that was removed meanwhile.
            done = await connection.execute(
                "UPDATE sources SET job_id = %s WHERE agency_id = %s AND id = %s", [job, agency.id, source.id]
            )
            if not done.rowcount:
                raise NotFound(f"The source {source.name!r} was removed while it was being run.")

        named = [(f"{source.name}/{path}", found) for path, found in batch]
        job = await self._jobs.put(
            agency,
            source.added_by,
            f"Source {source.name}",
            [(name, found.data or b"") for name, found in named],
            label=source.label,
            job_id=run.job_id,
            origins={name: found.origin for name, found in named},
            settle=settle,
        )
        run.job_id = job.id

    async def _mark(self, agency: Agency, kept: _Kept, origin: Origin | None) -> None:
        """The same bytes under a new mark: remembered, so that the next run need not read them again."""
        if origin and origin != kept.origin:
            async with self._database.agency(agency) as connection:
                await connection.execute(
                    "UPDATE documents SET origin = %s WHERE agency_id = %s AND id = %s AND sha256 = %s",
                    [stored(origin), agency.id, kept.id, kept.sha256],
                )

    async def _keep(self, agency: Agency, source: Source, run: Run, failure: str) -> None:
        told = [run.found, run.changed, len(run.vanished), len(run.refused), run.noindex, failure]
        refusals = Jsonb([msgspec.to_builtins(each) for each in run.refused[:MOST_TOLD]])
        async with self._database.agency(agency) as connection:
            await connection.execute(
                "UPDATE sources SET run_at = now(), losses = 0, found = %s, changed = %s, vanished = %s, refused = %s,"
                " noindex = %s, failure = %s, refusals = %s WHERE agency_id = %s AND id = %s",
                [*told, refusals, agency.id, source.id],
            )
            await connection.execute(
                "UPDATE sources SET begun_at = NULL, holder = NULL"
                " WHERE agency_id = %s AND id = %s AND holder IS NOT DISTINCT FROM %s",
                [agency.id, source.id, source.holder],
            )


def _is_enough(batch: Sequence[tuple[str, Found]]) -> bool:
    return len(batch) >= MOST_OF_ONE or sum(len(each.data or b"") for _, each in batch) > BATCH


def _is_new(data: bytes, kept: _Kept | None, digests: set[bytes]) -> bool:
    """Whether the library lacks it: what it has under this path is something else, or it has these bytes nowhere."""
    digest = hashlib.sha256(data).digest()
    return digest != kept.sha256 if kept else digest not in digests
