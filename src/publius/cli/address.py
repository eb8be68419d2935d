"""Where the Publius of this home answers: its server says so, for commands that print an address in another shell."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from publius.settings import Settings


@contextlib.contextmanager
def told(settings: Settings) -> Iterator[None]:
    """While the server runs, keep its address in the home: its port may come from `--port` or its own shell's PORT."""
    file = _file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(settings.url)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def address(settings: Settings) -> str:
    """The address that people use: the public one, or the running server's, or what these settings would make it."""
    if not settings.public_url:
        with contextlib.suppress(FileNotFoundError):
            return _file(settings).read_text()
    return settings.url


def _file(settings: Settings) -> Path:
    return settings.home / "run" / "address"
