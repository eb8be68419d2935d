"""Writing one revision of one document: its text, passages and postings, in one transaction."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec
import numpy as np
from msgspec import Struct
from psycopg import AsyncConnection
from psycopg.errors import ForeignKeyViolation, UniqueViolation

from publius.errors import Conflict
from publius.retrieval.origin import Origin, stored
from publius.retrieval.passages import Piece
from publius.retrieval.reading import ReadDocument
from publius.retrieval.search import halfvec, index
from publius.types import Agency

Connection = AsyncConnection[Any]


class Added(Struct, frozen=True, kw_only=True):
    """What became of one file: a new document, a new revision, or nothing because its bytes are there already.

    Or it was given another label, because its bytes were there under one that was not the one asked for.
    """

    status: Literal["new", "revised", "relabelled", "unchanged"]
    document_id: UUID
    name: str  # the name it is kept under, which differs where the same bytes were there under another
    revision: int
    passages: int
    level: int  # of its label
    parts: "tuple[Inside, ...]" = ()  # of a mail or an archive: what became of each file inside of it


class Inside(Struct, frozen=True):
    """What became of a file inside of another: a document of its own, or why not."""

    name: str
    added: Added | None = None
    reason: str = ""


class File(Struct, frozen=True, kw_only=True):
    """A file as it came: who added it, under which cleaned name, which bytes and their SHA-256.

    `level` is that of the label asked for, None where none was; `fresh` that of a document which is not there yet.
    """

    name: str
    data: bytes
    sha256: bytes
    added_by: str
    level: int | None = None
    fresh: int = 1
    origin: Origin | None = None  # None where somebody added it
    inside: bool = False  # of another file, with which it comes and goes, and whose label it has


async def unchanged(connection: Connection, agency: Agency, file: File) -> Added | None:
    """The document that already holds these bytes, unless that name stands for other bytes, which are then revised.

    A file inside of another is a document apart from all of the same bytes elsewhere, since it goes with its container.
    """
    known = await _known(connection, agency, file)
    if known is None or not known.same:
        return None
    status: Literal["relabelled", "unchanged"] = "unchanged"
    if file.level not in (None, known.level):
        await relabel(connection, agency, known.id, file.level or 0)
        status = "relabelled"
    return Added(
        status=status,
        document_id=known.id,
        name=known.name,
        revision=known.revision,
        passages=known.passages,
        level=known.level if file.level is None else file.level,
    )


async def relabel(connection: Connection, agency: Agency, document_id: UUID, level: int) -> bool:
    """Give a document another level, and with it all that belongs to it; False if there is no such document.

    Raises:
        Conflict: another document of its name has that level already, or it came inside of one with another level.
    """
    try:
        done = await connection.execute(
            "UPDATE documents SET level = %s WHERE agency_id = %s AND id = %s", [level, agency.id, document_id]
        )
    except UniqueViolation:
        raise Conflict(
            f"There is already a document of this name labelled {agency.labels.name(level)}.",
            cure="Remove one of the two, or add this one under another name.",
        ) from None
    except ForeignKeyViolation:
        raise Conflict(
            "It came in a mail or an archive, and has the label of that, whose file holds it too.",
            cure="Give the mail or archive the label.",
        ) from None
    return bool(done.rowcount)


async def _known(connection: Connection, agency: Agency, file: File) -> Any:
    """The document of this name, or else of these bytes: of several the one at the wanted level, or the highest."""
    rows = await connection.execute(
        "SELECT id, name, revision, passages, level, sha256 = %(sha256)s AND passages > 0 AS same FROM documents"
        " WHERE agency_id = %(agency)s AND CASE WHEN %(inside)s THEN name = %(name)s AND level = %(level)s"
        " ELSE name = %(name)s OR part_of IS NULL AND sha256 = %(sha256)s END"
        " ORDER BY name <> %(name)s, level IS DISTINCT FROM %(level)s, level DESC LIMIT 1",
        {
            "agency": agency.id,
            "name": file.name,
            "sha256": file.sha256,
            "level": file.level,
            "inside": file.inside,
        },
    )
    return await rows.fetchone()


async def write(
    connection: Connection,
    agency: Agency,
    file: File,
    document: ReadDocument,
    pieces: Sequence[Piece],
    vectors: np.ndarray,
    container: UUID | None = None,
) -> Added:
    """Write a file that has been read; the passages of the revision before it go in the same transaction.

    `container` is the document that it came inside of.
    """
    await one_writer(connection, agency)
    if same := await unchanged(connection, agency, file):
        return same
    row = await _document(connection, agency, file, document, len(pieces), container)
    await _revision(connection, agency, row, file, document)
    if row.revision > 1:
        await _out_of_search(connection, agency, row.id)
    await _passages(connection, agency, row, pieces, vectors)
    await index(connection, agency, row.id, document.title)
    return Added(
        status="new" if row.revision == 1 else "revised",
        document_id=row.id,
        name=file.name,
        revision=row.revision,
        passages=len(pieces),
        level=row.level,
    )


async def one_writer(connection: Connection, agency: Agency) -> None:
    """Until the commit, nobody else in the agency writes or removes a document.

    Two that met on the same name or bytes would each miss the other's.
    """
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('documents'), %s)", [agency.id])


async def _out_of_search(connection: Connection, agency: Agency, document: UUID) -> None:
    for table in ("postings", "passages"):
        await connection.execute(
            f"DELETE FROM {table} WHERE agency_id = %s AND document_id = %s",  # noqa: S608 - one of two names
            [agency.id, document],
        )


async def keep_parts(connection: Connection, agency: Agency, added: Added, parts: Sequence[Inside]) -> None:
    """Write down what is inside of a revision. What was inside of the one before, and is no more, leaves search.

    Its document stays, with its revisions, so that an earlier answer's citations still open.
    """
    told = [
        {"name": part.name, "document": part.added and part.added.document_id, "reason": part.reason} for part in parts
    ]
    await connection.execute(
        "UPDATE revisions SET parts = %s WHERE agency_id = %s AND document_id = %s AND number = %s",
        [msgspec.json.encode(told).decode(), agency.id, added.document_id, added.revision],
    )
    kept = [part.added.document_id for part in parts if part.added]
    rows = await connection.execute(
        "WITH RECURSIVE gone AS (SELECT id FROM documents WHERE agency_id = %s AND part_of = %s AND id <> ALL(%s)"
        " UNION SELECT d.id FROM documents d JOIN gone ON d.part_of = gone.id)"
        " UPDATE documents SET passages = 0 WHERE id IN (SELECT id FROM gone) RETURNING id",
        [agency.id, added.document_id, kept],
    )
    for row in await rows.fetchall():
        await _out_of_search(connection, agency, row.id)


async def _document(
    connection: Connection, agency: Agency, file: File, document: ReadDocument, pieces: int, container: UUID | None
) -> Any:
    """The document's row, made or revised. Nobody else writes one meanwhile."""
    known = await _known(connection, agency, file)
    level = file.level
    if level is None:
        level = known.level if known else file.fresh
    told = {"title": document.title, "media_type": document.media_type, "sha256": file.sha256, "level": level,
            "passages": pieces, "added_by": file.added_by, "part_of": container,
            **_about(file, document)}  # fmt: skip
    names = {"agency": agency.id, "name": file.name, "id": known and known.id}
    if known is None:
        rows = await connection.execute(
            f"INSERT INTO documents (agency_id, name, revision, {', '.join(told)})"  # noqa: S608 - names of ours
            f" VALUES (%(agency)s, %(name)s, 1, {', '.join(f'%({column})s' for column in told)})"
            " RETURNING id, revision, level",
            told | names,
        )
    else:
        rows = await connection.execute(
            f"UPDATE documents SET {', '.join(f'{column} = %({column})s' for column in told)},"  # noqa: S608 - as above
            " revision = revision + 1, added_at = now() WHERE agency_id = %(agency)s AND id = %(id)s"
            " RETURNING id, revision, level",
            told | names,
        )
    return await rows.fetchone()


