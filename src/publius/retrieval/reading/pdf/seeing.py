"""A PDF's page as it looks: where its points are in a picture of it, and its words where only OCR can read them."""

import ctypes
from typing import Any

import pypdfium2.raw as pdfium

from publius.retrieval.reading.pdf.layout import Page
from publius.retrieval.reading.places import FULL, View, upright
from publius.retrieval.reading.recognition import Eyes

_COVERS = 0.3  # of the page; a smaller picture is an illustration
_LARGEST = 6_000  # dots along a side
_FINE = 1_000_000  # dots along a side of the picture that places are measured in


def is_picture(page: Any) -> bool:
    """Whether a picture covers much of the page."""
    width, height = page.get_size()
    for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = image.get_bounds()
        if (right - left) * (top - bottom) >= _COVERS * width * height:
            return True
    return False


def seen(page: Any, number: int, eyes: Eyes) -> Page:
    """The page as OCR reads it; without text where it cannot."""
    width, height = page.get_size()

    def picture(dpi: int) -> tuple[bytes, int]:
        scale = min(dpi / 72, _LARGEST / max(width, height))
        bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
        try:
            rows = bitmap.to_numpy()
            return b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + rows.tobytes(), round(scale * 72)
        finally:
            bitmap.close()

    return Page(height, list(eyes.read(number, picture, height)), upright(width, height))


def view(page: Any) -> View:
    """How the page is shown, which may be turned or cut to a part of it."""
    origin, right, up = _dots(page, 0, 0), _dots(page, 1_000, 0), _dots(page, 0, 1_000)
    scale = FULL / _FINE
    a, b = ((right[i] - origin[i]) / 1_000 * scale for i in (0, 1))
    c, d = ((up[i] - origin[i]) / 1_000 * scale for i in (0, 1))
    return View(page.get_width(), page.get_height(), (a, b, c, d, origin[0] * scale, origin[1] * scale))


def _dots(page: Any, x: float, y: float) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page.raw, 0, 0, _FINE, _FINE, 0, x, y, ctypes.byref(across), ctypes.byref(down))
    return across.value, down.value
