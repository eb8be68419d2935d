"""From ten thousand passages to a million in one agency, and a thousand agencies: curves of time, recall and size.

    SCALE=10000,100000,1000000 SCALE_EACH=100 make bench NAME=scale

`SCALE` are the sizes in passages; `SCALE_AGENCIES` how many agencies, with `SCALE_EACH` passages each. The defaults end
in minutes; a million takes about two hours and 15 GB of disk. With `SCALE_HOME`, a folder, the database is kept there:
a loading that was ended goes on, a size that is there is measured and not loaded again, and of smaller ones the earlier
figures, in its `points.json`, are taken; with `SCALE_AGENCIES=0` so are those of the agencies, in `agencies.json`. The
curves are drawn to `results/scale.png`.
"""

import asyncio
import os
import time
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

import msgspec

from bench.building import fresh_home, questions
from bench.report import RESULTS, Report, Target
from bench.scaling.agencies import many
from bench.scaling.asking import Asked, ours, usearch, vectors_alone
from bench.scaling.drawing import Curve, draw
from bench.scaling.library import fill, memory, on_disk, resumed, settled, the_one, without_vectors
from bench.scaling.passages import IN_A_DOCUMENT, Parents, kept, parents
from publius.application import EMBEDDING_MODEL
from publius.inference.embedding import Embedder
from publius.retrieval.library import Library
from publius.retrieval.reading.sandbox import Reader
from publius.settings import Settings, read
from publius.storage import Database, Storage, storage_ready

SIZES = (10_000, 30_000)
AGENCIES, EACH = 1_000, 10
LAST = 400  # passages of each size that are written with the vectors' index in place, as an agency's are
WIDTHS = (100, 200, 500)  # of the beam of an HNSW: search uses 200, and one in 2,000 of more than 400,000 passages


def measure() -> Report:
    """One database per run; embedded passages and questions are kept from run to run, beside the weights."""
    embedder = Embedder(read().home / "models" / EMBEDDING_MODEL)
    kept = os.environ.get("SCALE_HOME")
    with fresh_home(Path(kept).absolute() if kept else None) as settings, storage_ready(settings) as storage:
        return asyncio.run(_measure(settings, storage, embedder))


async def _measure(settings: Settings, storage: Storage, embedder: Embedder) -> Report:
    keep = read().home / "bench"
    real = await parents(embedder, keep)
    words = [text for _, text in questions(10**6)]
    vectors = await kept(embedder, keep, words)
    sizes = [int(size) for size in os.environ.get("SCALE", "").split(",") if size] or list(SIZES)
    asked = Asked(words, vectors, settings.home / "written")
    points = await _sizes(settings, storage, embedder, real, asked, sorted(sizes))
    agencies, each = (int(os.environ.get(name, usual)) for name, usual in
                      (("SCALE_AGENCIES", AGENCIES), ("SCALE_EACH", EACH)))  # fmt: skip
    earlier = settings.home / "agencies.json"
    if agencies:
        spread = await many(storage, settings.home, real, list(zip(words, vectors, strict=True)), agencies, each)
        earlier.write_bytes(msgspec.json.encode(spread))
    else:
        spread = msgspec.json.decode(earlier.read_bytes()) if earlier.exists() else {}
    return _report(points, spread, real.fit)


async def _sizes(
    settings: Settings, storage: Storage, embedder: Embedder, real: Parents, asked: Asked, sizes: list[int]
) -> list[dict[str, Any]]:
    """One agency that grows from size to size; what was measured before of those it has outgrown is kept beside it."""
    earlier = settings.home / "points.json"
    told = msgspec.json.decode(earlier.read_bytes()) if earlier.exists() else []
    known: dict[int, dict[str, Any]] = {point["passages"]: point for point in told}
    async with Database(storage.application) as database:
        agency = await the_one(storage, database)
        library = Library(database, embedder.embed, Reader())
        there = await resumed(database, agency, asked.written)
        points = [known[size] for size in sizes if size in known and size < there]
        for before, size in pairwise([there, *(size for size in sizes if size >= there)]):
            point = known.get(size, {}) | {"passages": size}  # of one that is there, how fast it was written
            if size > before:
                with asked.written.open("ab") as written:
                    point |= await _grow(storage, database, agency, real, before, size, written)
                settled(storage)
            point |= await ours(database, library, agency, asked)
            point["alone"] = await vectors_alone(database, agency, asked, WIDTHS)
            point |= {"memory, GB": memory(settings.home), "on disk, GB": on_disk(storage)}
            point["alone"] |= usearch(asked, asked.written.parent, WIDTHS)
            points.append(point)
            earlier.write_bytes(msgspec.json.encode(points))
            print(point, flush=True)
    return points


