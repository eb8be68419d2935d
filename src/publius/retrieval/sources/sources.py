"""The agency's sources: kept, listed, run, and forgotten; what is done to one is recorded before it takes hold."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from psycopg.errors import CheckViolation, UniqueViolation
from psycopg.types.json import Jsonb

from publius.errors import Conflict, InvalidRequest, NotFound
from publius.retrieval.jobs import Jobs
from publius.retrieval.sources import claiming
from publius.retrieval.sources.kind import Kind, Settings
from publius.retrieval.sources.runs import Runs
from publius.retrieval.sources.source import Run, Source, source_of
from publius.storage import Database
from publius.storage.database import Presence
from publius.storage.labels import level_for_new
from publius.types import Agency

CLOCK = "clock"  # who has a server run a source

# Called with who did what to which source, and what is to be told of that.
Record = Callable[[Agency, str, str, UUID, Mapping[str, Any]], Awaitable[object]]

_WHICH = "WHERE agency_id = %(agency)s AND name = %(name)s RETURNING *"
_WANT = f"UPDATE sources SET wanted = true, losses = 0 {_WHICH}"  # noqa: S608 - words of ours, as below
_PAUSE = f"UPDATE sources SET paused = true, wanted = false {_WHICH}"  # noqa: S608
_RESUME = f"UPDATE sources SET paused = false {_WHICH}"  # noqa: S608
_REMOVE = f"DELETE FROM sources {_WHICH}"  # noqa: S608


class Sources:
    """Every agency's sources; each method sees one agency's alone."""

    def __init__(self, database: Database, jobs: Jobs, kinds: Mapping[str, Kind], record: Record) -> None:
        """
        Args:
            kinds: the kinds of sources that there are, by name.
            record: puts on record what is done; what it raises leaves it undone.
        """
        self._database = database
        self._kinds = kinds
        self._record = record
        self._runs = Runs(database, jobs)

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
            LedgerUnavailable: it could not be recorded, and was not added.
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
                source = source_of(agency, await rows.fetchone())
                await self._record(agency, principal_id, "source-added", source.id, source.terms)
                return source
        except UniqueViolation:
            raise Conflict(f"There is already a source {name!r}.") from None
        except CheckViolation:
            raise InvalidRequest(
                "This cannot be a source.",
                cure="Its name is 1 to 40 lower-case letters, digits and hyphens; minutes are 1 to 525,600.",
                param="name",
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
        raise _not_there(name)

    async def remove(self, agency: Agency, by: str, name: str, *, documents: bool = False) -> Source:
        """Forget a source. What it brought stays; `documents` is only recorded, as what was chosen.

        Raises:
            NotFound: the agency has no such source.
            LedgerUnavailable: it could not be recorded, and is still there.
        """
        return await self._change(agency, by, name, "source-removed", _REMOVE, {"documents": documents})

    async def documents(self, agency: Agency, name: str) -> tuple[UUID, ...]:
        """The documents that are kept under a source's name, as far as this agency's ceiling lets them be seen."""
        async with self._database.agency(agency) as connection:
            rows = await connection.execute(
                "SELECT id FROM documents WHERE agency_id = %s AND part_of IS NULL AND starts_with(name, %s)",
                [agency.id, f"{name}/"],
            )
            return tuple(row.id for row in await rows.fetchall())

    async def want(self, agency: Agency, by: str, name: str) -> Source:
        """Have it run by a server soon, whatever its clock says.

        Raises:
            NotFound: the agency has no such source.
            LedgerUnavailable: it could not be recorded, and is not run.
        """
        return await self._change(agency, by, name, "source-wanted", _WANT)

    async def pause(self, agency: Agency, by: str, name: str) -> Source:
        """Stop its clock; a run under way goes on to its end, and one that was asked for does not begin.

        Raises:
            NotFound: the agency has no such source.
            LedgerUnavailable: it could not be recorded, and is not paused.
        """
        return await self._change(agency, by, name, "source-paused", _PAUSE)

    async def resume(self, agency: Agency, by: str, name: str) -> Source:
        """Let its clock go on.

        Raises:
            NotFound: the agency has no such source.
            LedgerUnavailable: it could not be recorded, and is still paused.
        """
        return await self._change(agency, by, name, "source-resumed", _RESUME)

    async def begin(self, agency: Agency, by: str, name: str, presence: Presence) -> Source:
        """Take a source in hand to run it now, as long as nobody else does.

        Raises:
            NotFound: the agency has no such source.
            Conflict: it is being run.
            LedgerUnavailable: it could not be recorded, and must not be run.
        """
        await self.open(agency, name)
        async with self._database.agency(agency) as connection:
            source = await claiming.begin(connection, agency, name, presence)
            if source is None:
                raise Conflict(f"The source {name!r} is being run already.", cure="Wait for the end of that run.")
            await self._record(agency, by, "source-run", source.id, source.place)
        return source

    async def due(self, agency: Agency, presence: Presence, busy: Sequence[UUID] = ()) -> tuple[Source, ...]:
        """The sources whose time has come, each given to one caller alone; and those whose last caller is gone.

        Args:
            busy: the sources that this caller is running.

        Raises:
            LedgerUnavailable: it could not be recorded, so that none may be run now.
        """
        async with self._database.agency(agency) as connection:
            found = await claiming.due(connection, agency, presence, busy)
            for source in found:
                await self._record(agency, CLOCK, "source-run", source.id, source.place)
        return found

    async def let_go(self, agency: Agency, source: Source, presence: Presence, *, again: bool) -> None:
        """Give up a run that was broken off on purpose; with `again` it is taken up by whoever looks next."""
        await claiming.let_go(self._database, agency, source, presence, again=again)

    async def run(self, agency: Agency, source: Source) -> Run:
        """Hand over what is new or changed there, and see what vanished. What went wrong is kept with the source.

        Raises:
            RequestError: it may not be a source any more, or cannot be looked through; nothing vanished by that.
        """
        return await self._runs.run(agency, source, self._kind(source.kind))

    async def _change(
        self, agency: Agency, by: str, name: str, act: str, query: str, more: Mapping[str, Any] = MappingProxyType({})
    ) -> Source:
        """Change one source, and record it before that takes hold."""
        async with self._database.agency(agency) as connection:
            rows = await connection.execute(query, {"agency": agency.id, "name": name})
            row = await rows.fetchone()
            if row is None:
                raise _not_there(name)
            source = source_of(agency, row)
            await self._record(agency, by, act, source.id, {**source.place, **more})
        return source

    def _kind(self, name: str) -> Kind:
        if name not in self._kinds:
            raise InvalidRequest(
                f"There is no kind of source {name[:20]!r}.", cure=f"There are: {', '.join(self._kinds)}.", param="kind"
            )
        return self._kinds[name]


def _not_there(name: str) -> NotFound:
    return NotFound(f"There is no source {name[:64]!r} in your agency.")
