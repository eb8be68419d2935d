"""PDF: text by page through PDFium, with paragraphs, headings and running lines told apart by their places."""

from pypdfium2 import PdfDocument, PdfiumError

from publius.errors import UnreadableDocument
from publius.retrieval.reading import media, properties
from publius.retrieval.reading.document import About, Manuscript, ReadDocument, tidy
from publius.retrieval.reading.pdf.grid import Table, grids, with_tables
from publius.retrieval.reading.pdf.layout import Page, Stretch, drop_running_lines, join_over_pages, shape, stretches
from publius.retrieval.reading.pdf.lines import Line, page_lines
from publius.retrieval.reading.pdf.words import Vocabulary
from publius.retrieval.reading.table import Rows

MAX_PAGES = 5_000
_PASSWORD = 4  # PDFium's error codes
_LEAST_TEXT = 4  # characters a page, below which a document is taken for pictures of pages


def read_pdf(data: bytes) -> ReadDocument:
    """Read a PDF.

    Raises:
        UnreadableDocument: encrypted, damaged or cut short, without text (scanned), or too long.
    """
    document = _open(data)
    try:
        pages = [_page(document, index) for index in range(len(document))]
        about = properties.of_pdf(document.get_metadata_dict())
    finally:
        document.close()
    drop_running_lines(pages)
    if sum(_amount(page) for page in pages) <= _LEAST_TEXT * len(pages):
        raise UnreadableDocument(
            "The PDF holds pictures of pages and no text. It needs OCR, which this version does not do yet.",
            cure="Run it through a program that recognises text (OCR), and upload the result.",
        )
    return _write(pages, about)


def _open(data: bytes) -> PdfDocument:
    if b"%%EOF" not in data[-4096:]:
        raise UnreadableDocument("The PDF is cut short: its end is missing.", cure="Copy or download it again.")
    try:
        document = PdfDocument(data)
    except PdfiumError as error:
        if error.err_code == _PASSWORD:
            raise UnreadableDocument(
                "The PDF is encrypted and opens only with a password.", cure="Save it without a password first."
            ) from None
        raise UnreadableDocument("The PDF is damaged and cannot be opened.") from None
    if not 0 < len(document) <= MAX_PAGES:
        raise UnreadableDocument(f"The PDF has {len(document):,} pages; 1 to {MAX_PAGES:,} can be read.")
    return document


def _page(document: PdfDocument, index: int) -> Page:
    try:
        page = document[index]
        text_page = page.get_textpage()
    except PdfiumError:
        raise UnreadableDocument(f"Page {index + 1} of the PDF is damaged and cannot be read.") from None
    try:
        return Page(page.get_height(), with_tables(page_lines(text_page), grids(page)))
    finally:
        text_page.close()
        page.close()


def _amount(page: Page) -> int:
    """Characters of text on the page."""
    return sum(len(each.text) if isinstance(each, Line) else len(str(each.rows)) for each in page.content)


def _write(pages: list[Page], about: About) -> ReadDocument:
    usual = shape(pages)
    vocabulary = Vocabulary(line.text for page in pages for line in page.lines)
    manuscript = Manuscript()
    writer = _Writer(manuscript, vocabulary)
    blocks = [stretches(page.content, usual) for page in pages]
    join_over_pages(blocks, usual)
    starts = [writer.write(page, number) for number, page in enumerate(blocks, 1)]
    ends = [*starts[1:], manuscript.length]
    return manuscript.finish(about, media.PDF, pages=tuple(zip(starts, ends, strict=True)))


class _Writer:
    """Writes page after page, and remembers what may go on on the next."""

    def __init__(self, out: Manuscript, vocabulary: Vocabulary) -> None:
        self._out = out
        self._vocabulary = vocabulary
        self._columns: tuple[float, ...] = ()  # of the table that ended the page before
        self._header = ""
        self._turned = 0  # where the next page begins, inside a paragraph that runs over the page's end

    def write(self, page: list[Stretch | Table], number: int) -> int:
        """Write one page; returns where it starts."""
        begun, self._turned = self._turned, 0
        starts = [self._block(block, number) for block in page]
        return begun or (starts[0] if starts else self._out.length)

    def _block(self, block: Stretch | Table, number: int) -> int:
        if isinstance(block, Table):
            return self._table(block, number)
        self._columns = ()
        text = self._vocabulary.join(line.text for line in block.lines)
        start = self._out.add(block.kind, text, level=block.level, page=number)
        if block.turn:
            beyond = self._vocabulary.join(line.text for line in block.lines[block.turn :])
            self._turned = self._out.length - len(tidy(beyond))
        return start

    def _table(self, table: Table, number: int) -> int:
        rows = Rows()
        for cells in table.rows:
            rows.row(self._vocabulary.join(cell.split("\n")) for cell in cells)
        same = len(table.columns) == len(self._columns) and all(
            abs(here - there) < 6 for here, there in zip(table.columns, self._columns, strict=True)
        )
        start = self._out.length
        self._header = rows.write(self._out, page=number, header=self._header if same else "")
        self._columns = table.columns
        return start
