"""A database with many passages: written as the library writes them, and what they take."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import psutil
import psycopg

from bench.scaling.passages import DIMENSIONS, IN_A_DOCUMENT, Parents
from publius.errors import NotFound
from publius.retrieval.reading import ReadDocument
from publius.retrieval.reading.document import About
from publius.retrieval.revision import File, write
from publius.storage import Database, Owner, Storage
from publius.storage.server import postmaster
from publius.types import Agency

INDEX = "passages_embedding_idx"


async def fill(
    database: Database, agency: Agency, parents: Parents, first: int, passages: int, written: IO[bytes] | None = None
) -> float:
    """Write documents, each in a transaction, from number `first` on; the seconds that the database took.

    Making up the documents is not counted, and neither is embedding. Their vectors are appended to `written`.
    """
    seconds = 0.0
    for number in range(first, first + -(-passages // IN_A_DOCUMENT)):
        made = parents.document(number, min(IN_A_DOCUMENT, passages - (number - first) * IN_A_DOCUMENT))
        name = f"{number}.txt"
        file = File(name=name, data=made.text.encode(), sha256=name.encode(), added_by="user:bench")
        document = ReadDocument(About(made.title), "text/plain", made.text, ())
        if written:  # first, so that after an end at any moment none is missing
            written.write(made.vectors.astype(np.float16).tobytes())
            written.flush()
        begun = time.perf_counter()
        async with database.agency(agency) as connection:
            await write(connection, agency, file, document, made.pieces, made.vectors)
        seconds += time.perf_counter() - begun
    return seconds


async def the_one(storage: Storage, database: Database) -> Agency:
    """The agency that grows: of an earlier run if there is one."""
    with contextlib.suppress(NotFound):
        return await database.agency_by_slug("bench")
    return Owner(storage.owner).create_agency("bench", "Bench", rate_per_minute=1, tokens_per_day=1)


async def resumed(database: Database, agency: Agency, written: Path) -> int:
    """How many passages an earlier run has left; what it wrote of a document that did not get there is cut off."""
    async with database.agency(agency) as connection:
        rows = await connection.execute("SELECT count(*) FROM passages WHERE agency_id = %s", [agency.id])
        [there] = await rows.fetchone()
    if there:
        os.truncate(written, there * DIMENSIONS * 2)
    return int(there)


@contextlib.contextmanager
def without_vectors(storage: Storage, kept: Path) -> Iterator[dict[str, float]]:
    """Takes the vectors' index away, and builds it when the block ends; tells how many seconds that took.

    How it is built is written to `kept`, for a run that goes on after one that was ended in the block.
    """
    told: dict[str, float] = {}
    with psycopg.connect(storage.owner, autocommit=True) as owner:
        row = owner.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [INDEX]).fetchone()
        if row is not None:
            kept.write_text(row[0].replace(" ONLY ", " "))  # as it stands it would leave the partitions out
            owner.execute(f"DROP INDEX {INDEX}")
        yield told
        owner.execute("SET maintenance_work_mem = '2GB'; SET max_parallel_maintenance_workers = 2")
        begun = time.perf_counter()
        owner.execute(kept.read_text())
        told["seconds"] = time.perf_counter() - begun


def settled(storage: Storage) -> None:
    """Leave the tables as autovacuum does a minute after the last document."""
    with psycopg.connect(storage.owner, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE documents, passages, postings")


def on_disk(storage: Storage) -> dict[str, float]:
    """Gigabytes of the whole database and of its largest parts."""
    with psycopg.connect(storage.owner) as owner:
        rows = owner.execute(
            "SELECT CASE WHEN amname = 'hnsw' THEN 'vectors'' index' WHEN parent LIKE 'passages%' THEN 'passages'"
            " WHEN parent LIKE 'postings%' THEN 'postings' ELSE 'the rest' END,"
            " sum(pg_relation_size(c.oid))::float8 / 2 ^ 30"
            " FROM pg_class c LEFT JOIN pg_am a ON a.oid = relam LEFT JOIN pg_index i ON indexrelid = c.oid,"
            " LATERAL (SELECT coalesce((SELECT relname FROM pg_class WHERE oid = indrelid), relname) AS parent) AS p"
            " WHERE relkind IN ('r', 'i', 't', 'm') GROUP BY 1"
        ).fetchall()
    parts = dict(rows)
    return {"all": sum(parts.values()), **parts}


def memory(home: Path) -> float:
    """Gigabytes in all the server's processes, as proportional set size: what they share is counted once."""
    server = postmaster(home / "postgres")
    assert server is not None
    total = 0
    for process in [server, *server.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total / 2**30
