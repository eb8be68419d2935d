"""HTML: its main content as headings, paragraphs, list items and table rows."""

import re

from lxml import etree

from publius.retrieval.reading import media, properties
from publius.retrieval.reading.document import About, Manuscript, ReadDocument
from publius.retrieval.reading.encoding import decode
from publius.retrieval.reading.walk import Walk

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.I)


def read_html(data: bytes) -> ReadDocument:
    """Read a page: its `<main>` if it has one, or else all of it without navigation.

    Raises:
        UnreadableDocument: binary data, nested too deeply, or too long.
    """
    declared = _CHARSET.search(data[:4096])
    root = _parse(decode(data, declared[1].decode("ascii") if declared else ""))
    manuscript = Manuscript()
    if root is None:
        return manuscript.finish(About(), media.HTML)
    Walk(manuscript).through(_main(root))
    return manuscript.finish(properties.of_html(root), media.HTML)


def write_html(manuscript: Manuscript, markup: str) -> None:
    """Write the whole of some HTML down, below what stands there.

    Raises:
        UnreadableDocument: nested too deeply, or too long.
    """
    root = _parse(markup)
    if root is not None:
        Walk(manuscript).through(root)


def read_markup(markup: str, about: About, media_type: str) -> ReadDocument:
    """Read the whole of some HTML that was made from another format.

    Raises:
        UnreadableDocument: nested too deeply, or too long.
    """
    manuscript = Manuscript()
    write_html(manuscript, markup)
    return manuscript.finish(about, media_type)


def _parse(markup: str) -> etree._Element | None:
    """The tree, or None where there is not a single element."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _main(root: etree._Element) -> etree._Element:
    """The one `<main>`, failing that the one `<article>`, failing that everything."""
    for path in ("//main | //*[@role='main']", "//article"):
        found = root.xpath(path)
        if len(found) == 1:
            return found[0]
    return root
