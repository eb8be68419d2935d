"""Whether a page asks not to be kept for searching: by a meta tag for robots, or by the header X-Robots-Tag."""

import re

from publius.retrieval.sources.fetching import Fetched
from publius.retrieval.sources.robots import NAME

SAID = "The page asks not to be searched (noindex)."

_NO = {"noindex", "none"}
_VALUED = ("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview")  # directives with a colon
# What a comment or script holds is no tag. Each alternative also ends with the page, so that it is read once, however
# many of these are begun in it and never ended.
_TAGS = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?:script|style)\b.*?(?:</(?:script|style)|\Z)|<meta\b([^>]*)(?:>|\Z)", re.I | re.S
)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_LONGEST = 2_000  # characters of a tag that is looked into


def asks_for_it(answer: Fetched) -> bool:
    """Whether the answer says so in its headers, or, if it is HTML, in its tags."""
    if _in_header(answer.headers.get("x-robots-tag", "")):
        return True
    kind = answer.headers.get("content-type", "")
    return ("html" in kind or not kind) and _in_tags(_text(answer.body))


def _text(body: bytes) -> str:
    return body.decode("utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1", "replace")


def _in_tags(text: str) -> bool:
    for tag in _TAGS.finditer(text):
        told = {
            name.lower(): (double or single or bare).strip().lower()
            for name, double, single, bare in _ATTRIBUTE.findall((tag[1] or "")[:_LONGEST])
        }
        if told.get("name") in ("robots", NAME) and _NO & _words(told.get("content", "")):
            return True
    return False


def _in_header(lines: str) -> bool:
    """Each line is one header; a name with a colon says whom all that follows in it is for."""
    for line in lines.lower().splitlines():
        whom, said = "", line
        first, colon, rest = line.partition(":")
        if colon and "," not in first and first.strip() not in _VALUED:
            whom, said = first.strip(), rest
        if whom in ("", "*", "robots", NAME) and _NO & _words(said):
            return True
    return False


def _words(said: str) -> set[str]:
    return {word.strip() for word in said.split(",")}
