"""Where a document was taken from, as its source says; kept with it, and gone with it."""

from typing import Any

import msgspec
from msgspec import Struct


class Origin(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a source says of a file. Empty where it says nothing.

    `mark` is whatever the source tells one version of the file from another by (an ETag, a day of change): only the
    kind of source that wrote it reads it again.
    """

    address: str = ""
    publisher: str = ""
    licence: str = ""
    mark: str = ""


def stored(origin: Origin | None) -> str | None:
    """As JSON for a column."""
    return msgspec.json.encode(origin).decode() if origin else None


def read(column: Any) -> Origin | None:
    """From a column's JSON."""
    return None if column is None else msgspec.convert(column, Origin)
