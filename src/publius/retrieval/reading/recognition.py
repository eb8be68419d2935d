"""Pictures of pages become lines of words with their places and how sure they are: hOCR, as Tesseract writes it."""

import re
from collections.abc import Callable

from lxml import etree

from publius.errors import UnreadableDocument
from publius.retrieval.reading.pdf.lines import Line, Word

# Takes a picture (PGM) and its dots an inch; gives hOCR.
Recognise = Callable[[bytes, int], bytes]

_BOX = re.compile(r"bbox (-?\d+) (-?\d+) (-?\d+) (-?\d+)")
_SIZE = re.compile(r"x_size ([\d.]+)")
_SURE = re.compile(r"x_wconf (\d+)")
MAX_PAGES = 300  # scanned ones of one file; each takes some seconds
_SURE_ENOUGH = 0.85  # of a page, to draw it no finer
_LEAST_SURE = 0.35  # of a line; less is what Tesseract makes of drawings and dirt
_LINES = frozenset(("ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"))
_X = "{http://www.w3.org/1999/xhtml}"


class Eyes:
    """Reads page after page of one file by OCR; keeps the reason where it cannot."""

    def __init__(self, recognise: Recognise | None) -> None:
        self._recognise = recognise
        self._pages = 0
        self.unread: set[int] = set()  # the numbers of pages that could not be read
        self.refusal: UnreadableDocument | None = None  # of the first of them

    def read(self, number: int, picture: Callable[[int], tuple[bytes, int]], height: float) -> list[Line]:
        """The lines of a page `height` points high; `picture` draws it (PGM) at about so many dots an inch.

        A page that is hard to read is drawn once more, finer.
        """
        self._pages += 1
        found: list[Line] = []
        before = 0
        try:
            for dpi in (200, 300):
                drawn, dots = picture(dpi)
                if dots <= before:
                    break
                before = dots
                found = max(found, lines(self._ask(drawn, dots), dots, height), key=_worth)
                if found and _sure(found) >= _SURE_ENOUGH:
                    break
        except UnreadableDocument as refusal:
            if not found:
                self.refusal = self.refusal or refusal
                self.unread.add(number)
        return found

    def _ask(self, picture: bytes, dpi: int) -> bytes:
        if self._recognise is None:
            raise UnreadableDocument(
                "The file holds pictures of pages, which only OCR can read.", cure="Install Tesseract: see the README."
            )
        if self._pages > MAX_PAGES:
            raise UnreadableDocument(
                f"The file has more than {MAX_PAGES} scanned pages.", cure="Split it and upload the parts."
            )
        return self._recognise(picture, dpi)


def note(height: float) -> Line:
    """What stands on a page that could not be read, so that nobody takes it for an empty one."""
    words = ["[This", "page", "is", "a", "picture,", "and", "its", "words", "could", "not", "be", "read.]"]
    return Line([Word(word, 0, 0, height / 2, height / 2 + 10) for word in words], False)


def _sure(found: list[Line]) -> float:
    words = [(word.sure or 0, len(word.text)) for line in found for word in line.words]
    return sum(sure * length for sure, length in words) / max(1, sum(length for _, length in words))


def _worth(found: list[Line]) -> float:
    return _sure(found) * sum(len(word.text) for line in found for word in line.words)


def lines(hocr: bytes, dpi: int, height: float) -> list[Line]:
    """The lines of a page in Tesseract's order; places are in points from the page's lower left corner.

    `height` is the page's, in points.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, recover=True)
    try:
        root = etree.fromstring(hocr, parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise UnreadableDocument("The picture of a page could not be recognised.")
    scale = 72 / dpi
    paragraphs = (each for each in root.iter(_X + "p") if each.get("class") == "ocr_par")
    found = (
        _line(each, scale, height, number)
        for number, paragraph in enumerate(paragraphs)
        for each in paragraph.iter(_X + "span")
        if each.get("class") in _LINES
    )
    return [line for line in found if line is not None]


def _line(element: etree._Element, scale: float, height: float, paragraph: int) -> Line | None:
    title = element.get("title", "")
    box, size = _BOX.search(title), _SIZE.search(title)
    if not box:
        return None
    bottom = height - int(box[4]) * scale
    # The size of the type is surer than the boxes of single words, which depend on their letters.
    top = bottom + (float(size[1]) if size else int(box[4]) - int(box[2])) * scale
    words = []
    for each in element.iter(_X + "span"):
        place, sure = _BOX.search(each.get("title", "")), _SURE.search(each.get("title", ""))
        text = "".join("".join(each.itertext()).split())
        if each.get("class") == "ocrx_word" and place and sure and text:
            words.append(Word(text, int(place[1]) * scale, int(place[3]) * scale, bottom, top, int(sure[1]) / 100))
    letters = sum(len(word.text) for word in words)
    if not words or sum((word.sure or 0) * len(word.text) for word in words) < _LEAST_SURE * letters:
        return None
    return Line(words, False, paragraph)