async def _grow(
    storage: Storage, database: Database, agency: Any, real: Parents, before: int, size: int, written: IO[bytes]
) -> dict[str, float]:
    """Most without the vectors' index, which is then built at once; the last with it, as every agency's are written."""
    bulk = (size - before - LAST) // IN_A_DOCUMENT * IN_A_DOCUMENT
    with without_vectors(storage, Path(written.name).with_suffix(".sql")) as built:
        seconds = await fill(database, agency, real, before, bulk, written)
    begun = time.perf_counter()
    last = await fill(database, agency, real, before + bulk, size - before - bulk, written)
    assert last <= time.perf_counter() - begun
    return {
        "passages written a second": (size - before - bulk) / last,
        "without the vectors' index": bulk / seconds,
        "building that index, s": built["seconds"],
    }


def _report(points: list[dict[str, Any]], spread: dict[str, float], fit: float) -> Report:
    largest = points[-1]
    size = f"{largest['passages']:,} passages"
    alone = largest["alone"]
    ours = {str(point["passages"]): {k: v for k, v in point.items() if k != "alone"} for point in points}
    ours |= {"agencies": spread, "a mixture's vector: median cosine to the text's own": fit}
    peers = {f"{point['passages']:,}: {name}": told for point in points for name, told in point["alone"].items()}
    ratios = {}
    beam = f"ef_search {500 if largest['passages'] > 400_000 else 200}"
    if f"usearch, {beam}" in alone:
        ratios[f"of usearch's median, the vectors alone, {beam}"] = (
            alone[f"pgvector, {beam}"]["p50 ms"] / alone[f"usearch, {beam}"]["p50 ms"]
        )
    targets = {
        f"search in {size}, p95": Target(largest["search: p95 ms"], 60, "ms"),
        f"vectors in {size}, recall@10": Target(alone[f"pgvector, {beam}"]["recall@10"], 0.95, "", most=False),
        f"search in {size}, recall@10": Target(largest["search: recall@10"], 0.95, "", most=False),
        f"memory with {size}": Target(largest["memory, GB"], 4, "GB"),
    }
    RESULTS.mkdir(exist_ok=True)
    draw(RESULTS / "scale.png", _charts(points))
    return Report("scale", ours, peers, ratios, targets)


def _charts(points: list[dict[str, Any]]) -> dict[str, dict[str, Curve]]:
    def curve(*path: str) -> Curve:
        found = []
        for point in points:
            value: Any = point
            for key in path:
                value = value.get(key) if value else None
            if value is not None:
                found.append((point["passages"], value))
        return found

    names = dict.fromkeys(name for point in points for name in point["alone"])
    return {
        "Search, ms": {"p50": curve("search: p50 ms"), "p95": curve("search: p95 ms"),
                       "p95 in the database": curve("in the database: p95 ms")},
        "Recall@10 against exact search": {"whole search": curve("search: recall@10")}
        | {name: curve("alone", name, "recall@10") for name in names if "exact" not in name},
        "Vectors alone, p50 ms": {name: curve("alone", name, "p50 ms") for name in names if "exact" not in name},
        "On disk, GB": {name: curve("on disk, GB", name) for name in points[0]["on disk, GB"]},
        "Memory of the database, GB": {"all processes": curve("memory, GB")},
        "Passages written a second": {"with its index": curve("passages written a second"),
                                      "before its index": curve("without the vectors' index")},
    }  # fmt: skip
