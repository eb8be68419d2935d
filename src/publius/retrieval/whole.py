"""A file with the files inside of it, each to be a document too: read whole, and then written whole or not at all."""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol
from uuid import UUID

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from publius.errors import InvalidRequest, UnreadableDocument
from publius.retrieval import names
from publius.retrieval.passages import Piece
from publius.retrieval.reading import Part, ReadDocument
from publius.retrieval.revision import Added, Connection, File, Inside, keep_parts, write
from publius.types import Agency

MAX_DEPTH = 3  # a file in an archive in a mail
MAX_PARTS = 1_000  # in all, at every depth
MAX_BYTES = 256 * 1024 * 1024  # of all of them, unpacked

Embed = Callable[[Sequence[str]], Awaitable[np.ndarray]]


class Reads(Protocol):
    """Reads one file, somewhere it can do no harm."""

    async def read(self, name: str, data: bytes) -> tuple[ReadDocument, Sequence[Piece]]: ...


class Unread(Struct, frozen=True):
    """A file inside of another that does not become a document, and why."""

    name: str
    reason: str


class Prepared(Struct, frozen=True):
    """A file ready to be written, with those inside of it."""

    file: File
    document: ReadDocument
    pieces: Sequence[Piece]
    vectors: np.ndarray
    parts: "tuple[Prepared | Unread, ...]" = ()


class _Left(Struct):
    """What may still be unpacked of one file that came, so that archives in archives do not multiply."""

    parts: int = MAX_PARTS
    bytes: int = MAX_BYTES


async def prepare(file: File, reader: Reads, embed: Embed) -> Prepared:
    """Read a file, and every file inside of it that can be read.

    Raises:
        UnreadableDocument: the file itself cannot be read. Of one inside of it, the reason is kept instead.
    """
    return await _prepare(file, reader, embed, _Left(), MAX_DEPTH)


async def _prepare(file: File, reader: Reads, embed: Embed, left: _Left, depth: int) -> Prepared:
    document, pieces = await reader.read(file.name, file.data)
    vectors = await embed([embedded(document.title, piece) for piece in pieces])
    parts: list[Prepared | Unread] = []
    for name, part in _named(file.name, document.parts):
        left.parts -= 1
        left.bytes -= len(part.data)
        if reason := part.reason or _too_much(left, depth):
            parts.append(Unread(name, reason))
            continue
        inner = replace(file, name=name, data=part.data, sha256=hashlib.sha256(part.data).digest(), inside=True)
        try:
            parts.append(await _prepare(inner, reader, embed, left, depth - 1))
        except UnreadableDocument as refusal:
            parts.append(Unread(name, str(refusal)))
    return Prepared(file, replace(document, parts=()), pieces, vectors, tuple(parts))


async def write_whole(connection: Connection, agency: Agency, whole: Prepared, container: UUID | None = None) -> Added:
    """Write a file that has been read, and those inside of it. What was in its revision before and is no more, goes."""
    added = await write(connection, agency, whole.file, whole.document, whole.pieces, whole.vectors, container)
    if added.status not in ("new", "revised"):
        return added
    parts: list[Inside] = []
    for part in whole.parts:
        if isinstance(part, Unread):
            parts.append(Inside(part.name, reason=part.reason))
            continue
        labelled = replace(part, file=replace(part.file, level=added.level, fresh=added.level))
        parts.append(Inside(part.file.name, await write_whole(connection, agency, labelled, added.document_id)))
    await keep_parts(connection, agency, added, parts)
    return replace(added, parts=tuple(parts))


def _named(container: str, parts: Iterable[Part]) -> Iterable[tuple[str, Part]]:
    """Each part under the name that it is kept by: that of the container, and its own, cleaned and made single."""
    taken: set[str] = set()
    for number, part in enumerate(parts, 1):
        try:
            own = names.clean(part.name)
        except InvalidRequest:
            own = f"file {number}"
        name = names.clean(f"{container}/{own}")
        stem, dot, ending = name.rpartition(".")
        copy = 1
        while name in taken:
            copy += 1
            name = f"{stem} ({copy}){dot}{ending}" if dot and "/" not in ending else f"{stem}{dot}{ending} ({copy})"
        taken.add(name)
        yield name, part


def _too_much(left: _Left, depth: int) -> str:
    if depth <= 0:
        return f"It is packed more than {MAX_DEPTH} deep. Unpack it and upload it by itself."
    if left.parts < 0:
        return f"More than {MAX_PARTS:,} files came inside of one. Upload it by itself."
    if left.bytes < 0:
        return f"What came inside of one file is more than {MAX_BYTES >> 20} MB. Upload it by itself."
    return ""


def embedded(title: str, piece: Piece) -> str:
    """What is embedded of a passage: where it stands, and its text."""
    place = " > ".join(dict.fromkeys((title, *piece.headings)))
    return "\n".join(part for part in (place, piece.context, piece.text) if part)
