"""What tells one version of a file on the web from another; kept in its document's origin between runs."""

from datetime import UTC, date, datetime

import msgspec
from msgspec import Struct

from publius.retrieval.origin import Origin
from publius.retrieval.sources.fetching import Fetched

_LONGEST = 200  # characters of what a server says


class Mark(Struct, frozen=True, omit_defaults=True):
    """What was said of a version, and when the file was last asked for (UTC, YYYY-MM-DD)."""

    changed: str = ""  # by the list that names it: a sitemap, a catalogue
    etag: str = ""
    modified: str = ""
    asked: str = ""

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for the file only if it changed."""
        told = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in told.items() if value}

    def after(self, answer: Fetched, changed: str) -> str:
        """The mark as an origin keeps it, once the file was asked for; where nothing changed, a server may say less."""
        told = answer.headers
        before = self if answer.status == 304 else Mark()
        mark = Mark(
            changed=_plain(changed),
            etag=_plain(told.get("etag", before.etag)),
            modified=_plain(told.get("last-modified", before.modified)),
            asked=today().isoformat(),
        )
        return msgspec.json.encode(mark).decode()


def _plain(said: str) -> str:
    """What can be kept and sent back as a header; what else a server says is as if it had said nothing."""
    return said if len(said) <= _LONGEST and said.isascii() and said.isprintable() else ""


def mark_of(origin: Origin | None) -> Mark:
    """The mark in an origin; an empty one where there is none."""
    try:
        return msgspec.json.decode(origin.mark, type=Mark) if origin and origin.mark else Mark()
    except msgspec.DecodeError:
        return Mark()


def today() -> date:
    """The day now (UTC)."""
    return datetime.now(UTC).date()
