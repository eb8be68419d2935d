"""A folder of this machine as a source. Only folders that the operator allows are read, and no link leads out."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from publius.errors import InvalidRequest


class Found(Struct, frozen=True):
    """A file of a source, by its path within it; without data it was refused."""

    name: str
    data: bytes | None


def allowed(address: str, roots: tuple[Path, ...]) -> Path:
    """The folder itself, with every link in its path followed.

    Raises:
        InvalidRequest: it does not lie in an allowed folder, or is none; which of both is not said.
    """
    folder = Path(os.path.realpath(address))
    if any(folder.is_relative_to(os.path.realpath(root)) for root in roots) and folder.is_dir():
        return folder
    raise InvalidRequest(
        "There is no such folder among those that may be a source.",
        cure="The operator allows folders with PUBLIUS_SOURCE_FOLDERS.",
        param="address",
    )


def files(folder: Path, largest: int) -> Iterator[Found]:
    """Every file in it and below, hidden ones left out, in the order of their names.

    Links are not followed, neither to files nor to folders: each name is opened from the folder that holds it, which
    was itself opened so, so that one that is put in place of another meanwhile leads nowhere.

    Raises:
        InvalidRequest: a folder in it cannot be read, so that what is in there would be taken for vanished.
    """

    def unread(error: OSError) -> None:
        raise InvalidRequest(
            f"A folder in it cannot be read: {error.strerror}.", cure="Give the server the right to read all of it."
        )

    for where, folders, names, held in os.fwalk(folder, onerror=unread, follow_symlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Found(str((Path(where) / name).relative_to(folder)), _read(name, held, largest))


def _read(name: str, held: int, largest: int) -> bytes | None:
    try:
        # Without waiting: a pipe in the folder would otherwise hold the reader for ever.
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=held)
    except OSError:
        return None
    with os.fdopen(opened, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        data = file.read(largest + 1)
    return data if len(data) <= largest else None
