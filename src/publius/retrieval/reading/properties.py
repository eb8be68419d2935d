"""What files say about themselves, each format in its own place: title, day, and the body or person behind them."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from urllib.parse import urlsplit

from lxml import etree

from publius.retrieval.reading.archive import Archive
from publius.retrieval.reading.document import About, one_line

_DUBLIN = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
_COMPANY = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}Company"
# Titles that a program made of a file's name, and names of makers that are programs.
_FILE_NAME = re.compile(r"\.(?:docx?|pdf|pptx?|xlsx?|indd|rtf)$|^(?:microsoft word|untitled|layout|slide 1)\b", re.I)
_NOBODY = re.compile(r"python-(?:docx|pptx)|openpyxl|microsoft office user|user|admin|unknown|author", re.I)

_MONTHS = {
    month: number
    for number, names in enumerate(
        ("jan ene enero", "feb febrero", "mar marzo", "apr abr abril", "may mayo", "jun junio", "jul julio",
         "aug ago agosto", "sep set septiembre", "oct octubre", "nov noviembre", "dec dic diciembre"), 1
    )
    for month in names.split()
}  # fmt: skip
_NUMBERS = re.compile(r"(?:D:)?(\d{4})-?(\d{2})-?(\d{2})(?!\d{2}:)")
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:\s+de)?\s+([a-z]{3,10})\.?,?(?:\s+de)?\s+(\d{4})\b", re.I)
_MONTH_FIRST = re.compile(r"\b([a-z]{3,10})\.?\s+(\d{1,2}),?\s+(\d{4})\b", re.I)
_FRONT_LINES = re.compile(r"\A(?:---[ \t]*\n)?((?:[A-Za-z][\w-]{0,40}:[^\n]*\n)+)(?:---[ \t]*\n)?")
_TITLE_LINE = re.compile(r"^title:[ \t]*\S", re.M | re.I)
_DATED = ("date", "published", "publish_date", "date_published", "updated", "last_updated", "modified", "fecha")
_BY = ("publisher", "agency", "organization", "author", "site_name")
_META_DATES = (
    "article:modified_time", "article:published_time", "dcterms.modified", "dcterms.issued", "dcterms.created",
    "dc.date", "dc.date.modified", "dc.date.issued", "citation_publication_date", "date", "last-modified",
)  # fmt: skip
_META_BY = ("dcterms.publisher", "dc.publisher", "citation_publisher", "og:site_name", "dcterms.creator", "author")


def of_office(archive: Archive) -> About:
    """From an Office file's properties: the company before the author, the day of the last change before the first."""
    core, app = archive.xml("docProps/core.xml"), archive.xml("docProps/app.xml")
    company = app.findtext(_COMPANY) if app is not None else ""
    if core is None:
        return About(publisher=company or "")

    def said(*names: str) -> str:
        return next((text for name in names if (text := one_line(core.findtext(name) or ""))), "")

    return About(
        title=_title(said(_DUBLIN + "title")),
        published=day(said(_TERMS + "modified")) or day(said(_TERMS + "created")),
        publisher=_maker(one_line(company or "") or said(_DUBLIN + "publisher", _DUBLIN + "creator")),
    )


def of_pdf(told: Mapping[str, str]) -> About:
    """From a PDF's information dictionary; its last change is often no more than a copy, so it counts last."""
    return About(
        title=_title(told.get("Title", "")),
        published=day(told.get("CreationDate", "")) or day(told.get("ModDate", "")),
        publisher=_maker(told.get("Author", "")),
    )


def of_html(root: etree._Element) -> About:
    """From a page's head: `<title>`, its `<meta>` tags, and the host of its own address if it names nobody."""
    told: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower()
        told.setdefault(name, one_line(meta.get("content") or ""))
    address = next((link.get("href", "") for link in root.iter("link") if link.get("rel") == "canonical"), "")
    days = (day(told.get(name, "")) for name in _META_DATES)
    makers = (_maker(told.get(name, "")) for name in _META_BY)
    return About(
        title=one_line(root.findtext("head/title") or "") or told.get("og:title", ""),
        published=next(filter(None, days), None),
        publisher=next(filter(None, makers), "") or host(address or told.get("og:url", "")),
    )


def front(text: str) -> tuple[About, str]:
    """From `name: value` lines at the head of a text (front matter, or "title:" and "source:"), and what follows."""
    found = _FRONT_LINES.match(text)
    if not found or not (found[0].startswith("---") or _TITLE_LINE.search(found[1])):
        return About(), text
    return _of_lines(found[1]), text[found.end() :]


def _of_lines(lines: str) -> About:
    pairs = (line.partition(":") for line in lines.splitlines() if not line.startswith((" ", "\t", "-")))
    told: dict[str, str] = {}
    for name, _, value in pairs:
        told.setdefault(name.strip().lower().replace("-", "_"), one_line(value).strip("\"'"))
    return About(
        title=told.get("title", ""),
        published=next(filter(None, (day(told.get(name, "")) for name in _DATED)), None),
        publisher=next(filter(None, (told.get(name, "") for name in _BY)), "") or host(told.get("source", "")),
    )


def day(text: str) -> date | None:
    """The first day in the text: 2026-11-25, D:20261125…, 25 November 2026, November 25, 2026, or in Spanish."""
    if found := _NUMBERS.search(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _MONTH_FIRST.search(text):
        return _day(int(found[3]), _month(found[1]), int(found[2]))
    if found := _DAY_FIRST.search(text):
        return _day(int(found[3]), _month(found[2]), int(found[1]))
    return None


def host(address: str) -> str:
    """The name of the site that an address is on, without its "www."; empty for what is no address."""
    with suppress(ValueError):
        found = urlsplit(address.strip())
        if found.scheme in ("http", "https"):
            return (found.hostname or "").removeprefix("www.")
    return ""


def _day(year: int, month: int, day: int) -> date | None:
    with suppress(ValueError):
        # 1980 is where clocks begin that were never set.
        return date(year, month, day) if 1600 < year < 2200 and (year, month, day) != (1980, 1, 1) else None
    return None


def _month(name: str) -> int:
    return _MONTHS.get(name.lower(), 0) or _MONTHS.get(name.lower()[:3], 0)


def _title(text: str) -> str:
    return "" if _FILE_NAME.search(text.strip()) else text


def _maker(text: str) -> str:
    text = one_line(text)
    return "" if _NOBODY.fullmatch(text) else text
