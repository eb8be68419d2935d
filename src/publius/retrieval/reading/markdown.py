"""Markdown: rendered to HTML and then read as HTML, so that both have one idea of structure.

Markdown files hold HTML (tables above all), and tables hold Markdown; rendering first reads both alike.
"""

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
    return read_markup(_markdown.render(text), about, media.MARKDOWN)
