"""Reading documents: passages a second from file to searchable."""

import asyncio
import time

from bench.building import AGENCIES, CORPUS, building, documents, fresh_home
from bench.report import Report, Target
from publius import demonstration


def measure() -> Report:
    """Add every document there is, agency by agency."""
    return asyncio.run(_measure())


async def _measure() -> Report:
    passages = files = failed = 0
    with fresh_home() as settings:
        async with building(settings, start_engine=False) as app:
            await app.embedder.embed(["The model is loaded before the clock starts."])
            begun = time.perf_counter()
            for slug in AGENCIES if CORPUS.exists() else demonstration.AGENCIES:
                agency = await app.database.agency_by_slug(slug)
                async for step in app.retrieval.add_many(agency, "user:bench", documents(slug)):
                    files += 1
                    failed += step.added is None
                    passages += step.added.passages if step.added else 0
            seconds = time.perf_counter() - begun
    ours = {"files": files, "failed": failed, "passages": passages, "seconds": seconds, "a second": passages / seconds}
    targets = {"file to searchable": Target(passages / seconds, 60, "passages/s", most=False)}
    return Report("reading", ours, targets=targets)
