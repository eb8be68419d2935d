"""PDF: text by page through PDFium, with paragraphs, headings and running lines told apart by their places.

A page without text that is a picture is read by OCR.
"""

from pypdfium2 import PdfDocument, PdfiumError

from publius.errors import UnreadableDocument
from publius.retrieval.reading import media, properties
from publius.retrieval.reading.document import ReadDocument
from publius.retrieval.reading.pdf.grid import grids, with_tables
from publius.retrieval.reading.pdf.layout import Page
from publius.retrieval.reading.pdf.lines import Line, page_lines
from publius.retrieval.reading.pdf.seeing import is_picture, seen, view
from publius.retrieval.reading.pdf.writing import write_pages
from publius.retrieval.reading.recognition import Eyes, Recognise, note

MAX_PAGES = 5_000
_PASSWORD = 4  # PDFium's error codes
_LEAST_TEXT = 4  # characters a page, below which a document holds no text
_FEW = 80  # characters; a page with no more than a stamp on a picture is a picture


def read_pdf(data: bytes, recognise: Recognise | None) -> ReadDocument:
    """Read a PDF; scanned pages by `recognise`, if it is given.

    Raises:
        UnreadableDocument: encrypted, damaged or cut short, without text, scanned and without OCR, or too long.
    """
    document = open_pdf(data)
    eyes = Eyes(recognise)
    try:
        pages = [_page(document, index, eyes) for index in range(len(document))]
        about = properties.of_pdf(document.get_metadata_dict())
    finally:
        document.close()
    if sum(map(_amount, pages)) <= _LEAST_TEXT * len(pages):
        raise eyes.refusal or UnreadableDocument(
            "The PDF holds no text, and no pictures of pages that OCR could read.",
            cure="Check that it is the file you meant.",
        )
    for number in eyes.unread:
        pages[number - 1].content.append(note(pages[number - 1].height))
    return write_pages(pages, about, media.PDF)


def open_pdf(data: bytes) -> PdfDocument:
    """The PDF, to be read or shown.

    Raises:
        UnreadableDocument: encrypted, damaged or cut short, or with too many pages.
    """
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


def _page(document: PdfDocument, index: int, eyes: Eyes) -> Page:
    try:
        page = document[index]
        text_page = page.get_textpage()
    except PdfiumError:
        raise UnreadableDocument(f"Page {index + 1} of the PDF is damaged and cannot be read.") from None
    try:
        read = Page(page.get_height(), with_tables(page_lines(text_page), grids(page)), view(page))
        return seen(page, index + 1, eyes) if _amount(read) <= _FEW and is_picture(page) else read
    finally:
        text_page.close()
        page.close()


def _amount(page: Page) -> int:
    """Characters of text on the page."""
    return sum(len(each.text) if isinstance(each, Line) else len(str(each.rows)) for each in page.content)
