"""Each word's place on its page: the marks lie over the words themselves, also where a page is turned or cut."""

import io

import numpy as np
import pytest
from PIL import Image
from pypdfium2 import PdfDocument
from reportlab.platypus import SimpleDocTemplate, Table, TableStyle
from tests.retrieval.reading.making import pdf, photographed, running_text
from tests.retrieval.reading.test_scans import seen

from publius.retrieval.reading import places, read
from publius.retrieval.reading.drawing import draw
from publius.retrieval.reading.places import FULL, Mark

CROP = (50, 600, 500, 750)
LINES = ("Records are kept for forty-five days after the", "student has left. Then they are burned.")


def dark_outside(picture: bytes, marks: list[Mark]) -> tuple[int, int]:
    """Dark dots of a drawn page outside of the marks, and inside."""
    dots = np.asarray(Image.open(io.BytesIO(picture)).convert("L")) < 128
    inside = np.zeros_like(dots)
    height, width = dots.shape
    for mark in marks:
        top, left = mark.top * height // FULL, mark.left * width // FULL
        inside[
            top : -(-(mark.top + mark.height) * height // FULL), left : left + -(-mark.width * width // FULL) + 1
        ] = True
    return int((dots & ~inside).sum()), int((dots & inside).sum())


def altered(data: bytes, *, turn: int = 0, crop: tuple[float, ...] = ()) -> bytes:
    document, out = PdfDocument(data), io.BytesIO()
    if turn:
        document[0].set_rotation(turn)
    if crop:
        document[0].set_cropbox(*crop)
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"turn": 90},
        {"turn": 180},
        {"turn": 270},
        {"crop": (50, 600, 500, 750)},
        {"turn": 90, "crop": (50, 600, 500, 750)},
    ],
    ids=str,
)
def test_marks_cover_exactly_the_words(change: dict) -> None:
    data = altered(pdf(running_text(700, *LINES)), **change)
    document = read("a.pdf", data)
    sheet = places.opened(document.places, 1)
    assert sheet is not None
    picture = draw("application/pdf", data, 1)
    outside, inside = dark_outside(picture, places.marks(sheet, 0, len(document.text)))
    assert outside == 0 and inside > 1000
    word = document.text.index("forty-five")
    part, cited = dark_outside(picture, places.marks(sheet, word, word + 10))
    assert 0 < cited < part
    # Its share of the ink is about its share of the letters.
    assert cited / (part + cited) == pytest.approx(10 / sum(map(len, " ".join(LINES).split())), abs=0.05)


def test_a_span_over_two_lines_has_a_mark_on_each_and_none_on_another_page() -> None:
    document = read("a.pdf", pdf(running_text(700, *LINES), running_text(700, "Another page begins here.")))
    start = document.text.index("after the student")
    first, second = (places.opened(document.places, page) for page in (1, 2))
    assert first and second
    assert len(places.marks(first, start, start + 17)) == 2
    assert places.marks(second, start, start + 17) == []
    assert places.opened(document.places, 3) is None


def test_words_of_a_table_have_places_in_their_own_cells() -> None:
    rows = [["State", "Fee", "Days"], ["Alaska", "12", "45"], ["Maine", "45", "12"], ["Utah", "7", "12"]]
    out = io.BytesIO()
    table = Table(rows, colWidths=100, style=TableStyle([("GRID", (0, 0), (-1, -1), 1, "black")]))
    SimpleDocTemplate(out).build([table])
    document = read("a.pdf", out.getvalue())
    assert "Maine | 45 | 12" in document.text
    sheet = places.opened(document.places, 1)
    assert sheet is not None

    def left(text: str, within: str) -> Mark:
        start = document.text.index(within) + within.index(text)
        [mark] = places.marks(sheet, start, start + len(text))
        return mark

    maine, alaska = left("45", "Maine | 45"), left("45", "Alaska | 12 | 45")
    assert maine.top > alaska.top and maine.left < alaska.left


def test_most_words_of_real_layouts_are_placed() -> None:
    hyphens = ("The com-", "mittee met twice and deter-", "mined the amount. It was $4,500.")
    document = read("a.pdf", pdf(running_text(700, *hyphens)))
    sheet = places.opened(document.places, 1)
    assert sheet is not None
    start = document.text.index("determined")
    assert len(places.marks(sheet, start, start + 10)) == 2


@pytest.mark.slow
def test_a_scanned_page_has_places_too() -> None:
    data = photographed(pdf(running_text(700, *LINES)), "PNG")
    document = seen("a.png", data)
    sheet = places.opened(document.places, 1)
    assert sheet is not None
    word = document.text.index("forty-five")
    outside, inside = dark_outside(draw("image/png", data, 1), places.marks(sheet, word, word + 10))
    assert inside > 100
    assert inside / (outside + inside) == pytest.approx(10 / sum(map(len, " ".join(LINES).split())), abs=0.05)
