"""The agency's sources: kept, listed, and run; what is new or changed at one is handed over as a job."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

import msgspec
from psycopg.errors import CheckViolation, UniqueViolation
from psycopg.types.json import Jsonb

from publius.errors import Conflict, InvalidRequest, NotFound, RequestError
from publius.retrieval.jobs import Jobs
from publius.retrieval.origin import Origin, read, stored
from publius.retrieval.sources.kind import Found, Kind, Settings
from publius.retrieval.sources.kind import path as path_of
from publius.retrieval.sources.source import Refused, Run, Source, source_of
from publius.storage import Database
from publius.storage.labels import level_for_new
from publius.types import Agency

BATCH = 32 << 20  # bytes that are handed over in one transaction
MOST_OF_ONE = 200  # files, likewise: of a site that answers slowly, something is read before the end
MOST_TOLD = 100  # refusals that are kept with a source


class _Kept(NamedTuple):
    """A document of the source as the library has it."""

    id: UUID
    sha256: bytes
    origin: Origin | None


class Sources:
    """Every agency's sources; each method sees one agency's alone."""

    def __init__(self, database: Database, jobs: Jobs, kinds: Mapping[str, Kind]) -> None:
        """
        Args:
            kinds: the kinds of sources that there are, by name.
        """
        self._database = database
        self._jobs = jobs
        self._kinds = kinds

    async def add(
        self,
        agency: Agency,
        principal_id: str,
        name: str,
        address: str,
        *,
        kind: str = "folder",
        settings: Settings = MappingProxyType({}),
        label: str | None = None,
        removes: bool = False,
        every_minutes: int | None = None,
    ) -> Source:
        """Keep a source. Nothing is read of it yet.

        Raises:
            InvalidRequest: its kind does not take the address or the settings, or the name, label or minutes cannot be.
            Conflict: there is a source of that name.
        """
        level_for_new(agency, label)
        address, kept = self._kind(kind).accept(address, settings)
        values = [name, kind, address, Jsonb(kept), label, removes, every_minutes, principal_id]
        try:
            async with self._database.agency(agency) as connection:
                rows = await connection.execute(
                    "INSERT INTO sources (name, kind, address, settings, label, removes, every_minutes, added_by)"
                    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING *",
                    values,
                )
                return source_of(agency, await rows.fetchone())
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
            return tuple(source_of(agency, row) for row in await rows.fetchall())

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

    async def documents(self, agency: Agency, name: str) -> tuple[UUID, ...]:
        """The documents that a source brought, as far as this agency's ceiling lets them be seen.

        Raises:
            NotFound: the agency has no such source.
        """
        known, _ = await self._known(agency, await self.open(agency, name))
        return tuple(kept.id for kept in known.values())

    async def want(self, agency: Agency, name: str) -> Source:
        """Have it run by a server soon, whatever its clock says.

        Raises:
            NotFound: the agency has no such source.
        """
        return await self._set(agency, name, wanted=True)

    async def pause(self, agency: Agency, name: str) -> Source:
        """Stop its clock; a run under way goes on to its end, and one that was asked for does not begin.

        Raises:
            NotFound: the agency has no such source.
        """
        return await self._set(agency, name, paused=True, wanted=False)

    async def resume(self, agency: Agency, name: str) -> Source:
        """Let its clock go on.

        Raises:
            NotFound: the agency has no such source.
        """
        return await self._set(agency, name, paused=False)

    async def _set(
        self, agency: Agency, name: str, *, paused: bool | None = None, wanted: bool | None = None
    ) -> Source:
        source = await self.open(agency, name)
        async with self._database.agency(agency) as connection:
            await connection.execute(
                "UPDATE sources SET paused = coalesce(%s, paused), wanted = coalesce(%s, wanted)"
                " WHERE agency_id = %s AND id = %s",
                [paused, wanted, agency.id, source.id],
            )
        return await self.open(agency, name)

    async def due(self) -> tuple[tuple[Agency, Source], ...]:
        """The sources whose time has come; each is given to one caller alone, as if it had just been run."""
        claimed: tuple[tuple[Agency, Source], ...] = ()
        for agency in await self._database.agencies_with_sources_due():
            async with self._database.agency(agency) as connection:
                rows = await connection.execute(
                    "UPDATE sources SET run_at = now(), wanted = false, begun_at = now()"
                    " WHERE agency_id = %s AND is_due(sources) RETURNING *",
                    [agency.id],
                )
                claimed += tuple((agency, source_of(agency, row)) for row in await rows.fetchall())
        return claimed

    async def run(self, agency: Agency, source: Source) -> Run:
        """Hand over what is new or changed there, and see what vanished. What went wrong is kept with the source.

        Raises:
            RequestError: it may not be a source any more, or cannot be looked through; nothing vanished by that.
        """
        run = Run()
        try:
            await self._walk(agency, source, run)
        except RequestError as error:
            run.vanished = []
            await self._keep(agency, source, run, str(error))
            raise
        await self._keep(agency, source, run, "")
        return run

    async def _walk(self, agency: Agency, source: Source, run: Run) -> None:
        known, digests = await self._known(agency, source)
        there: set[str] = set()
        batch: list[tuple[str, Found]] = []
        origins = {path: kept.origin for path, kept in known.items()}
        async with aclosing(self._kind(source.kind).look(source.address, source.settings, origins)) as met:
            async for found in met:
                run.found += 1
                try:
                    path = path_of(found.name)
                except InvalidRequest as error:
                    run.refused.append(Refused(found.name, error.message))
                    continue
                if not found.gone:
                    there.add(path)
                if found.reason:
                    run.refused.append(Refused(found.name, found.reason))
                elif found.data is not None and _is_new(found.data, known.get(path), digests):
                    run.changed += 1
                    batch.append((path, found))
                elif kept := known.get(path):
                    await self._mark(agency, kept, found.origin)
                if len(batch) >= MOST_OF_ONE or sum(len(each.data or b"") for _, each in batch) > BATCH:
                    await self._hand_over(agency, source, batch, run)
                    batch = []
        if batch:
            await self._hand_over(agency, source, batch, run)
        run.vanished = [(known[path].id, f"{source.name}/{path}") for path in sorted(known.keys() - there)]

    async def _known(self, agency: Agency, source: Source) -> tuple[dict[str, _Kept], set[bytes]]:
        """The documents of the source by path, and the digests of all of the agency's.

        Those inside of others come with these.
        """
        async with self._database.agency(agency) as connection:
            rows = await connection.execute(
                "SELECT id, name, sha256, origin FROM documents WHERE agency_id = %s AND part_of IS NULL", [agency.id]
            )
            documents = await rows.fetchall()
        own = f"{source.name}/"
        known = {
            row.name.removeprefix(own): _Kept(row.id, row.sha256, read(row.origin))
            for row in documents
            if row.name.startswith(own)
        }
        return known, {row.sha256 for row in documents}

    async def _hand_over(self, agency: Agency, source: Source, batch: Sequence[tuple[str, Found]], run: Run) -> None:
        named = [(f"{source.name}/{path}", found) for path, found in batch]
        job = await self._jobs.put(
            agency,
            source.added_by,
            f"Source {source.name}",
            [(name, found.data or b"") for name, found in named],
            label=source.label,
            job_id=run.job_id,
            origins={name: found.origin for name, found in named},
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
        told = [run.found, run.changed, len(run.vanished), len(run.refused), failure, run.job_id]
        refusals = Jsonb([msgspec.to_builtins(each) for each in run.refused[:MOST_TOLD]])
        async with self._database.agency(agency) as connection:
            await connection.execute(
                "UPDATE sources SET run_at = now(), begun_at = NULL, found = %s, changed = %s, vanished = %s,"
                " refused = %s, failure = %s, job_id = coalesce(%s, job_id), refusals = %s"
                " WHERE agency_id = %s AND id = %s",
                [*told, refusals, agency.id, source.id],
            )

    def _kind(self, name: str) -> Kind:
        if name not in self._kinds:
            raise InvalidRequest(
                f"There is no kind of source {name[:20]!r}.", cure=f"There are: {', '.join(self._kinds)}.", param="kind"
            )
        return self._kinds[name]


def _is_new(data: bytes, kept: _Kept | None, digests: set[bytes]) -> bool:
    """Whether the library lacks it: what it has under this path is something else, or it has these bytes nowhere."""
    digest = hashlib.sha256(data).digest()
    return digest != kept.sha256 if kept else digest not in digests
