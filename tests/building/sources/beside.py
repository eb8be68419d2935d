"""A site in a thread of its own, for tests that run whole programs."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.building.sources.site import Kind, Site, served


@contextmanager
def beside(kind: type[Kind] = Site) -> Iterator[Kind]:  # type: ignore[assignment]
    """A site that answers while programs run."""
    up, over = threading.Event(), asyncio.Event()
    kept: list[tuple[Kind, asyncio.AbstractEventLoop]] = []

    async def serve() -> None:
        async with served(kind) as site:
            kept.append((site, asyncio.get_running_loop()))
            up.set()
            await over.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert up.wait(30)
    try:
        yield kept[0][0]
    finally:
        kept[0][1].call_soon_threadsafe(over.set)
        thread.join(30)
