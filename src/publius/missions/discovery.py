"""Finds the missions of this installation: packs that are installed, and those in a folder of one agency's own.

An installed pack is a package that names itself under the entry point `publius.missions`; each agency may turn it on.
A folder `PUBLIUS_HOME/missions/AGENCY/ID` is a pack that this one agency sees, and nobody else. Its code runs in the
server as all other code does, so only an operator may put one there. Nothing is run to find a pack.
"""

import importlib.util
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import NamedTuple

from publius.missions.faults import BrokenMission
from publius.missions.pack import Pack, read_pack
from publius.settings import Settings

GROUP = "publius.missions"
OWN = "publius_own_missions"  # the package that packs of agencies' own folders are modules of


class Broken(NamedTuple):
    """A pack that cannot be read, and why. `agency` is as a pack's."""

    id: str
    agency: str
    folder: Path
    package: str
    error: BrokenMission


class Found(NamedTuple):
    """The packs that can be read, each by its id: installed ones, and by agency's slug its own; and the others."""

    installed: dict[str, Pack]
    own: dict[str, dict[str, Pack]]
    broken: tuple[Broken, ...]


class _Place(NamedTuple):
    """Where a pack is said to be, and what it is said to be called."""

    id: str
    folder: Path
    package: str
    agency: str = ""


def discover(settings: Settings) -> Found:
    """Look for packs and read them. One that is broken costs the others nothing."""
    importlib.invalidate_caches()  # A pack may have come while this process runs.
    found = Found({}, {}, ())
    broken = []
    for place in (*_installed(), *own_places(settings.home)):
        packs = found.own.setdefault(place.agency, {}) if place.agency else found.installed
        try:
            pack = read_pack(place.folder, place.package, agency=place.agency)
            _check_name(pack, place.id)
            if place.id in packs or place.id in found.installed:
                raise BrokenMission("mission.toml", 0, f"a mission {place.id} is installed already")
        except BrokenMission as error:
            broken.append(Broken(place.id, place.agency, place.folder, place.package, error))
        else:
            packs[place.id] = pack
    return found._replace(broken=tuple(broken))


def own_places(home: Path) -> Iterator[_Place]:
    """The folders that agencies' own packs are in."""
    for folder in sorted(home.glob("missions/*/*")):
        if folder.is_dir() and not folder.name.startswith((".", "_")):
            agency = folder.parent.name
            yield _Place(folder.name, folder, f"{OWN}.{agency}.{folder.name}", agency)


def folder_of(package: str) -> Path:
    """The folder of an importable package, which is not imported; only what it is part of is."""
    try:
        found = importlib.util.find_spec(package)
    except ImportError:
        found = None
    if found is None or not found.submodule_search_locations:
        raise BrokenMission(package, 0, "there is no such package")
    return Path(found.submodule_search_locations[0])


def _installed() -> Iterator[_Place]:
    for point in sorted(entry_points(group=GROUP)):
        try:
            yield _Place(point.name, folder_of(point.value), point.value)
        except BrokenMission:
            yield _Place(point.name, Path(point.value), point.value)  # reading it says that it is not there


def _check_name(pack: Pack, name: str) -> None:
    if pack.id != name:
        raise BrokenMission("mission.toml", 0, f"id is {pack.id!r}, but its folder or entry point is called {name!r}")
