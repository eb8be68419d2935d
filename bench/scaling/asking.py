"""Asks one agency's passages the real questions: how fast, and how much of what an exact search finds."""

import json
import re
import statistics
import subprocess
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from bench.peers import PeerMissing, python_of
from publius.retrieval import search as product
from publius.retrieval.library import Library
from publius.retrieval.spelling import terms
from publius.storage import Database
from publius.types import Agency

K = 10
EXACT = 40  # of the questions are asked of the whole search without its index and its limits
EVERY = {"budget": 10**9, "sample": 10**9, "depth": 3_000}  # so many candidates of each side leave none of the ten out
_NEAREST = "SELECT id FROM passages WHERE agency_id = %s ORDER BY embedding <=> %s::halfvec LIMIT %s"
# An order that the index does not have. Where partitions are pruned, `enable_indexscan = off` is not heeded.
_ONE_BY_ONE = _NEAREST.replace("embedding <=> %s::halfvec", "(embedding <=> %s::halfvec) + 0")
_WHOLE = re.sub(r"ORDER BY (embedding <=> \S+::halfvec)", r"ORDER BY (\1) + 0", product.SEARCH)


class Asked(Struct, frozen=True):
    """The questions, their vectors, and the passages' vectors as they were written, in the order of their ids."""

    words: Sequence[str]
    vectors: np.ndarray
    written: Path  # raw float16

    def everything(self) -> np.ndarray:
        return np.memmap(self.written, np.float16, "r").reshape(-1, self.vectors.shape[1])


async def ours(database: Database, library: Library, agency: Agency, asked: Asked) -> dict[str, float]:
    """Times of the whole search and of the database alone, and recall."""
    whole = await times([lambda q=q: library.search(agency, q) for q in asked.words])
    pairs = list(zip(asked.words, asked.vectors, strict=True))
    alone = await times([lambda q=q, v=v: _search(database, agency, q, v) for q, v in pairs])
    exact = await _exactly(database, agency, pairs[:EXACT])
    found = [await _search(database, agency, q, v) for q, v in pairs[:EXACT]]
    return {
        **spread("search", whole),
        **spread("in the database", alone),
        "search: recall@10": recall([list(ten) for ten in found], [list(ten) for ten, _ in exact]),
        # Where a thousand passages are nearly alike, another ten may be as good: how good is told by their scores.
        "search: score of what is found, of the exact ten's": statistics.mean(
            sum(ten.values()) / sum(true.values()) for ten, (true, _) in zip(found, exact, strict=True)
        ),
        "search without index or limits: p50 ms": statistics.median(ms for _, ms in exact),
    }


async def vectors_alone(
    database: Database, agency: Agency, asked: Asked, widths: Sequence[int]
) -> dict[str, dict[str, float]]:
    """pgvector's HNSW at each width of its beam, and its exact scan, for the nearest ten alone."""
    ids = await _ids(database, agency)
    truth = exact(asked)
    told = {}
    for width in widths:
        found, spent = await _nearest(database, agency, asked.vectors, _NEAREST, width)
        told[f"pgvector, ef_search {width}"] = _told(spent, _places(ids, found), truth)
    found, spent = await _nearest(database, agency, asked.vectors[:EXACT], _ONE_BY_ONE)
    told["pgvector, exact"] = _told(spent, _places(ids, found), truth[:EXACT])
    return told


def usearch(asked: Asked, folder: Path, widths: Sequence[int]) -> dict[str, dict[str, float]]:
    """The peer's own HNSW in memory; nothing where it cannot be installed."""
    try:
        python = python_of("usearch")
    except PeerMissing as reason:
        print(f"usearch is left out: {reason}")
        return {}
    np.save(folder / "questions.npy", asked.vectors)
    script = Path(__file__).parent / "usearch_peer.py"
    command = [str(python), str(script), str(asked.written), str(folder / "questions.npy"), str(K)]
    command.append(",".join(map(str, widths)))
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    truth = exact(asked)
    size = {name: told[name] for name in ("memory GB", "build s")}
    return {
        f"usearch, ef_search {width}": {**_told(told[str(width)]["ms"], told[str(width)]["found"], truth), **size}
        for width in widths
    }


