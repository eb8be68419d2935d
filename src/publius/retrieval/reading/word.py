"""Word files (DOCX): headings from styles, lists with their numbers, tables with their headers.

The XML is read directly: nothing outside of the main text, styles, numbers, footnotes and properties is
opened, so links to other files and pictures are never followed.
"""

from collections.abc import Iterator

from lxml import etree

from publius.errors import UnreadableDocument
from publius.retrieval.reading import media, properties
from publius.retrieval.reading.archive import Archive
from publius.retrieval.reading.document import Manuscript, ReadDocument, one_line
from publius.retrieval.reading.numbering import Numbering, W, value, whole
from publius.retrieval.reading.table import Rows

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_WRAPPERS = frozenset(W + name for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"))
# Deleted text, field codes, properties, and the older twin that Word writes of each newer drawing.
_UNREAD = frozenset((*(W + name for name in ("del", "moveFrom", "instrText", "pPr", "rPr", "txbxContent")), _FALLBACK))
_GLYPHS = {W + "tab": " ", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}


def read_word(data: bytes) -> ReadDocument:
    """Read a DOCX file.

    Raises:
        UnreadableDocument: damaged, encrypted, a ZIP bomb, with entities, not a Word file, or too long.
    """
    archive = Archive(data, "Word file")
    root = archive.xml("word/document.xml")
    body = root.find(W + "body") if root is not None else None
    if body is None:
        raise UnreadableDocument("The file is named .docx but is not a Word document.")
    manuscript = Manuscript()
    blocks = _Body(archive, manuscript)
    blocks.write(body)
    blocks.write_notes()
    return manuscript.finish(properties.of_office(archive), media.WORD)


class _Style:
    """What a paragraph's style says about structure."""

    def __init__(self, style: etree._Element) -> None:
        self.name = value(style, "name").lower()
        self.parent = value(style, "basedOn")
        properties = style.find(W + "pPr")
        self.outline = value(properties, "outlineLvl") if properties is not None else ""
        self.numbers = properties.find(W + "numPr") if properties is not None else None


class _Body:
    """Writes the blocks of the main text, in order."""

    def __init__(self, archive: Archive, out: Manuscript) -> None:
        self._out = out
        styles = archive.xml("word/styles.xml")
        found = styles.iterchildren(W + "style") if styles is not None else ()
        self._styles = {style.get(W + "styleId", ""): _Style(style) for style in found}
        self._numbering = Numbering(archive.xml("word/numbering.xml"))
        notes = archive.xml("word/footnotes.xml")
        found = notes.iterchildren(W + "footnote") if notes is not None else ()
        self._notes = {note.get(W + "id", ""): note for note in found}
        self._noted: list[etree._Element] = []  # notes in the order in which the text refers to them

    def write(self, parent: etree._Element) -> None:
        for child in parent:
            if child.tag == W + "p":
                self._paragraph(child)
            elif child.tag == W + "tbl":
                self._table(child)
            elif child.tag in _WRAPPERS:
                self.write(child)

    def write_notes(self) -> None:
        """Write the footnotes that the text has referred to, under the numbers that it gave them."""
        for number, note in enumerate(self._noted, 1):
            text = " ".join(self._text(paragraph) for paragraph in note.iterdescendants(W + "p"))
            self._out.add("paragraph", f"[{number}] {text}")

    def _paragraph(self, paragraph: etree._Element) -> None:
        text = self._text(paragraph)
        properties = paragraph.find(W + "pPr")
        lineage = list(self._lineage(value(properties, "pStyle") if properties is not None else ""))
        numbers = properties.find(W + "numPr") if properties is not None else None
        if numbers is None:
            numbers = next((style.numbers for style in lineage if style.numbers is not None), None)
        mark, depth = "", 0
        if text.strip() and numbers is not None and value(numbers, "numId") not in ("", "0"):
            depth = whole(value(numbers, "ilvl"))
            mark = self._numbering.next(value(numbers, "numId"), depth)
        if level := _heading_level(properties, lineage):
            self._out.add("heading", one_line(mark.removeprefix("- ") + text), level=level)
        elif mark:
            self._out.add("item", mark + text.strip(), level=depth + 1)
        else:
            self._out.add("paragraph", text)
        for box in paragraph.iterdescendants(W + "txbxContent"):
            own = next(box.iterancestors(W + "p"), None) is paragraph  # a box in a box is written with the outer one
            if own and next(box.iterancestors(_FALLBACK), None) is None:
                self.write(box)

    def _text(self, paragraph: etree._Element) -> str:
        """The paragraph's text as a reader sees it: insertions in, deletions and hidden runs out."""
        parts: list[str] = []
        steps = etree.iterwalk(paragraph, events=("start",))
        for _, element in steps:
            if element.tag in _UNREAD or _vanished(element):
                steps.skip_subtree()
            elif element.tag == W + "t":
                parts.append(element.text or "")
            elif element.tag == W + "footnoteReference" and element.get(W + "id") in self._notes:
                self._noted.append(self._notes[element.get(W + "id")])
                parts.append(f"[{len(self._noted)}]")
            elif glyph := _GLYPHS.get(element.tag):
                parts.append(glyph)
        return "".join(parts)

    def _lineage(self, style_id: str) -> Iterator[_Style]:
        """The style and those that it is based on; a ring of styles ends where it closes."""
        seen: set[str] = set()
        while style_id in self._styles and style_id not in seen:
            seen.add(style_id)
            yield self._styles[style_id]
            style_id = self._styles[style_id].parent

    def _table(self, table: etree._Element) -> None:
        rows = [_cells(row) for row in table.iterchildren(W + "tr")]
        if all(len(cells) < 2 for cells in rows):  # a frame around text, not a table
            for cells in rows:
                for cell in cells:
                    self.write(cell)
            return
        lines = Rows()
        for cells in rows:
            lines.row(" ".join(self._text(paragraph) for paragraph in cell.iterdescendants(W + "p")) for cell in cells)
        lines.write(self._out)


def _cells(row: etree._Element) -> list[etree._Element]:
    """The row's own cells, also those wrapped in content controls, but not those of tables inside them."""
    return [cell for cell in row.iterdescendants(W + "tc") if next(cell.iterancestors(W + "tr"), None) is row]


def _heading_level(properties: etree._Element | None, lineage: list[_Style]) -> int:
    """1 to 9, or 0 for a paragraph that is no heading."""
    own = value(properties, "outlineLvl") if properties is not None else ""
    for outline in (own, *(style.outline for style in lineage)):
        if outline:
            return whole(outline, 9) + 1 if whole(outline, 9) < 9 else 0  # 9 is Word's "body text"
    for style in lineage:
        if style.name == "title":
            return 1
        if style.name.startswith("heading "):
            return whole(style.name[8:])
    return 0


def _vanished(element: etree._Element) -> bool:
    if element.tag != W + "r":
        return False
    hidden = element.find(f"{W}rPr/{W}vanish")
    return hidden is not None and hidden.get(W + "val") not in ("0", "false")
