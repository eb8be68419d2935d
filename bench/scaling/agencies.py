"""A thousand agencies in one database: what one more costs, and whether the others slow its search."""

import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.scaling.asking import spread
from bench.scaling.library import fill, memory, on_disk, settled
from bench.scaling.passages import Parents
from publius.retrieval.search import search
from publius.storage import Database, Owner, Storage
from publius.types import Agency

DOCUMENTS = 1_000_000  # numbers from here on, which no other part of the benchmark uses


async def many(
    storage: Storage, home: Path, parents: Parents, asked: Sequence[tuple[str, np.ndarray]], agencies: int, each: int
) -> dict[str, float]:
    """Make them, give each some passages, and go from one to the next with every question."""
    owner, made, spent = Owner(storage.owner), [], []
    before = on_disk(storage)["all"]
    for number in range(agencies):
        begun = time.perf_counter()
        made.append(owner.create_agency(f"a{number}", "Bench", rate_per_minute=1, tokens_per_day=1))
        spent.append((time.perf_counter() - begun) * 1000)
    empty = on_disk(storage)["all"]
    async with Database(storage.application, size=4) as database:
        seconds = 0.0
        for number, agency in enumerate(made):
            seconds += await fill(database, agency, parents, DOCUMENTS + number * 100, each)
        settled(storage)
        searched, locks = await _search(database, made, asked)
        deleted = await _delete(database, made[-1])
    begun = time.perf_counter()
    owner.delete_agency(made[0].slug)
    return {
        "agencies": agencies,
        "passages": agencies * each,
        **spread("in the database", searched),
        "locks of a search": locks,
        "passages written a second": agencies * each / seconds,
        "making an agency: p50 ms of the first hundred": statistics.median(spent[:100]),
        "making an agency: p50 ms of the last hundred": statistics.median(spent[-100:]),
        "deleting a document: p95 ms": deleted,
        "deleting an agency: ms": (time.perf_counter() - begun) * 1000,
        "an empty agency on disk, MB": (empty - before) * 1024 / agencies,
        "on disk, GB": on_disk(storage)["all"],
        "memory, GB": memory(home),
    }


async def _search(
    database: Database, agencies: Sequence[Agency], asked: Sequence[tuple[str, np.ndarray]]
) -> tuple[list[float], int]:
    """Each question of another agency, so that nothing of it is at hand; and how many locks one search holds."""
    spent, locks = [], 0
    step = max(1, len(agencies) // len(asked))
    for number, (words, vector) in enumerate(asked):
        agency = agencies[number * step % len(agencies)]
        begun = time.perf_counter()
        async with database.agency(agency) as connection:
            await search(connection, agency, words, vector)
            spent.append((time.perf_counter() - begun) * 1000)
            held = await connection.execute("SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()")
            locks = max(locks, (await held.fetchone())[0])
    return spent, locks


async def _delete(database: Database, agency: Agency) -> float:
    """Documents one by one, more of them than PostgreSQL plans anew: a plan for all agencies would show here."""
    spent = []
    async with database.agency(agency) as connection:
        rows = await connection.execute("SELECT id FROM documents WHERE agency_id = %s", [agency.id])
        for row in await rows.fetchall():
            begun = time.perf_counter()
            await connection.execute("DELETE FROM documents WHERE agency_id = %s AND id = %s", [agency.id, row.id])
            spent.append((time.perf_counter() - begun) * 1000)
    return sorted(spent)[int(len(spent) * 0.95)]
