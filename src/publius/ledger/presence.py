"""Says that a process lives, by a file lock that the kernel drops when it dies, however it dies."""

import contextlib
import fcntl
import os
from pathlib import Path
from uuid import uuid4


class Presence:
    """One lock file a process in `folder`. Its `name` stands in the journal beside each stream that it holds."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.name = uuid4().hex
        self._folder = folder
        self._file = os.open(folder / self.name, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def close(self) -> None:
        """Leave in good order."""
        (self._folder / self.name).unlink(missing_ok=True)
        os.close(self._file)

    def gone(self) -> set[str]:
        """The names of processes that died without leaving, as far as their lock files lie in this folder."""
        return {path.name for path in self._folder.iterdir() if path.name != self.name and _unlocked(path)}

    def forget(self, names: set[str]) -> None:
        """Clear the lock files of the dead, once nothing of theirs is left to do."""
        for name in names:
            (self._folder / name).unlink(missing_ok=True)


def _unlocked(path: Path) -> bool:
    with contextlib.suppress(OSError):
        file = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        finally:
            os.close(file)
    return False
