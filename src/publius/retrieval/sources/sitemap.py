"""Sitemaps (sitemaps.org): the addresses that a site names, and when each changed last."""

from typing import NamedTuple

from publius.errors import NotFetched
from publius.retrieval.sources.fetching import unpacked
from publius.retrieval.sources.markup import parts

LARGEST = 50 << 20  # bytes unpacked, as the protocol has it
LONGEST = 2048  # characters of an address, likewise
_GZIP = b"\x1f\x8b"


class Entry(NamedTuple):
    """A page or a further sitemap; `changed` is as the site wrote it, or empty."""

    address: str
    changed: str


class Sitemap(NamedTuple):
    """What one file names: pages, or further sitemaps."""

    pages: list[Entry]
    sitemaps: list[Entry]


def read(data: bytes) -> Sitemap:
    """Read a sitemap or an index of sitemaps, packed or not; or a plain list of addresses.

    Raises:
        NotFetched: it is none, or too large, or declares entities.
    """
    if data.startswith(_GZIP):
        data = unpacked(data, LARGEST)
    text = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith((b"http://", b"https://")):
        lines = text.decode("utf-8", "replace").split()
        return Sitemap([Entry(line, "") for line in lines if len(line) <= LONGEST], [])
    found = Sitemap([], [])
    try:
        told = parts(data)
        name, _ = next(told)
        if name not in ("urlset", "sitemapindex"):
            raise NotFetched("It is XML of another kind.")
        for kind, texts in told:
            if kind in ("url", "sitemap") and 0 < len(texts.get("loc", "")) <= LONGEST:
                entry = Entry(texts["loc"], texts.get("lastmod", "")[:40])
                (found.pages if kind == "url" else found.sitemaps).append(entry)
    except NotFetched as error:
        raise NotFetched(
            f"This is no sitemap. {error.message}", cure="Name the site's sitemap, as its robots.txt does."
        ) from None
    return found
