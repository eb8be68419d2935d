"""The agency's library: documents come in, are listed, opened and removed, and questions find what they may rest on."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import msgspec
from msgspec.structs import replace

from publius.errors import NotFound, RequestError, UnreadableDocument
from publius.retrieval import names
from publius.retrieval.documents import Contained, Document, Listing, Now, Opened, Original, Progress
from publius.retrieval.folding import folded
from publius.retrieval.gathering import asked, evidence
from publius.retrieval.origin import Origin, read
from publius.retrieval.revision import Added, Connection, File, one_writer, relabel, unchanged
from publius.retrieval.search import best, search, searchable
from publius.retrieval.showing import Draws, Pages
from publius.retrieval.spanish import english
from publius.retrieval.whole import Embed, Reads, prepare, write_whole
from publius.storage import Database
from publius.storage.labels import level_for_new, level_of
from publius.types import Agency, Evidence, Grant, Passage, Question

__all__ = ["Document", "Library", "Listing", "Now", "Opened", "Original", "Progress"]

AT_ONCE = 4  # files under way together, so that reading, embedding and writing overlap

Settle = Callable[[Connection, Added], Awaitable[None]]


class Works(Reads, Draws, Protocol):
    """Reads files and draws their pages."""


class Library:
    """Every document of every agency; each method sees one agency's alone, and of those the ones under its ceiling."""

    def __init__(self, database: Database, embed: Embed, reader: Works) -> None:
        self._database = database
        self._embed = embed
        self._reader = reader
        self.pages = Pages(database, reader)

    async def gather(self, grant: Grant, question: Question) -> Evidence:
        """The passages that an answer to `question` may rest on, best first, about 1,350 tokens in all.

        Empty for a model that is not grounded. Below the relevance floor `passages` is empty and `nearest` names
        the three that came closest.
        """
        words = searchable(asked(question.messages)) if grant.model.grounded else ""
        if not words.strip():
            return Evidence()
        return replace(evidence(await self.search(grant.agency, words)), sought=english(words))

    async def search(self, agency: Agency, words: str, *, limit: int = 20) -> list[Passage]:
        """The passages nearest to `words`, best first, whatever their relevance; of near copies the first alone.

        What is asked in Spanish is searched for in English too, and counts as it was found better.
        """
        wordings = [words, *filter(None, [english(words)])]
        vectors = await self._embed(wordings)
        async with self._database.agency(agency) as connection:
            found = [
                await search(connection, agency, each, vector, limit=2 * limit)
                for each, vector in zip(wordings, vectors, strict=True)
            ]
        return folded(best(found))[:limit]

    async def add(
        self,
        agency: Agency,
        principal_id: str,
        name: str,
        data: bytes,
        *,
        label: str | None = None,
        origin: Origin | None = None,
        settle: Settle | None = None,
    ) -> Added:
        """Read a file into the library; when this returns it is in search.

        The same bytes are one document, whatever their name; other bytes under a known name are its next revision,
        and the passages of the one before leave search in the same transaction. Without a `label` a new document has
        the agency's default, and one that is there keeps its own. What is inside of a mail or an archive becomes a
        document of its own, named after both, with the label of its container, and goes when that goes.

        `origin` says where a source took it from.
        `settle` is called at the end of the transaction that writes it, or that finds it there: what it writes is
        committed with the document, and what it raises leaves neither.

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
            origin=origin,
        )
        async with self._database.agency(agency) as connection:
            if same := await unchanged(connection, agency, file):
                if settle:
                    await settle(connection, same)
                return same
        whole = await prepare(file, self._reader, self._embed)
        async with self._database.agency(agency) as connection:
            added = await write_whole(connection, agency, whole)
            if settle:
                await settle(connection, added)
            return added

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
        row = await self._revision(agency, document_id, revision, "text, pages, parts")
        fields = {field: getattr(row, field) for field in Opened.__struct_fields__}
        pages, parts = tuple((start, end) for start, end in row.pages), msgspec.convert(row.parts, list[Contained])
        return Opened(**fields | {"pages": pages, "parts": tuple(parts), "origin": read(row.origin)})

    async def now(self, agency: Agency, documents: Iterable[UUID]) -> dict[UUID, Now]:
        """What each of these documents is now, by its id; one that has been removed is left out."""
        async with self._database.agency(agency) as connection:
            rows = await connection.execute(
                "SELECT id, title, revision FROM documents WHERE agency_id = %s AND id = ANY(%s)",
                [agency.id, list(set(documents))],
            )
            return {row.id: Now(row.title, row.revision) for row in await rows.fetchall()}

    async def original(self, agency: Agency, document_id: UUID, revision: int | None = None) -> Original:
        """The file as it was added.

        Raises:
            NotFound: the agency has no such document or revision.
        """
        row = await self._revision(agency, document_id, revision, "original, r.sha256")
        fields = {field: getattr(row, field) for field in ("id", "name", "media_type", "revision", "level")}
        return Original(**fields, sha256=row.sha256.hex(), data=row.original)

    async def label(self, agency: Agency, document_id: UUID, label: str) -> str:
        """Give a document another label, from now on and for all its revisions; returns the label that it had.

        Answers that rest on it never come lower than it is: if its label rises, so do theirs.

        Raises:
            NotFound: the agency has no such document.
            InvalidRequest: there is no such label up to the agency's ceiling.
            Conflict: another document of its name has that label already, or it came inside of one with another label.
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
        """Take a document out of the library with all its revisions and all that came inside of it.

        Once this returns, no search finds it, conversations no longer hold what was answered from it, and no job that
        waits brings it back.

        Raises:
            NotFound: the agency has no such document.
        """
        async with self._database.agency(agency) as connection:
            await one_writer(connection, agency)
            gone = await connection.execute(
                "DELETE FROM documents WHERE agency_id = %s AND id = %s", [agency.id, document_id]
            )
            if not gone.rowcount:
                raise _not_there()
        self.pages.forget(agency)

    async def labelled(self, agency: Agency, label: str) -> tuple[UUID, ...]:
        """All documents with this label, but those that came inside of others, which go with them.

        Raises:
            InvalidRequest: there is no such label up to the agency's ceiling.
        """
        async with self._database.agency(agency) as connection:
            rows = await connection.execute(
                "SELECT id FROM documents WHERE agency_id = %s AND level = %s AND part_of IS NULL ORDER BY name",
                [agency.id, level_of(agency, label)],
            )
            return tuple(row.id for row in await rows.fetchall())

    async def with_parts(self, agency: Agency, document_id: UUID) -> tuple[UUID, ...]:
        """The document, and those that came inside of it, at every depth.

        Raises:
            NotFound: the agency has no such document.
        """
        async with self._database.agency(agency) as connection:
            rows = await connection.execute(
                "WITH RECURSIVE whole AS (SELECT id FROM documents WHERE agency_id = %s AND id = %s UNION"
                " SELECT d.id FROM documents d JOIN whole ON d.part_of = whole.id) SELECT id FROM whole",
                [agency.id, document_id],
            )
            found = tuple(row.id for row in await rows.fetchall())
        if not found:
            raise _not_there()
        return found

    async def _revision(self, agency: Agency, document_id: UUID, number: int | None, columns: str) -> Any:
        async with self._database.agency(agency) as connection:
            rows = await connection.execute(
                f"SELECT d.id, r.name, r.title, r.media_type, r.level, number AS revision, d.revision AS current,"  # noqa: S608
                f" r.added_by, r.added_at, r.language, r.published, r.publisher, r.recognised, part_of,"
                f" r.origin, d.passages, {columns}"
                " FROM revisions r JOIN documents d ON d.id = document_id"
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


def _not_there() -> NotFound:
    return NotFound("There is no such document in your agency.")
