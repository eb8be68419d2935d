"""Writes a new pack: small, whole, and as it must be, for its author to write over."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from string import Template

from publius.errors import Conflict, InvalidRequest
from publius.missions.pack import ID

SKELETON = Path(__file__).parent / "skeleton"
REVIEWED = timedelta(days=365)  # from today, until the owner has to look at it again


def begin(id: str, folder: Path, today: date) -> list[str]:
    """Write the pack `id` into a folder that is not there yet; the names of its files.

    Raises:
        InvalidRequest: it cannot be an id.
        Conflict: there is something in the folder.
    """
    if not ID.fullmatch(id):
        said = "An id is 2 to 48 lower-case letters, digits and _, beginning with a letter, such as water_access."
        raise InvalidRequest(f"{id!r} cannot be a mission.", cure=said)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder} is there already.", cure="Nothing was written. Choose another folder with --folder.")
    shutil.copytree(SKELETON, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    words = {
        "ID": id,
        "TITLE": id.replace("_", " ").capitalize(),
        "TODAY": today.isoformat(),
        "REVIEW_BY": (today + REVIEWED).isoformat(),
    }
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    for name in names:
        path = folder / name
        path.write_text(Template(path.read_text(encoding="utf-8")).safe_substitute(words), encoding="utf-8")
    return names
