"""A database with many passages: written as the library writes them, and what they take."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import psutil
import psycopg

from bench.scaling.passages import IN_A_DOCUMENT, Parents
from publius.retrieval.reading import ReadDocument
from publius.retrieval.reading.document import About
from publius.retrieval.revision import File, write
from publius.storage import Database, Storage
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
        begun = time.perf_counter()
        async with database.agency(agency) as connection:
            await write(connection, agency, file, document, made.pieces, made.vectors)
        seconds += time.perf_counter() - begun
        if written:
            written.write(made.vectors.astype(np.float16).tobytes())
    return seconds


@contextlib.contextmanager
def without_vectors(storage: Storage) -> Iterator[dict[str, float]]:
    """Takes the vectors' index away, and builds it when the block ends; tells how many seconds that took."""
    told: dict[str, float] = {}
    with psycopg.connect(storage.owner, autocommit=True) as owner:
        row = owner.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [INDEX]).fetchone()
        assert row is not None
        owner.execute(f"DROP INDEX {INDEX}")
        yield told
        owner.execute("SET maintenance_work_mem = '2GB'; SET max_parallel_maintenance_workers = 2")
        begun = time.perf_counter()
        owner.execute(row[0].replace(" ONLY ", " "))  # as it stands it would leave the partitions out
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
