"""Sitemaps (sitemaps.org): the addresses that a site names, and when each changed last."""

import io
from typing import NamedTuple

from lxml import etree

from publius.errors import NotFetched
from publius.retrieval.sources.fetching import unpacked

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
    try:
        return _parsed(data)
    except etree.XMLSyntaxError:
        raise NotFetched(
            "This is no sitemap: it is not XML.", cure="Name the site's sitemap, as its robots.txt does."
        ) from None


def _parsed(data: bytes) -> Sitemap:
    found = Sitemap([], [])
    # Entities stay unresolved and nothing is loaded, so that a small file cannot become a large one.
    parser = etree.iterparse(
        io.BytesIO(data), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    root = None
    for event, element in parser:
        if root is None:
            root = element
            _check(root)
        if event == "start" or element.getparent() is not root:
            continue
        kind = etree.QName(element).localname
        told = {etree.QName(each).localname: (each.text or "").strip() for each in element if isinstance(each.tag, str)}
        if kind in ("url", "sitemap") and 0 < len(told.get("loc", "")) <= LONGEST:
            (found.pages if kind == "url" else found.sitemaps).append(Entry(told["loc"], told.get("lastmod", "")[:40]))
        element.clear()
        while element.getprevious() is not None:
            del root[0]
    return found


def _check(root: etree._Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotFetched("The sitemap has a document type, where entities are declared; that is not read.")
    if etree.QName(root).localname not in ("urlset", "sitemapindex"):
        raise NotFetched("This is XML, but no sitemap.", cure="Name the site's sitemap, as its robots.txt does.")
