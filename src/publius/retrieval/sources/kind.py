"""What a kind of source is: one module beside this one, which looks through a place and tells what it met there."""

import hashlib
import re
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Struct

from publius.errors import InvalidRequest
from publius.retrieval import names
from publius.retrieval.origin import Origin

LONGEST = 190  # characters of a path, so that a source's name before it and it are a document's name

Settings = Mapping[str, Any]
Read = TypeVar("Read", bound=Struct)


class Found(Struct, frozen=True):
    """A file that was met, by its path within the source.

    With `data` it is new or may have changed; with a `reason` it was not taken; with neither it is unchanged. One that
    is `gone` is no longer there, although the source still names it; one that is `noindex` asks itself not to be taken.
    """

    name: str
    data: bytes | None = None
    reason: str = ""
    origin: Origin | None = None
    gone: bool = False
    noindex: bool = False


class Kind(Protocol):
    """A kind of source. Its settings are JSON, which it alone reads."""

    def accept(self, address: str, settings: Settings) -> tuple[str, dict[str, Any]]:
        """The address and settings as they are to be kept.

        Raises:
            InvalidRequest: they cannot be a source of this kind, and why.
        """
        ...

    def look(self, address: str, settings: Settings, known: Mapping[str, Origin | None]) -> AsyncGenerator[Found, None]:
        """All that is there now, one after the other. What is not told of is taken for vanished.

        Args:
            known: what the documents of this source say of their origin, by `path`.

        Raises:
            RequestError: it cannot be looked through, so that nothing can be said to have vanished.
        """
        ...


def path(name: str) -> str:
    """The path that a file is kept under within its source: clean, and cut in front where it is too long.

    Raises:
        InvalidRequest: nothing is left of it.
    """
    cleaned = names.clean(name)
    if len(cleaned) <= LONGEST:
        return cleaned
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{digest}-{cleaned[-(LONGEST - 17) :].lstrip('/ ')}"


def settings_as(kind: type[Read], settings: Settings) -> Read:
    """The settings as their kind's own struct.

    Raises:
        InvalidRequest: one is unknown or of another type; names it.
    """
    try:
        return msgspec.convert(dict(settings), kind)
    except msgspec.ValidationError as error:
        place = re.search(r"`\$\.(\w+)", str(error))
        raise InvalidRequest(
            f"This cannot be a setting of the source: {error}.", param=place[1] if place else "settings"
        ) from None
