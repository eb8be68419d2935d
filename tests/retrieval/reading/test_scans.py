"""Scanned pages and pictures are read by the real Tesseract, within limits, and say how surely."""

import asyncio
import contextlib
import io
import os
import subprocess
import time
from collections.abc import AsyncIterator

import pytest
from PIL import Image
from pypdfium2 import PdfDocument
from tests.retrieval.reading.making import pdf, photographed, running_text

from publius.errors import SetupError, UnreadableDocument
from publius.retrieval.passages import split
from publius.retrieval.reading import ReadDocument, read, tesseract
from publius.retrieval.reading.sandbox import Reader

LINES = (
    "The school keeps the record for forty-five days after the",
    "student has left, and sends 7,395 dollars to the lender.",
)
WORDS = " ".join(LINES)
SPANISH = "El año académico empieza en septiembre y la matrícula cuesta 300 dólares."


@pytest.fixture(autouse=True, scope="module")
def tesseract_is_here() -> None:
    try:
        tesseract.program()
    except SetupError as missing:
        pytest.skip(str(missing))


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    reader = Reader(workers=1)
    yield reader
    await reader.close()


def seen(name: str, data: bytes) -> ReadDocument:
    """Read in this process, with the real program."""

    def recognise(picture: bytes, dpi: int) -> bytes:
        return subprocess.run(tesseract.command(dpi), input=picture, capture_output=True, check=True).stdout

    return read(name, data, recognise)


def joined(one: bytes, other: bytes) -> bytes:
    """The pages of two PDFs in one."""
    document, out = PdfDocument(one), io.BytesIO()
    document.import_pages(PdfDocument(other))
    document.save(out)
    return out.getvalue()


async def test_a_scanned_pdf_is_read_page_by_page_with_its_confidence(reader: Reader) -> None:
    pages = (running_text(700, *LINES), running_text(700, SPANISH))
    document, pieces = await reader.read("scan.pdf", photographed(pdf(*pages)))
    assert document.text == f"{WORDS}\n\n{SPANISH}"
    assert [document.text[start:end].strip() for start, end in document.pages] == [WORDS, SPANISH]
    assert document.recognised is not None and document.recognised > 0.8
    assert [piece.page for piece in pieces] == [1, 2]
    assert all(piece.recognised is not None and 0.8 < piece.recognised <= 1 for piece in pieces)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
async def test_pictures_are_read_each_frame_a_page(reader: Reader, kind: str) -> None:
    pages = (running_text(700, *LINES), running_text(700, SPANISH))
    document, _ = await reader.read(f"scan.{kind.lower()}", photographed(pdf(*pages), kind))
    assert document.text == (f"{WORDS}\n\n{SPANISH}" if kind == "TIFF" else WORDS)
    assert len(document.pages) == (2 if kind == "TIFF" else 1)


@pytest.mark.slow
async def test_what_is_hard_to_read_is_less_sure(reader: Reader) -> None:
    page = pdf(running_text(700, *LINES))
    clean, _ = await reader.read("clean.png", photographed(page, "PNG"))
    dirty, _ = await reader.read("dirty.png", photographed(page, "PNG", dpi=75, dirt=0.005))
    assert clean.recognised is not None and dirty.recognised is not None
    assert dirty.recognised < clean.recognised


def test_a_page_of_text_is_not_looked_at_and_a_scanned_one_beside_it_is() -> None:
    both = joined(pdf(running_text(700, *LINES)), photographed(pdf(running_text(700, SPANISH))))
    document = seen("both.pdf", both)
    assert document.text == f"{WORDS}\n\n{SPANISH}"
    assert [block.sure is not None for block in document.blocks] == [False, True]
    assert [piece.recognised is not None for piece in split(document)] == [False, True]


def test_without_tesseract_the_file_says_what_to_do_and_a_mixed_one_keeps_its_text() -> None:
    scan = photographed(pdf(running_text(700, *LINES)))
    with pytest.raises(UnreadableDocument) as refusal:
        read("scan.pdf", scan)
    assert "OCR" in refusal.value.message and "Tesseract" in refusal.value.next_step
    mixed = read("both.pdf", joined(pdf(running_text(700, *LINES)), scan))
    assert mixed.text == f"{WORDS}\n\n[This page is a picture, and its words could not be read.]"


async def test_the_reader_passes_on_why_there_is_no_tesseract(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "_bundled", lambda: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnreadableDocument) as refusal:
        await reader.read("scan.pdf", photographed(pdf(running_text(700, *LINES))))
    assert "Tesseract is not there" in refusal.value.message
    assert "apt install" in refusal.value.next_step
    assert (await reader.read("a.txt", b"still here"))[0].text == "still here"


async def test_tesseract_itself_may_neither_write_nor_start_anything() -> None:
    command = tesseract.command(200)
    place = command.index(str(tesseract.program()))
    script = "import resource as r; print(*(r.getrlimit(x) for x in (r.RLIMIT_FSIZE, r.RLIMIT_NPROC, r.RLIMIT_AS)))"
    limits = subprocess.run(
        [*command[:place], command[0], "-I", "-S", "-c", script], capture_output=True, text=True, check=True
    )
    assert limits.stdout.startswith("(0, 0) (0, 0) (2147483648, 2147483648)")


HOSTILE = {
    "truncated PNG": lambda: photographed(pdf(running_text(700, *LINES)), "PNG")[:2000],
    "rubbish PNG": lambda: b"\x89PNG\r\n\x1a\n" + os.urandom(3000),
    "rubbish JPEG": lambda: b"\xff\xd8\xff" + os.urandom(3000),
    "rubbish TIFF": lambda: b"II*\x00" + os.urandom(3000),
    "huge PNG": lambda: _blank("PNG", 12_000, 12_000),
    "blank": lambda: _blank("PNG", 300, 300),
}


def _blank(kind: str, width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (width, height), 1).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("case", HOSTILE)
async def test_hostile_pictures_are_refused_and_the_next_is_read(reader: Reader, case: str) -> None:
    begun = time.monotonic()
    with pytest.raises(UnreadableDocument) as refusal:
        await reader.read("a.png", HOSTILE[case]())
    assert "picture" in refusal.value.message
    assert time.monotonic() - begun < 60
    assert (await reader.read("a.txt", b"next"))[0].text == "next"


@pytest.mark.slow
async def test_giving_up_ends_tesseract_too(reader: Reader) -> None:
    big = photographed(pdf(*[running_text(740, *LINES * 20)] * 3), dpi=300)
    task = asyncio.create_task(reader.read("scan.pdf", big))
    await asyncio.sleep(1.5)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    left = subprocess.run(["ps", "-o", "args=", "--ppid", str(os.getpid())], capture_output=True, text=True).stdout
    assert "stdin stdout --tessdata-dir" not in left
