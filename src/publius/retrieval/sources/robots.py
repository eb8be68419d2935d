"""What a site says in its robots.txt that programs such as this may read, and how often (RFC 9309)."""

import asyncio

from protego import Protego
from yarl import URL

from publius.errors import NotFetched
from publius.retrieval.sources.fetching import Client

NAME = "publius"  # the product token that a site may address
LARGEST = 512_000  # bytes, as the standard has it; it takes seconds to read one of those


class Robots:
    """The rules of each host that a run meets, fetched once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._rules: dict[URL, Protego] = {}

    async def sitemaps(self, site: URL) -> list[str]:
        """The sitemaps that the site names.

        Raises:
            NotFetched: its rules cannot be had.
        """
        return list((await self._of(site)).sitemaps)

    async def check(self, address: str) -> None:
        """Let a page through that may be read.

        Raises:
            NotFetched: the site does not want this page read, its rules cannot be had, or the host is not allowed.
        """
        url = self._client.allowed(address)
        rules = await self._of(url)
        if not await asyncio.to_thread(rules.can_fetch, str(url), NAME):
            raise NotFetched(
                "The site's robots.txt forbids it.", cure=f"Ask whoever runs the site to allow it for {NAME!r}."
            )

    async def _of(self, url: URL) -> Protego:
        site = url.origin()
        if site not in self._rules:
            self._rules[site] = rules = await asyncio.to_thread(Protego.parse, await self._text(site))
            self._client.slow_down(site, rules.crawl_delay(NAME) or 0)
        return self._rules[site]

    async def _text(self, site: URL) -> str:
        """Its robots.txt; empty where it has none. Where it is out of order, the standard forbids everything."""
        try:
            answer = await self._client.get(str(site / "robots.txt"), largest=LARGEST)
        except NotFetched as error:
            raise NotFetched(f"The robots.txt of {site} cannot be had: {error.message}", cure=error.next_step) from None
        if answer.status == 200:
            return answer.body.decode("utf-8", "replace")
        if 400 <= answer.status < 500 and answer.status != 429:
            return ""
        raise NotFetched(
            f"The robots.txt of {site} cannot be had (it answers {answer.status}), so nothing there may be read.",
            cure="Try again later.",
        )
