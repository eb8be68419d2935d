"""A building of its own in which a pack is tried: a database that is thrown away, and one agency with the pack on.

So that checking a pack leaves nothing in any agency's ledger, and counts against nobody's budget. Llama and its weights
are those of the settings.
"""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from publius import flow
from publius.application import open_application
from publius.cli.terminal import local_principal
from publius.errors import WeightsMissing
from publius.kit import Tool
from publius.missions import Pack
from publius.missions.cases import Placed
from publius.missions.checking import Finding
from publius.missions.discovery import Found
from publius.missions.running import Outcome, run
from publius.settings import Settings
from publius.storage import Owner, storage_ready
from publius.types import Role

AGENCY = "trial"  # of a pack that belongs to no agency
PLENTY = 1_000_000_000  # no limit is met here


def try_out(
    settings: Settings, pack: Pack, cases: Sequence[Placed], told: Callable[[Outcome], None]
) -> tuple[list[Finding], list[Outcome]]:
    """Import the pack's tools and ask its cases: what is wrong with the tools, and the outcomes.

    Raises:
        SetupError: the database or Llama does not start.
        BrokenMission: its tools cannot be imported, or its interview does not fit them; no case was asked.
    """
    if not (settings.home / "models").is_dir():
        raise WeightsMissing(f"There are no weights in {settings.home / 'models'}, and the cases need them.")
    own = {pack.agency: {pack.id: pack}} if pack.agency else {}
    found = Found({} if own else {pack.id: pack}, own, ())
    with tempfile.TemporaryDirectory(prefix="publius-check-") as folder:
        home = Path(folder)
        (home / "models").symlink_to(settings.home / "models")
        # Vectors go by what was read, and are nobody's: a check finds those that were made before, and leaves its own.
        (settings.home / "vectors").mkdir(exist_ok=True)
        (home / "vectors").symlink_to(settings.home / "vectors")
        apart = msgspec.structs.replace(settings, home=home, database_url="", traces="", metrics_port=0)
        with storage_ready(apart) as storage:
            slug = pack.agency or AGENCY
            Owner(storage.owner).create_agency(slug, "Trial", rate_per_minute=1_000_000, tokens_per_day=PLENTY)

            async def inside() -> tuple[list[Finding], list[Outcome]]:
                async with open_application(apart, storage, packs=found) as app:
                    agency = await app.database.agency_by_slug(slug)
                    who = local_principal(agency, Role.MEMBER)
                    await app.missions.turn(agency, pack.id, True, who.id)
                    app.missions.interview(pack)
                    wrong = unknown_inputs(app.missions.tools(pack), cases)
                    return wrong, await run(cases, pack.model, who, partial(flow.answer, app=app), told)

            return asyncio.run(inside())


def unknown_inputs(tools: Sequence[Tool], cases: Sequence[Placed]) -> list[Finding]:
    """The cases that ask for an input which no tool has."""
    known = {parameter.name for tool in tools for parameter in tool.parameters}
    return [
        Finding(placed.file, placed.line, f"asks_for names {name!r}, which is no input of a tool")
        for placed in cases
        for name in placed.case.asks_for
        if name.partition(".")[0] not in known
    ]
