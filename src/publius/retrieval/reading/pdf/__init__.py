"""PDF: text by page through PDFium, with paragraphs, headings and running lines told apart by their places."""

import re
from itertools import pairwise

from pypdfium2 import PdfDocument, PdfiumError

from publius.errors import UnreadableDocument
from publius.retrieval.reading import media
from publius.retrieval.reading.document import Manuscript, ReadDocument
from publius.retrieval.reading.pdf.layout import Stretch, shape, stretches, without_running_lines
from publius.retrieval.reading.pdf.lines import Line, Page, page_lines
from publius.retrieval.reading.pdf.words import Vocabulary

MAX_PAGES = 5_000
_PASSWORD = 4  # PDFium's error codes
_LEAST_TEXT = 4  # characters a page, below which a document is taken for pictures of pages
_FILE_NAME = re.compile(r"\.(?:docx?|pdf|pptx?|xlsx?|indd|rtf)$|^(?:microsoft word|untitled|layout)\b", re.I)


def read_pdf(data: bytes) -> ReadDocument:
    """Read a PDF.

    Raises:
        UnreadableDocument: encrypted, damaged or cut short, without text (scanned), or too long.
    """
    document = _open(data)
    try:
        pages = without_running_lines([_page(document, index) for index in range(len(document))])
        title = document.get_metadata_value("Title")
    finally:
        document.close()
    if sum(len(line.text) for lines in pages for line in lines) <= _LEAST_TEXT * len(pages):
        raise UnreadableDocument(
            "The PDF holds pictures of pages and no text. It needs OCR, which this version does not do yet.",
            cure="Run it through a program that recognises text (OCR), and upload the result.",
        )
    return _write(pages, "" if _FILE_NAME.search(title.strip()) else title)


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
        return Page(page.get_height(), page_lines(text_page))
    finally:
        text_page.close()
        page.close()


def _write(pages: list[list[Line]], title: str) -> ReadDocument:
    usual = shape(pages)
    vocabulary = Vocabulary(line.text for lines in pages for line in lines)
    manuscript = Manuscript()
    starts = []
    for number, lines in enumerate(pages, 1):
        starts.append(_write_page(manuscript, stretches(lines, number, usual), vocabulary))
    ends = [later for _, later in pairwise(starts)] + [manuscript.length]
    return manuscript.finish(title, media.PDF, tuple(zip(starts, ends, strict=True)))


def _write_page(manuscript: Manuscript, page: list[Stretch], vocabulary: Vocabulary) -> int:
    """Write one page; returns where it starts."""
    starts = [
        manuscript.add(
            stretch.kind, vocabulary.join(line.text for line in stretch.lines), level=stretch.level, page=stretch.page
        )
        for stretch in page
    ]
    return starts[0] if starts else manuscript.length
