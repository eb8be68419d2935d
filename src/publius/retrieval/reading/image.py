"""Pictures of pages: PNG, JPEG, and TIFF with a page in each frame; read by OCR alone."""

import io
import warnings
from collections.abc import Iterator

from PIL import Image, ImageOps, UnidentifiedImageError

from publius.errors import UnreadableDocument
from publius.retrieval.reading import media
from publius.retrieval.reading.document import About, ReadDocument
from publius.retrieval.reading.pdf.layout import Page
from publius.retrieval.reading.pdf.writing import write_pages
from publius.retrieval.reading.places import upright
from publius.retrieval.reading.recognition import MAX_PAGES, Eyes, Recognise, note

FORMATS = {media.PNG: "PNG", media.JPEG: "JPEG", media.TIFF: "TIFF"}
MAX_DOTS = 100_000_000  # of one page; A3 at 600 dots an inch has 70 million
_LEAST_DPI, _USUAL_DPI, _MOST_DPI = 70, 200, 1_200
_LARGEST = 6_000  # dots along a side that are looked at
_DAMAGED = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, TypeError, Image.DecompressionBombError)
_PAGE_INCHES = 8.5  # what a picture that says nothing of its size is taken to be wide


def read_image(kind: str, data: bytes, recognise: Recognise | None) -> ReadDocument:
    """Read a picture of pages.

    Raises:
        UnreadableDocument: damaged, too large, without words, or there is no OCR.
    """
    eyes = Eyes(recognise)
    pages = [_page(frame, number, eyes) for number, frame in enumerate(frames(kind, data), 1)]
    if not any(page.content for page in pages):
        raise eyes.refusal or UnreadableDocument(
            "No words could be read on the picture.", cure="Scan it sharper and upright."
        )
    for number in eyes.unread:
        pages[number - 1].content.append(note(pages[number - 1].height))
    return write_pages(pages, About(), kind)


def frames(kind: str, data: bytes, colours: str = "L") -> Iterator[Image.Image]:
    """Each page of the picture, upright as its camera says, in gray unless other `colours` are asked for.

    Raises:
        UnreadableDocument: damaged, or too large.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=[FORMATS[kind]])
            count = min(getattr(picture, "n_frames", 1), MAX_PAGES + 1)
            for number in range(count):
                picture.seek(number)
                if picture.width * picture.height > MAX_DOTS:
                    raise UnreadableDocument(f"The picture has more than {MAX_DOTS // 1_000_000} million dots.")
                dpi = picture.info.get("dpi")
                frame = ImageOps.exif_transpose(picture).convert(colours)
                frame.info["dpi"] = dpi
                yield frame
    except _DAMAGED:
        raise UnreadableDocument("The picture is cut short or damaged.", cure="Copy or scan it again.") from None


def _page(frame: Image.Image, number: int, eyes: Eyes) -> Page:
    own = _dpi(frame)
    width, height = frame.width * 72 / own, frame.height * 72 / own

    def picture(dpi: int) -> tuple[bytes, int]:
        # Finer than it is makes small type easier to read; coarser spares time where there is plenty.
        scale = min(dpi / own if dpi > own or own > 2 * dpi else 1.0, _LARGEST / max(frame.width, frame.height))
        size = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
        drawn = frame if scale == 1 else frame.resize(size)
        return b"P5 %d %d 255\n" % drawn.size + drawn.tobytes(), round(own * scale)

    return Page(height, list(eyes.read(number, picture, height)), upright(width, height))


def _dpi(frame: Image.Image) -> float:
    said = frame.info.get("dpi")
    try:
        dpi = float(said[0]) if said else 0.0
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        dpi = 0.0
    if not _LEAST_DPI < dpi < _MOST_DPI or dpi in (72.0, 96.0):  # what programs write that do not know
        dpi = min(frame.width, frame.height) / _PAGE_INCHES
    return min(max(dpi, _LEAST_DPI), _MOST_DPI)
