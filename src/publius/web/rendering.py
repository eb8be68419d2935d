"""From templates to HTML: the one environment, always escaping, and the filters that the templates use."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from publius.kit import dollars
from publius.types import Citation, Claim, Passage, Reason
from publius.web.missions.speech import on_day, say, told

HERE = Path(__file__).parent
STATIC = HERE / "static"

# Links and pictures in what a model wrote could carry a reader, or a secret, elsewhere: they stay text.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["link", "image", "autolink"])

REASONS = {
    Reason.NO_SOURCE: "No document supports it.",
    Reason.FIGURE: "A figure in it does not stand in the source.",
    Reason.NAME: "A name in it does not stand in the source.",
    Reason.MEANING: "The source does not say this.",
    Reason.NEGATION: "The source says the opposite.",
    Reason.INCOMPLETE: "The sentence was cut off.",
    Reason.OFF_QUESTION: "It does not answer the question.",
}

LANGUAGES = {
    "en": "English", "es": "Spanish", "fr": "French", "pt": "Portuguese", "de": "German", "it": "Italian",
    "vi": "Vietnamese", "tl": "Tagalog", "ht": "Haitian Creole",
}  # fmt: skip


class Templates:
    """Renders a template by name. An unknown variable is an error, never an empty place."""

    def render(self, template: str, **context: Any) -> str:
        """The template's HTML."""
        return _environment().get_template(template).render(context)


@cache  # Compiling the templates takes longer than most pages, and they are the same for every site of a process.
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset
    environment.filters |= {
        "container": container,
        "day": day,
        "excerpt": excerpt,
        "here": here,
        "language": language,
        "link": link,
        "dollars": dollars,
        "moment": moment,
        "ocr": ocr,
        "percent": percent,
        "on_day": on_day,
        "prose": prose,
        "reason": reason,
        "say": say,
        "told": told,
    }
    return environment


def asset(name: str, known: dict[str, str] = {}) -> str:  # noqa: B006 - a cache for the life of the process
    """The address of a static file, with its digest, so that browsers may keep it for ever."""
    if name not in known:
        file = STATIC / name
        known[name] = sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else "missing"
    return f"/static/{name}?v={known[name]}"


def link(place: Citation | Passage) -> str:
    """Where a cited span opens: the document in that revision, at the highlighted words; or in a mission's source."""
    if place.link and isinstance(place, Citation) and place.tool:
        return place.link
    if place.link:
        return f"{place.link}?{urlencode({'start': place.start, 'end': place.end})}#cited"
    query = urlencode({"revision": place.revision, "start": place.start, "end": place.end})
    return f"/documents/{place.document_id}?{query}#cited"


def here(address: str) -> str:
    """What follows the name of the server in one of its own addresses, which a page may be shown under another."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def reason(claim: Claim) -> str:
    """Why a sentence was withheld: what verification said, or the reason in general."""
    return claim.detail or (REASONS[claim.reason] if claim.reason else "")


def prose(text: str, below: int = 2) -> Markup:
    """What Llama wrote in Markdown as HTML; markup in it stays text, and so do links and pictures.

    Its headings stand below one of level `below`, such as a question's: its first ones become third ones.
    """
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + below, 6)}"
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Markup(html)  # noqa: S704 - markdown-it escapes all text, and raw HTML is off


def language(code: str) -> str:
    """The English name of a language that documents are told to be in."""
    return LANGUAGES.get(code, code)


def percent(share: float) -> str:
    """As in 87 %; never more than it is."""
    return f"{int(share * 100 + 1e-9)} %"


def ocr(sure: float) -> str:
    """How surely a scanned page was read."""
    return f"read by OCR, confidence {percent(sure)}"


def container(name: str) -> str:
    """The name of the mail or archive that a document came in, out of its own."""
    return name.rpartition("/")[0] or name


def excerpt(text: str, longest: int = 280) -> str:
    """One line, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rsplit(" ", 1)[0] + " …"


def day(when: date) -> str:
    """As in 23 November 2026."""
    return f"{when.day} {when:%B %Y}"


def moment(when: datetime) -> str:
    """As in 23 November 2026, 14:05 UTC."""
    return f"{day(when)}, {when:%H:%M} UTC"


def sections(text: str, pages: Sequence[tuple[int, int]], start: int, end: int) -> list[tuple[str, int | None, bool]]:
    """Cut a document's text at its pages and at the highlighted span: (text, page that begins here, highlighted)."""
    begins = {page_start: number for number, (page_start, _) in enumerate(pages, 1)}
    cuts = sorted({0, start, end, len(text), *(at for at in begins if at < len(text))})
    return [(text[here:there], begins.get(here), start <= here < end) for here, there in pairwise(cuts) if there > here]
