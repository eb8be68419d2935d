"""A web site as a source: the pages that its sitemap names, of allowed hosts, as its robots.txt lets them be read."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from yarl import URL

from publius.errors import NotFetched
from publius.retrieval.origin import Origin
from publius.retrieval.sources import noindex, sitemap
from publius.retrieval.sources.fetching import SPENT, Client, client_for
from publius.retrieval.sources.guard import Hosts, Reach, host_of
from publius.retrieval.sources.kind import Found, Settings, path, settings_as
from publius.retrieval.sources.marks import Mark, mark_of, today
from publius.retrieval.sources.robots import Robots
from publius.retrieval.sources.sitemap import Entry

MOST_SITEMAPS = 500  # of one site
MOST_TOLD = 1_000  # pages of hosts that are not allowed: a sitemap may name millions
TRUSTED = timedelta(days=7)  # how long a sitemap's word that a page did not change is taken for it
_GONE = (404, 410)


class Site(Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of a web site.

    `hosts` are those beside the address's own that its pages, sitemaps and redirects may be on. `sitemap` is its
    address, where robots.txt does not tell it. `pages` are the most that are read. `pause` is in seconds between two
    requests; where robots.txt asks for more, it is that.
    """

    hosts: Annotated[tuple[str, ...], Meta(max_length=50)] = ()
    sitemap: str = ""
    pages: Annotated[int, Meta(ge=1, le=50_000)] = 10_000
    pause: Annotated[float, Meta(ge=0, le=60)] = 0.5


