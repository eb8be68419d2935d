"""Search in 50,000 passages: milliseconds from a question to its passages, beside search without a database."""

import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import numpy as np
import psycopg

from bench.building import documents, fresh_home, questions
from bench.report import Report, Target
from publius import demonstration
from publius.application import EMBEDDING_MODEL
from publius.inference.embedding import Embedder
from publius.retrieval.library import Library
from publius.retrieval.passages import Piece, split
from publius.retrieval.reading import ReadDocument, read
from publius.retrieval.reading.document import About
from publius.retrieval.reading.sandbox import Reader
from publius.retrieval.revision import File, write
from publius.retrieval.search import search
from publius.storage import Database, Owner, Storage, storage_ready
from publius.types import Agency

PASSAGES = 50_000
EMBEDDED = 2_000  # real passages with their real vectors, from which the rest are recombined
IN_A_DOCUMENT = 40
QUESTIONS = 100


def measure() -> Report:
    """Fill one agency, then ask; the index is as autovacuum leaves it a minute after the last document."""
    with fresh_home() as settings, storage_ready(settings) as storage:
        embedder = Embedder(settings.home / "models" / EMBEDDING_MODEL)
        return asyncio.run(_measure(storage, embedder))


async def _measure(storage: Storage, embedder: Embedder) -> Report:
    agency = Owner(storage.owner).create_agency("bench", "Bench", rate_per_minute=1, tokens_per_day=1)
    texts, vectors = await _passages(embedder)
    asked = [text for _, text in questions(QUESTIONS)]
    async with Database(storage.application) as database:
        library = Library(database, embedder.embed, Reader())
        begun = time.perf_counter()
        await _fill(database, agency, texts, vectors)
        filled = PASSAGES / (time.perf_counter() - begun)
        fresh = await _whole(library, agency, asked)
        with psycopg.connect(storage.owner, autocommit=True) as owner:
            owner.execute("VACUUM ANALYZE passages, postings")
        whole = await _whole(library, agency, asked)
        alone = await _alone(database, agency, asked, await embedder.embed(asked))
    peers = await _peers(embedder, asked, texts, vectors)
    ours = {**_spread(whole), "in the database": statistics.median(alone), "before vacuum": statistics.median(fresh)}
    ours |= {"passages written a second": filled}
    ratios = {f"of {name}'s median": ours["median ms"] / peer["median ms"] for name, peer in peers.items()}
    targets = {f"median in {PASSAGES:,} passages": Target(ours["median ms"], 25, "ms")}
    return Report("search", ours, peers, ratios, targets)


async def _passages(embedder: Embedder) -> tuple[list[str], np.ndarray]:
    """Passages as real as they can be without hours of embedding: the beginning of one and the end of another.

    A vector is the same mixture of its two parents' with a little noise, so that neighbours are near but not equal.
    """
    chance = random.Random(1)
    real = [piece.text for path in _files() for piece in split(read(path.name, path.read_bytes()))]
    real = chance.sample(real, min(EMBEDDED, len(real)))
    parents = await embedder.embed(real)
    words = [text.split() for text in real]
    pairs = [(chance.randrange(len(real)), chance.randrange(len(real))) for _ in range(PASSAGES)]
    texts = [" ".join(words[a][: len(words[a]) * 2 // 3] + words[b][len(words[b]) * 2 // 3 :]) for a, b in pairs]
    first, second = np.array(pairs).T
    noise = np.random.default_rng(1).standard_normal((PASSAGES, parents.shape[1])).astype(np.float32)
    vectors = 2 * parents[first] + parents[second] + 0.02 * noise
    return texts, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _files() -> list[Any]:
    slugs = sorted({slug for slug, _ in questions(10**6)}) or demonstration.AGENCIES
    return [path for slug in slugs for _, path in documents(slug)]


async def _fill(database: Database, agency: Agency, texts: Sequence[str], vectors: np.ndarray) -> None:
    for start in range(0, PASSAGES, IN_A_DOCUMENT):
        some = texts[start : start + IN_A_DOCUMENT]
        name = f"{start}.txt"
        file = File(name=name, data=name.encode(), sha256=name.encode(), added_by="user:bench")
        pieces = [Piece(0, len(text), text) for text in some]
        document = ReadDocument(About(f"Document {start}"), "text/plain", "\n".join(some), ())
        async with database.agency(agency) as connection:
            await write(connection, agency, file, document, pieces, vectors[start : start + IN_A_DOCUMENT])


async def _whole(library: Library, agency: Agency, asked: Sequence[str]) -> list[float]:
    """Milliseconds from the words to the passages, embedding included."""
    return await _times([lambda q=q: library.search(agency, q) for q in asked])


async def _alone(database: Database, agency: Agency, asked: Sequence[str], vectors: np.ndarray) -> list[float]:
    """Milliseconds in the database."""

    async def ask(words: str, vector: np.ndarray) -> None:
        async with database.agency(agency) as connection:
            await search(connection, agency, words, vector)

    return await _times([lambda q=q, v=v: ask(q, v) for q, v in zip(asked, vectors, strict=True)])


async def _peers(
    embedder: Embedder, asked: Sequence[str], texts: Sequence[str], vectors: np.ndarray
) -> dict[str, dict[str, float]]:
    """bm25s and an exact scan of the vectors in memory: no walls, no transactions, nothing kept. Skipped if absent."""
    try:
        import bm25s
    except ImportError:
        return {}
    index = bm25s.BM25()
    index.index(bm25s.tokenize(list(texts), show_progress=False), show_progress=False)

    async def ask(words: str) -> None:
        vector = (await embedder.embed([words]))[0]
        index.retrieve(bm25s.tokenize([words], show_progress=False), k=60, show_progress=False)
        np.argpartition(-(vectors @ vector), 60)

    return {"bm25s and numpy": _spread(await _times([lambda q=q: ask(q) for q in asked]))}


async def _times(calls: Sequence[Callable[[], Awaitable[object]]]) -> list[float]:
    for call in calls[:10]:
        await call()
    times = []
    for call in calls:
        begun = time.perf_counter()
        await call()
        times.append((time.perf_counter() - begun) * 1000)
    return times


def _spread(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {"median ms": statistics.median(times), "p95 ms": ordered[int(len(ordered) * 0.95)], "worst ms": ordered[-1]}
