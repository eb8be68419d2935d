"""A folder of this machine as a source. Only folders that the operator allows are read, and no link leads out."""

import asyncio
import os
import stat
from collections.abc import AsyncGenerator, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from publius.errors import InvalidRequest
from publius.retrieval.origin import Origin
from publius.retrieval.sources.kind import Found, Settings, settings_as

NOT_TAKEN = "It is a link, no file, too large, or may not be read."


class _None(Struct, forbid_unknown_fields=True):
    """A folder has no settings."""


class Folder:
    """Folders as a kind of source; its address is the folder."""

    def __init__(self, roots: tuple[Path, ...], largest: int) -> None:
        """
        Args:
            roots: folders that a source may lie in.
            largest: most bytes of one file.
        """
        self._roots = roots
        self._largest = largest

    def accept(self, address: str, settings: Settings) -> tuple[str, dict[str, Any]]:
        """The folder itself; see `allowed`."""
        settings_as(_None, settings)
        return str(allowed(address, self._roots)), {}

    async def look(
        self, address: str, settings: Settings, known: Mapping[str, Origin | None]
    ) -> AsyncGenerator[Found, None]:
        """Every file in it; all are read, since reading one costs less than to ask whether it changed."""
        there = files(allowed(address, self._roots), self._largest)
        while (found := await asyncio.to_thread(next, there, None)) is not None:
            yield found


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
                data = _read(name, held, largest)
                path = str((Path(where) / name).relative_to(folder))
                yield Found(path, data, reason="" if data is not None else NOT_TAKEN)


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
