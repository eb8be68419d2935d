"""Writing one revision of one document: its text, passages and postings, in one transaction."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import numpy as np
from msgspec import Struct
from psycopg import AsyncConnection
from psycopg.errors import UniqueViolation

from publius.errors import Conflict
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


async def unchanged(connection: Connection, agency: Agency, file: File) -> Added | None:
    """The document that already holds these bytes, unless that name stands for other bytes, which are then revised."""
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
        Conflict: another document of its name has that level already.
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
    return bool(done.rowcount)


async def _known(connection: Connection, agency: Agency, file: File) -> Any:
    """The document of this name, or else of these bytes: of several the one at the wanted level, or the highest."""
    rows = await connection.execute(
        "SELECT id, name, revision, passages, level, sha256 = %(sha256)s AS same FROM documents"
        " WHERE agency_id = %(agency)s AND (name = %(name)s OR sha256 = %(sha256)s)"
        " ORDER BY name <> %(name)s, level IS DISTINCT FROM %(level)s, level DESC LIMIT 1",
        {"agency": agency.id, "name": file.name, "sha256": file.sha256, "level": file.level},
    )
    return await rows.fetchone()


async def write(
    connection: Connection,
    agency: Agency,
    file: File,
    document: ReadDocument,
    pieces: Sequence[Piece],
    vectors: np.ndarray,
) -> Added:
    """Write a file that has been read; the passages of the revision before it go in the same transaction."""
    # One writer at a time within an agency: two that met on the same name or bytes would each miss the other's.
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('documents'), %s)", [agency.id])
    if same := await unchanged(connection, agency, file):
        return same
    row = await _document(connection, agency, file, document, len(pieces))
    await _revision(connection, agency, row, file, document)
    if row.revision > 1:
        await connection.execute("DELETE FROM postings WHERE agency_id = %s AND document_id = %s", [agency.id, row.id])
        await connection.execute("DELETE FROM passages WHERE agency_id = %s AND document_id = %s", [agency.id, row.id])
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


async def _document(connection: Connection, agency: Agency, file: File, document: ReadDocument, pieces: int) -> Any:
    """The document's row, made or revised. Nobody else writes one meanwhile."""
    known = await _known(connection, agency, file)
    level = file.level
    if level is None:
        level = known.level if known else file.fresh
    values = {"title": document.title, "media_type": document.media_type, "sha256": file.sha256, "level": level,
              "passages": pieces, "added_by": file.added_by, "agency": agency.id, "name": file.name,
              "id": known and known.id}  # fmt: skip
    if known is None:
        rows = await connection.execute(
            "INSERT INTO documents (agency_id, name, level, title, media_type, sha256, revision, passages, added_by)"
            " VALUES (%(agency)s, %(name)s, %(level)s, %(title)s, %(media_type)s, %(sha256)s, 1, %(passages)s,"
            " %(added_by)s) RETURNING id, revision, level",
            values,
        )
    else:
        rows = await connection.execute(
            "UPDATE documents SET title = %(title)s, media_type = %(media_type)s, sha256 = %(sha256)s,"
            " revision = revision + 1, passages = %(passages)s, added_by = %(added_by)s, added_at = now(),"
            " level = %(level)s WHERE agency_id = %(agency)s AND id = %(id)s RETURNING id, revision, level",
            values,
        )
    return await rows.fetchone()


async def _revision(connection: Connection, agency: Agency, row: Any, file: File, document: ReadDocument) -> None:
    await connection.execute(
        "INSERT INTO revisions (agency_id, document_id, level, number, name, title, media_type, sha256, original,"
        " text, pages, added_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            agency.id,
            row.id,
            row.level,
            row.revision,
            file.name,
            document.title,
            document.media_type,
            file.sha256,
            file.data,
            document.text,
            [list(page) for page in document.pages],
            file.added_by,
        ],
    )


async def _passages(
    connection: Connection, agency: Agency, row: Any, pieces: Sequence[Piece], vectors: np.ndarray
) -> None:
    # Not COPY, which PostgreSQL refuses on a table with row-level security.
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO passages (agency_id, document_id, level, start_at, end_at, page, headings, context, text,"
            " embedding) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (agency.id, row.id, row.level, p.start, p.end, p.page, list(p.headings), p.context, p.text, halfvec(v))
                for p, v in zip(pieces, vectors, strict=True)
            ],
        )
