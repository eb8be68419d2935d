"""The newest checkpoint of each log, kept outside the database.

Who can change the database alone cannot then cut off the end of a log unseen: `verify` compares it with this.
"""

import contextlib
import secrets
from pathlib import Path


class Keepsakes:
    """One file an agency in `home/ledger/checkpoints`, each replaced whole."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "ledger" / "checkpoints"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, slug: str, note: str) -> None:
        """Replace the agency's file, if that can be done: the record is already safe, so its answer may go.

        It is not flushed to disk. An older checkpoint serves as well, only for fewer records.
        """
        draft = self._folder / f".{slug}.{secrets.token_hex(4)}"
        with contextlib.suppress(OSError):
            draft.write_text(note)
            draft.replace(self._folder / slug)

    def notes(self, slug: str) -> tuple[str, ...]:
        """The checkpoint that is kept for this agency, if there is one."""
        with contextlib.suppress(FileNotFoundError):
            return ((self._folder / slug).read_text(),)
        return ()

    def forget(self, slug: str) -> None:
        """Drop the agency's file, once the agency is gone: another of its name begins a log of its own."""
        (self._folder / slug).unlink(missing_ok=True)