class Web:
    """Web sites as a kind of source; its address is the site, or a part of it, and pages outside are left out."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    def accept(self, address: str, settings: Settings) -> tuple[str, dict[str, Any]]:
        """The address without its fragment; the hosts must be names of hosts. Nothing is asked of the site yet."""
        site = settings_as(Site, settings)
        hosts = Hosts((host_of(address), *site.hosts), self._reach.private)
        kept = str(hosts.url(address))
        if site.sitemap:
            hosts.url(site.sitemap)
        return kept, msgspec.to_builtins(site)

    async def look(
        self, address: str, settings: Settings, known: Mapping[str, Origin | None]
    ) -> AsyncGenerator[Found, None]:
        """Every page that the sitemap names; those that were never read come first, then those asked longest ago."""
        site = settings_as(Site, settings)
        hosts = (host_of(address), *site.hosts)
        async with client_for(hosts, self._reach.private, pause=site.pause, contact=self._reach.contact) as client:
            visit = _Visit(client, site, address, known, self._reach.largest)
            async for found in visit.all():
                yield found


class _Visit:
    """One run through one site."""

    def __init__(
        self, client: Client, site: Site, address: str, known: Mapping[str, Origin | None], largest: int
    ) -> None:
        self._client = client
        self._robots = Robots(client)
        self._site = site
        self._address = client.allowed(address)
        self._known = known
        self._largest = largest
        self._refused: list[Found] = []  # what the sitemaps name and cannot be read, sitemaps among it
        self._whole = True  # whether all that the site names was seen, so that what is not named is gone

    async def all(self) -> AsyncGenerator[Found, None]:
        pages = await self._pages()
        if not pages:
            raise NotFetched(
                "The sitemap names no page of this address"
                + (f"; {self._refused[0].reason}" if self._refused else "."),
                cure="Check the address, the sitemap and the allowed hosts.",
            )
        for found in self._refused:
            yield found
        met = set()
        for name in sorted(pages, key=lambda name: mark_of(self._known.get(name)).asked):
            if self._client.is_spent:
                self._incomplete(name, SPENT)
                yield self._refused[-1]
                break
            met.add(name)
            yield await self._page(name, pages[name])
        if not self._whole:  # nothing is gone that was only not seen
            for name in self._known.keys() - met:
                yield Found(name)

    async def _pages(self) -> dict[str, Entry]:
        """The pages that the sitemaps name, by their path as documents; the first of several wins."""
        waiting = deque(await self._roots())
        seen: set[str] = set()
        pages: dict[str, Entry] = {}
        root = True
        while waiting and len(pages) <= self._site.pages:
            address = waiting.popleft()
            if address in seen:
                continue
            seen.add(address)
            if len(seen) > MOST_SITEMAPS or self._client.is_spent:
                many = f"There are more than {MOST_SITEMAPS} sitemaps; the rest was not read."
                self._incomplete(address, SPENT if self._client.is_spent else many)
                break
            try:
                named = await self._sitemap(address)
            except NotFetched as error:
                if root and not waiting:
                    raise
                self._incomplete(address, f"This sitemap was not read: {error}")
                continue
            root = False
            waiting.extend(entry.address for entry in named.sitemaps[: MOST_SITEMAPS + 1])
            for entry in named.pages:
                self._take(entry, pages)
        if len(pages) > self._site.pages:
            self._incomplete(pages.popitem()[1].address, f"There are more than {self._site.pages:,} pages.")
        return pages

    async def _roots(self) -> list[str]:
        """Where the sitemaps are, once robots.txt could be had."""
        told = await self._robots.sitemaps(self._address)
        if self._site.sitemap:
            return [self._site.sitemap]
        if _is_sitemap(self._address):
            return [str(self._address)]
        return told or [str(self._address.origin() / "sitemap.xml")]

    async def _sitemap(self, address: str) -> sitemap.Sitemap:
        answer = await self._client.get(address, largest=sitemap.LARGEST)
        if answer.status != 200:
            raise NotFetched(
                f"There is no sitemap at {address}: the site answers {answer.status}.",
                cure="Name it with the setting 'sitemap' (--sitemap), if the site has one.",
            )
        return await asyncio.to_thread(sitemap.read, answer.body)

    def _take(self, entry: Entry, pages: dict[str, Entry]) -> None:
        if len(pages) > self._site.pages:
            return
        try:
            url = self._client.allowed(entry.address)
        except NotFetched as error:
            if len(self._refused) < MOST_TOLD:
                self._refused.append(_unread(entry.address, str(error)))
            return
        if self._is_within(url):
            pages.setdefault(path(_name(url)), Entry(str(url), entry.changed))

    def _is_within(self, url: URL) -> bool:
        """Whether a page lies under the source's address; those on its other hosts do."""
        if url.authority != self._address.authority or _is_sitemap(self._address):
            return True
        part = self._address.path.rstrip("/")
        return url.path == part or url.path.startswith(part + "/")

    async def _page(self, name: str, entry: Entry) -> Found:
        mark = mark_of(self._known.get(name))
        if self._is_unchanged(mark, entry):
            return Found(name)
        try:
            answer = await self._client.get(
                entry.address, largest=self._largest, headers=mark.conditions, check=self._robots.check
            )
        except NotFetched as error:
            return Found(name, reason=str(error))
        if answer.status in (200, 203, 304) and await asyncio.to_thread(noindex.asks_for_it, answer):
            return Found(name, reason=noindex.SAID, gone=True, noindex=True)
        if answer.status in (200, 203) or (answer.status == 304 and mark.conditions):
            origin = Origin(address=entry.address, mark=mark.after(answer, entry.changed))
            return Found(name, answer.body if answer.status != 304 else None, origin=origin)
        if answer.status in _GONE:
            return Found(name, reason=f"The site has it no more: it answers {answer.status}.", gone=True)
        return Found(name, reason=f"The site answers {answer.status}. It is tried again in the next run.")

    def _is_unchanged(self, mark: Mark, entry: Entry) -> bool:
        """Whether the sitemap says so, of a day that was over when the page was asked for, and not too long ago."""
        said = entry.changed and mark.changed == entry.changed and entry.changed[:10] < mark.asked
        return bool(said) and mark.asked > (today() - TRUSTED).isoformat()

    def _incomplete(self, address: str, reason: str) -> None:
        self._whole = False
        self._refused.append(_unread(address, reason))


def _unread(address: str, reason: str) -> Found:
    return Found(address, reason=reason, gone=True)


def _is_sitemap(url: URL) -> bool:
    return url.path.endswith((".xml", ".xml.gz", ".txt", ".txt.gz"))


def _name(url: URL) -> str:
    """A page's path as a document: its host, its path, and what it is asked with."""
    at = url.path + "index.html" if url.path.endswith("/") else url.path
    return f"{url.authority}{at}" + (f"?{url.raw_query_string}" if url.raw_query_string else "")
