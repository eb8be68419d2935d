"""Writing one revision of one document: its text, passages and postings, in one transaction."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import numpy as np
from msgspec import Struct
from psycopg import AsyncConnection

from publius.retrieval.passages import Piece
from publius.retrieval.reading import ReadDocument
from publius.retrieval.search import halfvec, index
from publius.types import Agency

Connection = AsyncConnection[Any]


class Added(Struct, frozen=True, kw_only=True):
    """What became of one file: a new document, a new revision, or nothing because its bytes are there already."""

    status: Literal["new", "revised", "unchanged"]
    document_id: UUID
    name: str  # the name it is kept under, which differs where the same bytes were there under another
    revision: int
    passages: int


class File(Struct, frozen=True, kw_only=True):
    """A file as it came: who added it, under which cleaned name, which bytes and their SHA-256."""

    name: str
    data: bytes
    sha256: bytes
    added_by: str


async def unchanged(connection: Connection, agency: Agency, file: File) -> Added | None:
    """The document that already holds these bytes, unless that name stands for other bytes, which are then revised."""
    rows = await connection.execute(
        "SELECT id, name, revision, passages, sha256 = %(sha256)s AS same FROM documents"
        " WHERE agency_id = %(agency)s AND (name = %(name)s OR sha256 = %(sha256)s) ORDER BY name <> %(name)s LIMIT 1",
        {"agency": agency.id, "name": file.name, "sha256": file.sha256},
    )
    known = await rows.fetchone()
    if known is None or not known.same:
        return None
    return Added(
        status="unchanged", document_id=known.id, name=known.name, revision=known.revision, passages=known.passages
    )


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
    await _passages(connection, agency, row.id, pieces, vectors)
    await index(connection, agency, row.id, document.title)
    return Added(
        status="new" if row.revision == 1 else "revised",
        document_id=row.id,
        name=file.name,
        revision=row.revision,
        passages=len(pieces),
    )


async def _document(connection: Connection, agency: Agency, file: File, document: ReadDocument, pieces: int) -> Any:
    rows = await connection.execute(
        "INSERT INTO documents (agency_id, name, title, media_type, sha256, revision, passages, added_by)"
        " VALUES (%s, %s, %s, %s, %s, 1, %s, %s)"
        " ON CONFLICT (agency_id, name) DO UPDATE SET title = EXCLUDED.title, media_type = EXCLUDED.media_type,"
        " sha256 = EXCLUDED.sha256, revision = documents.revision + 1, passages = EXCLUDED.passages,"
        " added_by = EXCLUDED.added_by, added_at = now() RETURNING id, revision",
        [agency.id, file.name, document.title, document.media_type, file.sha256, pieces, file.added_by],
    )
    return await rows.fetchone()


async def _revision(connection: Connection, agency: Agency, row: Any, file: File, document: ReadDocument) -> None:
    await connection.execute(
        "INSERT INTO revisions (agency_id, document_id, number, name, title, media_type, sha256, original, text, pages,"
        " added_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            agency.id,
            row.id,
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
    connection: Connection, agency: Agency, document_id: UUID, pieces: Sequence[Piece], vectors: np.ndarray
) -> None:
    # Not COPY, which PostgreSQL refuses on a table with row-level security.
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO passages (agency_id, document_id, start_at, end_at, page, headings, context, text,"
            " embedding) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (agency.id, document_id, p.start, p.end, p.page, list(p.headings), p.context, p.text, halfvec(vector))
                for p, vector in zip(pieces, vectors, strict=True)
            ],
        )
