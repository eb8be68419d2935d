"""Markdown: rendered to HTML and then read as HTML, so that both have one idea of structure.

Markdown files hold HTML (tables above all), and tables hold Markdown; rendering first reads both alike.
"""

import itertools
import re

from markdown_it import MarkdownIt

from publius.retrieval.reading import media, properties
from publius.retrieval.reading.document import ReadDocument
from publius.retrieval.reading.encoding import decode
from publius.retrieval.reading.html import read_markup

# What site generators add to Markdown, with what a person should read instead.
_EXTRAS = (
    (re.compile(r"\{%[^\n%]*%\}|\{[:#][^{}\n]*\}"), ""),  # template tags, attributes of headings and links
    (re.compile(r"\]\([^()\n]*\{\{[^()\n]*\)"), "](#)"),  # links to an address that a template would fill in
    (re.compile(r"^\[\^([\w-]{1,40})\]:", re.M), r"[\1]"),  # footnotes
    (re.compile(r"\[\^([\w-]{1,40})\]"), r"[\1]"),  # and where the text refers to them
    (re.compile(r"^(?:!!!|\?\?\?\+?)[ \t]+\w+[ \t]+\"(.*)\"[ \t]*$", re.M), r"\1\n"),  # boxes with a title
)

_ROW = re.compile(r"[ \t]{0,3}\|(.*[^\\]\|.*\S.*)")
_BAR = re.compile(r"(?<!\\)\|")
_DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_FENCE = re.compile(r"[ \t]{0,3}(`{3,}|~{3,})")

# Indented code is off: people indent HTML and paragraphs far more often than they mean code by it.
_markdown = MarkdownIt("commonmark", {"html": True}).enable("table").disable("code")


def read_markdown(data: bytes) -> ReadDocument:
    """Read Markdown with front matter, tables and inline HTML.

    Raises:
        UnreadableDocument: binary data, HTML nested too deeply, or too long.
    """
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    about, text = properties.front(text)
    for extra, instead in _EXTRAS:
        text = extra.sub(instead, text)
    return read_markup(_markdown.render(_with_delimiters(text)), about, media.MARKDOWN)


def _with_delimiters(text: str) -> str:
    """Give each table that lacks the row of hyphens, without which it would be one line of text, such a row.

    Its first row is taken for a header where all of it is bold; otherwise the header is empty.
    """
    lines: list[str] = []
    fence, table = "", False
    every = [*text.split("\n"), ""]
    for line, following in itertools.pairwise(every):
        if mark := _FENCE.match(line):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        row = _ROW.fullmatch(line) if not fence else None
        begins = row and not table and _ROW.fullmatch(following)
        table = bool(row)
        if row is None or not begins or _DELIMITER.fullmatch(line) or _DELIMITER.fullmatch(following):
            lines.append(line)
            continue
        cells = [cell.strip() for cell in _BAR.split(row[1].rstrip().removesuffix("|"))]
        delimiter = "|" + "---|" * len(cells)
        bold = all(cell.startswith("**") and cell.endswith("**") for cell in cells)
        lines += [line, delimiter] if bold else ["|" + " |" * len(cells), delimiter, line]
    return "\n".join(lines)
