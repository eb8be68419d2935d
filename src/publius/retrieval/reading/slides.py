"""PowerPoint files (PPTX): a page for each slide, with its title, lists, tables and speaker's notes.

The XML is read directly, as that of Word files is. Hidden slides and shapes are left out: whoever is shown the
presentation does not see them.
"""

from collections.abc import Iterator

from lxml import etree

from publius.errors import UnreadableDocument
from publius.retrieval.reading import media, properties
from publius.retrieval.reading.archive import LINK_ID, Archive
from publius.retrieval.reading.document import Manuscript, ReadDocument, one_line
from publius.retrieval.reading.table import Rows

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_REPEATED = frozenset(("dt", "ftr", "hdr", "sldNum", "sldImg"))  # on every slide, as running lines are on pages
_TITLES = frozenset(("title", "ctrTitle"))
_LISTS = frozenset(("body", "obj", ""))  # placeholders whose paragraphs are items unless they say otherwise


def read_slides(data: bytes) -> ReadDocument:
    """Read a PPTX file.

    Raises:
        UnreadableDocument: damaged, encrypted, a ZIP bomb, with entities, or too long.
    """
    archive = Archive(data, "PowerPoint file")
    presentation = archive.xml("ppt/presentation.xml")
    if presentation is None:
        raise UnreadableDocument("The file is named like a PowerPoint file but is not one.")
    named = archive.related("ppt/presentation.xml")
    manuscript = Manuscript()
    pages: list[tuple[int, int]] = []
    for entry in presentation.iter(P + "sldId"):
        _, name = named.get(entry.get(LINK_ID, ""), ("", ""))
        slide = archive.xml(name) if name else None
        if slide is not None and slide.get("show") != "0":
            begun = manuscript.length
            _Slide(manuscript, len(pages) + 1).write(slide, _notes(archive, name))
            pages.append((begun + 2 if begun and manuscript.length > begun else begun, manuscript.length))
    return manuscript.finish(properties.of_office(archive), media.SLIDES, pages=tuple(pages))


def _notes(archive: Archive, name: str) -> etree._Element | None:
    """The speaker's notes of a slide, if there are any."""
    return next((archive.xml(part) for kind, part in archive.related(name).values() if kind == "notesSlide"), None)


class _Slide:
    """Writes the blocks of one slide, in the file's order, which is the one that is read aloud."""

    def __init__(self, out: Manuscript, page: int) -> None:
        self._out = out
        self._page = page
        self._level = 1  # of the first paragraph: without a title it is not part of the slide before
        self._number = 0

    def write(self, slide: etree._Element, notes: etree._Element | None) -> None:
        """Write the slide's title, then the rest of it, then its notes."""
        shapes = list(_shapes(slide))
        for shape in sorted(shapes, key=lambda shape: _placeholder(shape) not in _TITLES):
            if shape.tag == P + "graphicFrame":
                for table in shape.iter(A + "tbl"):
                    self._table(table)
            elif _placeholder(shape) not in _REPEATED:
                self._text(shape, _placeholder(shape))
        said = [_line(p) for shape in _shapes(notes) if _placeholder(shape) == "body" for p in shape.iter(A + "p")]
        if any(said):
            self._add("paragraph", "Notes: " + "\n".join(filter(None, said)))

    def _text(self, shape: etree._Element, placeholder: str | None) -> None:
        self._number = 0
        if placeholder in _TITLES:
            self._add("heading", one_line(" ".join(_line(p) for p in shape.iter(A + "p"))), level=1)
            return
        for paragraph in shape.iter(A + "p"):
            text = _line(paragraph).strip()
            mark = self._mark(paragraph, placeholder in _LISTS)
            if text and mark:
                self._add("item", mark + text, level=_depth(paragraph) + 1)
            elif text:
                self._add("paragraph", text)

    def _mark(self, paragraph: etree._Element, listed: bool) -> str:
        properties = paragraph.find(A + "pPr")
        if properties is not None and properties.find(A + "buAutoNum") is not None:
            self._number += 1
            return f"{self._number}. "
        if properties is not None and properties.find(A + "buNone") is not None:
            return ""
        bullet = properties is not None and properties.find(A + "buChar") is not None
        return "- " if listed or bullet else ""

    def _table(self, table: etree._Element) -> None:
        rows = Rows()
        above: list[str] = []
        for row in table.iterchildren(A + "tr"):
            cells = [" ".join(_line(p) for p in cell.iter(A + "p")) for cell in row.iterchildren(A + "tc")]
            merged = [cell.get("vMerge") in ("1", "true") for cell in row.iterchildren(A + "tc")]
            # A cell that reaches down says what it says in every row that it reaches.
            above = [
                above[at] if down and at < len(above) else text
                for at, (text, down) in enumerate(zip(cells, merged, strict=True))
            ]
            rows.row(above)
        rows.write(self._out, page=self._page)

    def _add(self, kind: str, text: str, *, level: int = 0) -> None:
        if kind == "paragraph":
            level = self._level
        self._out.add(kind, text, level=level, page=self._page)  # type: ignore[arg-type]
        self._level = 0


def _shapes(tree: etree._Element | None) -> Iterator[etree._Element]:
    """Shapes with text and frames with tables, also those in groups, but no hidden ones."""
    if tree is None:
        return
    steps = etree.iterwalk(tree, events=("start",))
    for _, element in steps:
        if element.tag == _FALLBACK or _hidden(element):
            steps.skip_subtree()
        elif element.tag in (P + "sp", P + "graphicFrame"):
            yield element
            steps.skip_subtree()


def _hidden(element: etree._Element) -> bool:
    if element.tag not in (P + "sp", P + "grpSp", P + "graphicFrame"):
        return False
    about = element.find(f"*/{P}cNvPr")
    return about is not None and about.get("hidden") in ("1", "true")


def _placeholder(shape: etree._Element) -> str | None:
    """The kind of placeholder, "" for one without a kind, None for a shape that is none."""
    found = shape.find(f"*/{P}nvPr/{P}ph")
    return None if found is None else found.get("type", "")


def _depth(paragraph: etree._Element) -> int:
    properties = paragraph.find(A + "pPr")
    level = "" if properties is None else properties.get("lvl", "")
    return int(level) if level.isascii() and level.isdigit() and len(level) == 1 else 0


def _line(paragraph: etree._Element) -> str:
    """The paragraph's text; a break in it is a new line."""
    return "".join("\n" if each.tag == A + "br" else each.text or "" for each in paragraph.iter(A + "t", A + "br"))
