"""The agency's library: documents come in, are listed, opened and removed, and questions find what they may rest on."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import numpy as np
from msgspec import Struct

from publius.errors import NotFound, PubliusError, RequestError, UnreadableDocument
from publius.retrieval import names
from publius.retrieval.gathering import asked, evidence
from publius.retrieval.passages import Piece
from publius.retrieval.reading import ReadDocument
from publius.retrieval.revision import Added, File, relabel, unchanged, write
from publius.retrieval.search import search, searchable
from publius.storage import Database
from publius.storage.labels import level_for_new, level_of
from publius.types import Agency, Evidence, Grant, Passage, Question

Embed = Callable[[Sequence[str]], Awaitable[np.ndarray]]

AT_ONCE = 4  # files under way together, so that reading, embedding and writing overlap


class Reads(Protocol):
    """Reads one file, somewhere it can do no harm."""

    async def read(self, name: str, data: bytes) -> tuple[ReadDocument, Sequence[Piece]]: ...


class Document(Struct, frozen=True):
    """One document as a list shows it: its current revision."""

    id: UUID
    name: str
    title: str
    media_type: str
    revision: int
    passages: int
    level: int  # of its label
    added_by: str
    added_at: datetime


class Listing(Struct, frozen=True, kw_only=True):
    """A page of documents, and how many there are on all pages."""

    documents: tuple[Document, ...]
    total: int


class Opened(Struct, frozen=True, kw_only=True):
    """One revision of one document, with the text that citations count in."""

    id: UUID
    name: str
    title: str
    media_type: str
    level: int  # of its label
    revision: int
    current: int  # the newest revision; a reader of an older one is told
    text: str
    pages: tuple[tuple[int, int], ...]  # (start, end) of each page in text; empty where there are none
    added_by: str
    added_at: datetime


class Progress(Struct, frozen=True, kw_only=True):
    """What became of one of many files: added, or why not."""

    name: str
    added: Added | None = None
    error: PubliusError | None = None


class Library:
    """Every document of every agency; each method sees one agency's alone, and of those the ones under its ceiling."""

    def __init__(self, database: Database, embed: Embed, reader: Reads) -> None:
        self._database = database
        self._embed = embed
        self._reader = reader

    async def gather(self, grant: Grant, question: Question) -> Evidence:
        """The passages that an answer to `question` may rest on, best first, about 900 tokens in all.

        Empty for a model that is not grounded. Below the relevance floor `passages` is empty and `nearest` names
        the three that came closest.
        """
        words = searchable(asked(question.messages)) if grant.model.grounded else ""
        if not words.strip():
            return Evidence()
        return evidence(await self.search(grant.agency, words))

    async def search(self, agency: Agency, words: str, *, limit: int = 20) -> list[Passage]:
        """The passages nearest to `words`, best first, whatever their relevance."""
        vector = (await self._embed([words]))[0]
        async with self._database.agency(agency) as connection:
            return await search(connection, agency, words, vector, limit=limit)

    async def add(
        self, agency: Agency, principal_id: str, name: str, data: bytes, *, label: str | None = None
    ) -> Added:
        """Read a file into the library; when this returns it is in search.

        The same bytes are one document, whatever their name; other bytes under a known name are its next revision,
        and the passages of the one before leave search in the same transaction. Without a `label` a new document has
        the agency's default, and one that is there keeps its own.

        Raises:
            UnreadableDocument: it cannot be read, and why.
            InvalidRequest: its name cannot be kept, or there is no such label up to the agency's ceiling.
            Conflict: another document of its name has that label already.
        """
        file = File(
            name=names.clean(name),
            data=data,
            sha256=hashlib.sha256(data).digest(),
            added_by=principal_id,
            level=level_of(agency, label) if label else None,
            fresh=level_for_new(agency, label),
        )
        async with self._database.agency(agency) as connection:
            if same := await unchanged(connection, agency, file):
                return same
        document, pieces = await self._reader.read(file.name, data)
        vectors = await self._embed([embedded(document.title, piece) for piece in pieces])
        async with self._database.agency(agency) as connection:
            return await write(connection, agency, file, document, pieces, vectors)

    async def add_many(
        self,
        agency: Agency,
        principal_id: str,
        files: Iterable[tuple[str, bytes | Path]],
        *,
        label: str | None = None,
    ) -> AsyncIterator[Progress]:
        """Add files, several at once; tells of each as it is done, in no order. A bad one never stops the rest."""
        under_way: set[asyncio.Task[Progress]] = set()
        try:
            for name, source in files:
                under_way.add(asyncio.create_task(self._try(agency, principal_id, name, source, label)))
                if len(under_way) >= AT_ONCE:
                    done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        yield task.result()
            for next_done in asyncio.as_completed(under_way):
                yield await next_done
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)  # nothing is written once this has ended

    async def list(self, agency: Agency, *, matching: str = "", limit: int = 50, offset: int = 0) -> Listing:
        """A page of documents by name; `matching` is part of a name or title, in any case."""
        columns = ", ".join(Document.__struct_fields__)
        pattern = "%" + searchable(matching).translate({ord(c): f"\\{c}" for c in "\\%_"}) + "%"
        among = "FROM documents WHERE agency_id = %(agency)s AND (name ILIKE %(pattern)s OR title ILIKE %(pattern)s)"
        values = {"agency": agency.id, "pattern": pattern, "limit": limit, "offset": offset}
        async with self._database.agency(agency) as connection:
            total = await (await connection.execute(f"SELECT count(*) {among}", values)).fetchone()
            rows = await connection.execute(
                f"SELECT {columns} {among} ORDER BY name LIMIT %(limit)s OFFSET %(offset)s",
                values,
            )
            documents = tuple(Document(*row) for row in await rows.fetchall())
        return Listing(documents=documents, total=total[0] if total else 0)

    async def open(self, agency: Agency, document_id: UUID, revision: int | None = None) -> Opened:
        """A revision with its text; the current one unless another is asked for.

        Raises:
            NotFound: the agency has no such document or revision.
        """
        row = await self._revision(agency, document_id, revision, "text, pages")
        fields = {field: getattr(row, field) for field in Opened.__struct_fields__}
        return Opened(**fields | {"pages": tuple((start, end) for start, end in row.pages)})

    async def original(self, agency: Agency, document_id: UUID, revision: int | None = None) -> tuple[str, str, bytes]:
        """The file as it was added: name, media type, bytes.

        Raises:
            NotFound: the agency has no such document or revision.
        """
        row = await self._revision(agency, document_id, revision, "original")
        return row.name, row.media_type, row.original

    async def label(self, agency: Agency, document_id: UUID, label: str) -> str:
        """Give a document another label, from now on and for all its revisions; returns the label that it had.

        Answers that rest on it never come lower than it is: if its label rises, so do theirs.

        Raises:
            NotFound: the agency has no such document.
            InvalidRequest: there is no such label up to the agency's ceiling.
            Conflict: another document of its name has that label already.
        """
        level = level_of(agency, label)
        async with self._database.agency(agency) as connection:
            rows = await connection.execute(
                "SELECT level FROM documents WHERE agency_id = %s AND id = %s FOR UPDATE", [agency.id, document_id]
            )
            before = await rows.fetchone()
            if before is None or not await relabel(connection, agency, document_id, level):
                raise _not_there()
        return agency.labels.name(before.level)

    async def remove(self, agency: Agency, document_id: UUID) -> None:
        """Take a document out of the library with all its revisions; once this returns, no search finds it.

        Raises:
            NotFound: the agency has no such document.
        """
        async with self._database.agency(agency) as connection:
            gone = await connection.execute(
                "DELETE FROM documents WHERE agency_id = %s AND id = %s", [agency.id, document_id]
            )
            if not gone.rowcount:
                raise _not_there()

    async def _revision(self, agency: Agency, document_id: UUID, number: int | None, columns: str) -> Any:
        async with self._database.agency(agency) as connection:
            rows = await connection.execute(
                f"SELECT d.id, r.name, r.title, r.media_type, r.level, number AS revision, d.revision AS current,"  # noqa: S608
                f" r.added_by, r.added_at, {columns} FROM revisions r JOIN documents d ON d.id = document_id"
                " WHERE r.agency_id = %s AND document_id = %s AND number = coalesce(%s, d.revision)",
                [agency.id, document_id, number],
            )
            row = await rows.fetchone()
        if row is None:
            raise _not_there()
        return row

    async def _try(
        self, agency: Agency, principal_id: str, name: str, source: bytes | Path, label: str | None
    ) -> Progress:
        try:
            data = source if isinstance(source, bytes) else await asyncio.to_thread(source.read_bytes)
            return Progress(name=name, added=await self.add(agency, principal_id, name, data, label=label))
        except OSError as error:
            unread = UnreadableDocument(f"The file could not be opened: {error.strerror}.")
            return Progress(name=name, error=unread)
        except (RequestError, UnreadableDocument) as error:
            return Progress(name=name, error=error)


def embedded(title: str, piece: Piece) -> str:
    """What is embedded of a passage: where it stands, and its text."""
    place = " > ".join(dict.fromkeys((title, *piece.headings)))
    return "\n".join(part for part in (place, piece.context, piece.text) if part)


def _not_there() -> NotFound:
    return NotFound("There is no such document in your agency.")
