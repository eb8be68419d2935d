"""A web site on this machine for tests of sources: what it answers is a dictionary, and what it was asked a list."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiohttp import web

from publius.application import Application
from publius.retrieval.sources import Run
from publius.types import Agency


class Site:
    """Pages by path; each is a body, or a status with headers and a body. A page with an ETag answers 304 to it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: dict[str, bytes | tuple[int, Mapping[str, str], bytes]] = {}
        self.asked: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self.slow: set[str] = set()
        self.busy: set[str] = set()  # asks to come back later, once

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def map(self, *pages: str, changed: str = "", at: str = "/sitemap.xml", host: str = "") -> None:
        """A sitemap of these paths."""
        said = f"<lastmod>{changed}</lastmod>" if changed else ""
        named = "".join(f"<url><loc>{host or self.address}{page}</loc>{said}</url>" for page in pages)
        self.pages[at] = (
            f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{named}</urlset>'.encode()
        )

    def html(self, path: str, words: str, **headers: str) -> None:
        body = f"<!doctype html><html><head><title>{words}</title></head><body><p>{words}</p></body></html>".encode()
        self.pages[path] = (200, headers, body)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.raw_path)
        self.headers.append(request.headers)
        if request.path in self.slow:
            return await self._dribble(request)
        page = self.pages.get(request.raw_path, (404, {}, b"no such page"))
        if request.raw_path in self.busy:
            self.busy.remove(request.raw_path)
            return web.Response(status=503, headers={"Retry-After": "0"})
        status, headers, body = page if isinstance(page, tuple) else (200, {}, page)
        if headers.get("ETag") and request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304)
        return web.Response(status=status, headers=headers, body=body)

    async def _dribble(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:  # until whoever asked has enough
            await response.write(b" ")
            await asyncio.sleep(0.05)


Kind = TypeVar("Kind", bound=Site)


@asynccontextmanager
async def served(kind: type[Kind] = Site) -> AsyncIterator[Kind]:  # type: ignore[assignment]
    """A site that answers at a free port of 127.0.0.1."""
    site: Kind | None = None

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        assert site is not None
        return await site.answer(request)  # type: ignore[arg-type]

    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    assert listening._server is not None
    site = kind(listening._server.sockets[0].getsockname()[1])
    try:
        yield site
    finally:
        await runner.cleanup()


async def run(building: Application, agency: Agency, name: str = "site") -> Run:
    """Run a source, and have all that it hands over read."""
    done = await building.run_source(agency, await building.sources.open(agency, name))
    async with building.worker.running(), asyncio.timeout(60):
        while any(job.left for job in await building.jobs.list(agency)):
            await asyncio.sleep(0.05)
    return done


async def add(building: Application, agency: Agency, address: str, **more: Any) -> None:
    settings = {"pause": 0, **more.pop("settings", {})}
    await building.sources.add(agency, "user:1", "site", address, kind="web", settings=settings, **more)


async def names(building: Application, agency: Agency) -> dict[str, int]:
    """Every document with its revision, without what all have in common."""
    listing = await building.retrieval.list(agency)
    return {each.name.partition("/")[2].partition("/")[2]: each.revision for each in listing.documents}