async def _revision(connection: Connection, agency: Agency, row: Any, file: File, document: ReadDocument) -> None:
    told = {"agency_id": agency.id, "document_id": row.id, "level": row.level, "number": row.revision,
            "name": file.name, "title": document.title, "media_type": document.media_type, "sha256": file.sha256,
            "original": file.data, "text": document.text, "pages": [list(page) for page in document.pages],
            "added_by": file.added_by, "places": document.places or None,
            **_about(file, document)}  # fmt: skip
    await connection.execute(
        f"INSERT INTO revisions ({', '.join(told)}) VALUES ({', '.join(f'%({column})s' for column in told)})",  # noqa: S608
        told,
    )


def _about(file: File, document: ReadDocument) -> dict[str, Any]:
    """What a document, or else its source, says about it, by the columns that documents and revisions have for it."""
    return {
        "language": document.language,
        "published": document.about.published,
        "publisher": document.about.publisher or (file.origin.publisher[:200] if file.origin else ""),
        "recognised": document.recognised,
        "origin": stored(file.origin),
    }


async def _passages(
    connection: Connection, agency: Agency, row: Any, pieces: Sequence[Piece], vectors: np.ndarray
) -> None:
    # Not COPY, which PostgreSQL refuses on a table with row-level security.
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO passages (agency_id, document_id, level, start_at, end_at, page, headings, context, text,"
            " recognised, embedding) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    agency.id,
                    row.id,
                    row.level,
                    p.start,
                    p.end,
                    p.page,
                    list(p.headings),
                    p.context,
                    p.text,
                    p.recognised,
                    halfvec(v),
                )
                for p, v in zip(pieces, vectors, strict=True)
            ],
        )