def exact(asked: Asked) -> list[list[int]]:
    """The ten nearest of each question, counted from the first passage, by comparing it with every one."""
    everything, step = asked.everything(), 50_000
    best = np.full((len(asked.vectors), 0), 0), np.full((len(asked.vectors), 0), 0.0)
    for start in range(0, len(everything), step):
        block = everything[start : start + step].astype(np.float32)
        near = asked.vectors @ (block / np.linalg.norm(block, axis=1, keepdims=True)).T
        ids = np.concatenate([best[0], np.broadcast_to(np.arange(start, start + len(block)), near.shape)], axis=1)
        scores = np.concatenate([best[1], near], axis=1)
        order = np.argsort(-scores, axis=1)[:, :K]
        best = np.take_along_axis(ids, order, axis=1), np.take_along_axis(scores, order, axis=1)
    return [row.tolist() for row in best[0]]


def recall(found: Sequence[Sequence[int]], truth: Sequence[Sequence[int]]) -> float:
    """The mean part of the true ten that was found."""
    return statistics.mean(len(set(a[:K]) & set(b[:K])) / min(K, len(b)) for a, b in zip(found, truth, strict=True))


def spread(name: str, ms: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    return {f"{name}: p50 ms": statistics.median(ms), f"{name}: p95 ms": sorted(ms)[int(len(ms) * 0.95)]}


async def times(calls: Sequence[Callable[[], Awaitable[Any]]]) -> list[float]:
    """Milliseconds of each call, after a round that warms what is kept in memory."""
    told = []
    for counted in (False, True):
        for call in calls:
            begun = time.perf_counter()
            await call()
            if counted:
                told.append((time.perf_counter() - begun) * 1000)
    return told


async def _search(database: Database, agency: Agency, words: str, vector: np.ndarray) -> dict[int, float]:
    """The scores of the passages found, by their ids."""
    async with database.agency(agency) as connection:
        found = await product.search(connection, agency, words, vector, limit=K)
        return {passage.id: passage.score for passage in found}


async def _exactly(
    database: Database, agency: Agency, pairs: Sequence[tuple[str, np.ndarray]]
) -> list[tuple[dict[int, float], float]]:
    """The same statement with every vector compared, and of no word a sample: scores by ids, and milliseconds."""
    told = []
    for words, vector in pairs:
        async with database.agency(agency) as connection:
            values = product.parameters(agency, await terms(connection, agency, words), vector, K)
            begun = time.perf_counter()
            rows = await (await connection.execute(_WHOLE, values | EVERY, prepare=False)).fetchall()
            told.append(({row.id: row.score for row in rows}, (time.perf_counter() - begun) * 1000))
    return told


async def _nearest(
    database: Database, agency: Agency, vectors: np.ndarray, statement: str, width: int = 200
) -> tuple[list[list[int]], list[float]]:
    found, spent = [], []
    for vector in vectors:
        async with database.agency(agency) as connection:
            await connection.execute(product.TUNING, {"agency": agency.id})
            await connection.execute(f"SET LOCAL hnsw.ef_search = {width}")
            begun = time.perf_counter()
            rows = await connection.execute(statement, [agency.id, product.halfvec(vector), K], prepare=False)
            found.append([row.id for row in await rows.fetchall()])
            spent.append((time.perf_counter() - begun) * 1000)
    return found, spent


def _told(spent: Sequence[float], found: Sequence[Sequence[int]], truth: Sequence[Sequence[int]]) -> dict[str, float]:
    return {"p50 ms": statistics.median(spent), "p95 ms": sorted(spent)[int(len(spent) * 0.95)],
            "recall@10": recall(found, truth)}  # fmt: skip


async def _ids(database: Database, agency: Agency) -> np.ndarray:
    """The passages' ids in the order in which they were written; a run that was ended has left gaps."""
    async with database.agency(agency) as connection:
        rows = await connection.execute("SELECT id FROM passages WHERE agency_id = %s ORDER BY id", [agency.id])
        return np.array([row.id for row in await rows.fetchall()])


def _places(ids: np.ndarray, found: Sequence[Sequence[int]]) -> list[list[int]]:
    return [np.searchsorted(ids, row).tolist() for row in found]
