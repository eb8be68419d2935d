"""The agency's sources: kept, listed, and run; what is new or changed at one is handed over as a job."""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec import Struct, field
from psycopg.errors import CheckViolation, UniqueViolation

from publius.errors import Conflict, InvalidRequest, NotFound, RequestError
from publius.retrieval.jobs import Jobs
from publius.retrieval.sources import folder
from publius.storage import Database
from publius.storage.labels import level_for_new
from publius.types import Agency

BATCH = 32 << 20  # bytes that are handed over in one transaction


class Source(Struct, frozen=True, kw_only=True):
    """A source and what came of its last run. Its documents are kept under its name: `name/path`."""

    id: UUID
    name: str
    kind: str
    address: str
    label: str | None
    removes: bool
    every_minutes: int | None
    added_by: str
    job_id: UUID | None
    run_at: datetime | None
    found: int
    changed: int
    vanished: int
    refused: int
    failure: str


class Run(Struct, kw_only=True):
    """What one run met. `vanished` are documents that are here and no longer there; nothing has removed them yet."""

    found: int = 0
    changed: int = 0
    refused: list[str] = field(default_factory=list)
    vanished: list[tuple[UUID, str]] = field(default_factory=list)
    job_id: UUID | None = None


class Sources:
    """Every agency's sources; each method sees one agency's alone."""

    def __init__(self, database: Database, jobs: Jobs, roots: tuple[Path, ...], largest: int) -> None:
        """
        Args:
            roots: folders that a source may lie in.
            largest: most bytes of one file.
        """
        self._database = database
        self._jobs = jobs
        self._roots = roots
        self._largest = largest

    async def add(
        self,
        agency: Agency,
        principal_id: str,
        name: str,
        address: str,
        *,
        label: str | None = None,
        removes: bool = False,
        every_minutes: int | None = None,
    ) -> Source:
        """Keep a folder as a source.

        Raises:
            InvalidRequest: the folder may not be one, or the name, label or minutes cannot be.
            Conflict: there is a source of that name.
        """
        level_for_new(agency, label)
        place = folder.allowed(address, self._roots)
        try:
            async with self._database.agency(agency) as connection:
                rows = await connection.execute(
                    "INSERT INTO sources (name, kind, address, label, removes, every_minutes, added_by)"
                    " VALUES (%s, 'folder', %s, %s, %s, %s, %s) RETURNING *",
                    [name, str(place), label, removes, every_minutes, principal_id],
                )
                return _source(await rows.fetchone())
        except UniqueViolation:
            raise Conflict(f"There is already a source {name!r}.") from None
        except CheckViolation:
            raise InvalidRequest(
                "This cannot be a source.",
                cure="Its name is 1 to 40 lower-case letters, digits and hyphens; minutes are 1 to 525,600.",
            ) from None

    async def list(self, agency: Agency) -> tuple[Source, ...]:
        """All of them, by name."""
        async with self._database.agency(agency) as connection:
            rows = await connection.execute("SELECT * FROM sources WHERE agency_id = %s ORDER BY name", [agency.id])
            return tuple(_source(row) for row in await rows.fetchall())

    async def open(self, agency: Agency, name: str) -> Source:
        """One of them.

        Raises:
            NotFound: the agency has no such source.
        """
        for source in await self.list(agency):
            if source.name == name:
                return source
        raise NotFound(f"There is no source {name[:64]!r} in your agency.")

    async def remove(self, agency: Agency, name: str) -> None:
        """Forget a source; the documents that it brought stay.

        Raises:
            NotFound: the agency has no such source.
        """
        source = await self.open(agency, name)
        async with self._database.agency(agency) as connection:
            await connection.execute("DELETE FROM sources WHERE agency_id = %s AND id = %s", [agency.id, source.id])

    async def due(self) -> tuple[tuple[Agency, Source], ...]:
        """The sources whose time has come; each is given to one caller alone, as if it had just been run."""
        claimed: tuple[tuple[Agency, Source], ...] = ()
        for agency in await self._database.agencies_with_sources_due():
            async with self._database.agency(agency) as connection:
                rows = await connection.execute(
                    "UPDATE sources SET run_at = now() WHERE agency_id = %s AND every_minutes IS NOT NULL AND"
                    " (run_at IS NULL OR run_at + make_interval(mins => every_minutes) <= now()) RETURNING *",
                    [agency.id],
                )
                claimed += tuple((agency, _source(row)) for row in await rows.fetchall())
        return claimed

    async def run(self, agency: Agency, source: Source) -> Run:
        """Hand over what is new or changed there, and see what vanished. What went wrong is kept with the source.

        Raises:
            InvalidRequest: the folder may not be a source any more, or is gone.
        """
        run = Run()
        try:
            place = folder.allowed(source.address, self._roots)
            await self._walk(agency, source, folder.files(place, self._largest), run)
        except RequestError as error:
            await self._keep(agency, source, run, str(error))
            raise
        await self._keep(agency, source, run, "")
        return run

    async def _walk(self, agency: Agency, source: Source, files: Iterator[folder.Found], run: Run) -> None:
        known = await self._known(agency, source)
        digests = {digest for _, digest in known.values()}
        there: set[str] = set()
        batch: list[tuple[str, bytes]] = []
        while (found := await asyncio.to_thread(next, files, None)) is not None:
            name = f"{source.name}/{found.name}"
            there.add(name)
            run.found += 1
            if found.data is None:
                run.refused.append(found.name)
            elif hashlib.sha256(found.data).digest() not in digests:
                run.changed += 1
                batch.append((name, found.data))
            if sum(len(data) for _, data in batch) > BATCH:
                run.job_id = await self._hand_over(agency, source, batch, run.job_id)
                batch = []
        if batch:
            run.job_id = await self._hand_over(agency, source, batch, run.job_id)
        own = f"{source.name}/"
        run.vanished = sorted(
            ((id, name) for name, (id, _) in known.items() if name.startswith(own) and name not in there),
            key=lambda each: each[1],
        )

    async def _known(self, agency: Agency, source: Source) -> dict[str, tuple[UUID, bytes]]:
        """The documents of the agency by name, with their digests; those inside of others come with these."""
        async with self._database.agency(agency) as connection:
            rows = await connection.execute(
                "SELECT id, name, sha256 FROM documents WHERE agency_id = %s AND part_of IS NULL", [agency.id]
            )
            return {row.name: (row.id, row.sha256) for row in await rows.fetchall()}

    async def _hand_over(
        self, agency: Agency, source: Source, batch: Sequence[tuple[str, bytes]], job_id: UUID | None
    ) -> UUID:
        title = f"Source {source.name}"
        job = await self._jobs.put(agency, source.added_by, title, batch, label=source.label, job_id=job_id)
        return job.id

    async def _keep(self, agency: Agency, source: Source, run: Run, failure: str) -> None:
        told = [run.found, run.changed, len(run.vanished), len(run.refused), failure, run.job_id, agency.id, source.id]
        async with self._database.agency(agency) as connection:
            await connection.execute(
                "UPDATE sources SET run_at = now(), found = %s, changed = %s, vanished = %s, refused = %s,"
                " failure = %s, job_id = coalesce(%s, job_id) WHERE agency_id = %s AND id = %s",
                told,
            )


def _source(row: Any) -> Source:
    return Source(**{name: getattr(row, name) for name in Source.__struct_fields__})
