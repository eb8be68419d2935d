"""Which pack, and which agency, somebody at the terminal means."""

from pathlib import Path
from typing import NamedTuple

from publius.application import Application
from publius.errors import InvalidRequest
from publius.missions import discover
from publius.missions.discovery import OWN
from publius.missions.faults import MissionNotFound
from publius.settings import read
from publius.types import Agency

LOOSE = "trial"  # stands for the agency of a folder that belongs to none yet


class Target(NamedTuple):
    """A pack to be read, whether it can be or not: what people call it, where it is, and what it is imported as."""

    name: str
    folder: Path
    package: str
    agency: str


def targets(wanted: str | None) -> list[Target]:
    """The pack of that id, AGENCY/ID or folder; every pack that is found where none is wanted.

    Raises:
        MissionNotFound: there is no such pack and no such folder.
    """
    found = discover(read())
    packs = [*found.installed.values(), *(pack for own in found.own.values() for pack in own.values())]
    known = [Target(_name(pack.agency, pack.id), pack.folder, pack.package, pack.agency) for pack in packs]
    known += [Target(_name(each.agency, each.id), each.folder, each.package, each.agency) for each in found.broken]
    if wanted is None:
        return sorted(known)
    folder = Path(wanted)
    a_path = wanted.startswith((".", "/"))
    for target in known:
        if target.folder.resolve() == folder.resolve() if a_path else target.name == wanted:
            return [target]
    if folder.is_dir():
        name = folder.resolve().name
        return [Target(name, folder.resolve(), f"{OWN}.{LOOSE}.{name}", LOOSE)]
    raise MissionNotFound(
        f"There is no mission and no folder {wanted!r}.",
        cure="'publius missions list' shows the missions; a folder is written ./FOLDER.",
    )


async def agency_with(app: Application, id: str, wanted: str) -> Agency:
    """The agency of that slug; where none is wanted the first that has turned the mission on.

    Raises:
        InvalidRequest: none has.
        NotFound: there is no such agency.
    """
    if wanted:
        return await app.database.agency_by_slug(wanted)
    for agency in await app.database.agencies():
        if any(pack.id == id for pack in await app.missions.of(agency)):
            return agency
    raise InvalidRequest(
        f"No agency has turned on {id!r}.", cure=f"Turn it on: publius missions on {id} --agency AGENCY"
    )


def _name(agency: str, id: str) -> str:
    return f"{agency}/{id}" if agency else id
