"""A page of a PDF or picture as it looks, for whoever wants to see the words where they stand."""

import io

from PIL import Image
from pypdfium2 import PdfiumError

from publius.errors import UnreadableDocument
from publius.retrieval.reading import media
from publius.retrieval.reading.image import FORMATS, frames
from publius.retrieval.reading.pdf import open_pdf

DRAWN = (media.PDF, *FORMATS)  # media types whose pages can be drawn
DOTS = 1_200  # along the shorter side: sharp enough to read on a screen
_MOST = 4  # times as long as wide; a longer page is drawn smaller


def draw(kind: str, data: bytes, number: int) -> bytes:
    """One page, by its number from 1, as a PNG.

    Raises:
        UnreadableDocument: there is no such page, or it cannot be drawn.
    """
    out = io.BytesIO()
    picture = _pdf_page(data, number) if kind == media.PDF else _frame(kind, data, number)
    picture.save(out, "PNG", compress_level=3)
    return out.getvalue()


def _frame(kind: str, data: bytes, number: int) -> Image.Image:
    for at, frame in enumerate(frames(kind, data, "RGB"), 1):
        if at == number:
            scale = min(1.0, DOTS / min(frame.size), _MOST * DOTS / max(frame.size))
            return frame.resize((max(1, round(frame.width * scale)), max(1, round(frame.height * scale))))
    raise UnreadableDocument(f"The picture has no page {number}.")


def _pdf_page(data: bytes, number: int) -> Image.Image:
    document = open_pdf(data)
    try:
        if not 0 < number <= len(document):
            raise UnreadableDocument(f"The PDF has no page {number}.")
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(DOTS / min(width, height), _MOST * DOTS / max(width, height))
        picture: Image.Image = page.render(scale=scale).to_pil()
        return picture
    except PdfiumError:
        raise UnreadableDocument(f"Page {number} of the PDF cannot be drawn.") from None
    finally:
        document.close()
