"""The room's face: which missions there are, which of them an agency has turned on, and their tools."""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from publius.kit import Tool
from publius.missions.discovery import Broken, Found
from publius.missions.faults import MissionNotFound
from publius.missions.interview import Script, interview_of
from publius.missions.loading import tools_of
from publius.missions.pack import Pack
from publius.storage import Database
from publius.types import Agency, Model

AGAIN = 5.0  # seconds after which packs are looked for again

_TURN_ON = "INSERT INTO agency_missions (mission, turned_on_by) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_TURN_OFF = "DELETE FROM agency_missions WHERE mission = %s"


class Turned(NamedTuple):
    """When an agency's mission was turned on, and by whom."""

    at: datetime
    by: str


class Missions:
    """Every pack that was found, and the database's word on who has turned it on.

    `look` finds the packs that are there by now: one that came while the server runs is found once it is turned on. Of
    one that was found before, nothing is read again.
    """

    def __init__(self, database: Database, found: Found, look: Callable[[], Found] | None = None) -> None:
        self._database = database
        self._own = found.own
        self._look = look
        self._looked = -AGAIN
        self._tools: dict[str, tuple[Tool, ...]] = {}
        self._interviews: dict[str, Script | None] = {}
        self.packs: Mapping[str, Pack] = found.installed
        self.broken: tuple[Broken, ...] = found.broken

    def seen_by(self, agency: Agency) -> dict[str, Pack]:
        """The packs that the agency may turn on, by id: those that are installed and those of its own folder."""
        return dict(sorted({**self.packs, **self._own.get(agency.slug, {})}.items()))

    async def turned_on(self, agency: Agency) -> dict[str, Turned]:
        """The ids that the agency has turned on; one of them may be of a pack that is gone."""
        async with self._database.agency(agency) as connection:
            rows = await connection.execute("SELECT mission, turned_on_at, turned_on_by FROM agency_missions")
            return {row.mission: Turned(row.turned_on_at, row.turned_on_by) for row in await rows.fetchall()}

    async def of(self, agency: Agency) -> tuple[Pack, ...]:
        """The missions that are on for the agency, by id."""
        on = await self.turned_on(agency)
        if on.keys() - self.seen_by(agency).keys():
            await self._look_again()
        return tuple(pack for id, pack in self.seen_by(agency).items() if id in on)

    async def pack(self, agency: Agency, id: str) -> Pack:
        """The mission of that id, where it is on for the agency.

        Raises:
            MissionNotFound: it is not, whatever the reason.
        """
        pack = next((pack for pack in await self.of(agency) if pack.id == id), None)
        if pack is None:
            raise MissionNotFound(f"There is no mission {id[:64]!r}.")
        return pack

    async def models(self, agency: Agency) -> tuple[Model, ...]:
        """Those that are on as models that can be asked."""
        return tuple(Model(pack.model, True, pack.description(), mission=pack.id) for pack in await self.of(agency))

    async def turn(self, agency: Agency, id: str, on: bool, by: str) -> None:
        """Turn a mission on or off for one agency; to what it is already is no change.

        Raises:
            MissionNotFound: the agency sees none of that id, on or off.
            BrokenMission: it cannot be turned on because its pack cannot be read.
        """
        if on and id not in self.seen_by(agency):
            await self._look_again()
        seen = id in self.seen_by(agency)
        for broken in self.broken if on and not seen else ():
            if broken.id == id and broken.agency in ("", agency.slug):
                raise broken.error
        async with self._database.agency(agency) as connection:
            if on and seen:
                await connection.execute(_TURN_ON, [id, by])
                return
            gone = on or (await connection.execute(_TURN_OFF, [id])).rowcount == 0
        if gone and not seen:
            raise MissionNotFound(f"There is no mission {id[:64]!r}.")

    def tools(self, pack: Pack) -> tuple[Tool, ...]:
        """The pack's tools, whose code is imported when they are first asked for.

        Raises:
            BrokenMission: they cannot be imported.
        """
        if pack.package not in self._tools:
            self._tools[pack.package] = tools_of(pack)
        return self._tools[pack.package]

    def interview(self, pack: Pack) -> Script | None:
        """The pack's guided interview, read when it is first asked for; None where it has none.

        Raises:
            BrokenMission: it cannot be read, or asks for what the pack's tools do not take.
        """
        if pack.package not in self._interviews:
            self._interviews[pack.package] = interview_of(pack, {tool.name: tool for tool in self.tools(pack)})
        return self._interviews[pack.package]

    async def _look_again(self) -> None:
        """Take up the packs that have come since; not twice within a few seconds, for one of them may be gone."""
        if self._look is None or time.monotonic() - self._looked < AGAIN:
            return
        self._looked = time.monotonic()
        found = await asyncio.to_thread(self._look)
        self.packs = {**found.installed, **self.packs}
        self._own = {slug: {**packs, **self._own.get(slug, {})} for slug, packs in {**self._own, **found.own}.items()}
        self.broken = found.broken
