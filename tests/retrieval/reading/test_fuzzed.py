"""Files that were cut, changed, misnamed or put together by chance are read or refused, and never anything else."""

import contextlib
import random
import time
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from reportlab.lib.pdfencrypt import StandardEncryption
from tests.retrieval.reading.making import (
    eml,
    msg,
    pdf,
    photographed,
    real_docx,
    real_pptx,
    running_text,
    workbook,
    zipped,
)

from publius.errors import UnreadableDocument
from publius.retrieval.passages import split
from publius.retrieval.reading import read

TEXT = running_text(700, "The school keeps its records for forty-five days after the end of the year.")
KINDS = ("pdf", "docx", "pptx", "xlsx", "eml", "msg", "zip", "png", "tiff", "html", "md", "csv", "txt")


def sheet(book: Workbook) -> None:
    for row in (["State", "Fee"], ["Alaska", 12.5], ["Maine", 7]):
        book.active.append(row)


def wholes() -> dict[str, bytes]:
    """A sound file of each kind."""
    inner = {"0037": "Earlier", "1000": "We asked for 30 days."}
    return {
        "pdf": pdf(TEXT, TEXT),
        "docx": real_docx(),
        "pptx": real_pptx(),
        "xlsx": workbook(sheet),
        "eml": eml(("a.pdf", pdf(TEXT)), html="<p>The <b>ceiling</b>.</p>"),
        "msg": msg({"0037": "Budget", "1000": "The ceiling."}, ("a.txt", b"x" * 5000), ("inner", inner)),
        "zip": zipped({"a/b.txt": "words " * 100, "c.md": "# Title\n\nMore words."}),
        "png": photographed(pdf(TEXT), "PNG", dpi=40),
        "tiff": photographed(pdf(TEXT), "TIFF", dpi=40),
        "html": b"<html><table><tr><th>a<th>b<tr><td>1<td>2</table><p>words</html>",
        "md": b"title: x\ndate: 2026-01-01\n\n# Heading\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        "csv": b"State,Fee\nAlaska,12\nMaine,7\n",
        "txt": b"SCOPE OF THIS\n\n- one\n- two\n",
    }


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def changed(data: bytes, chance: random.Random) -> bytes:
    altered = bytearray(data)
    for _ in range(chance.choice((1, 4, 32))):
        altered[chance.randrange(len(altered))] = chance.choice((0, 255, chance.randrange(256)))
    return bytes(altered)


def shuffled(data: bytes, chance: random.Random) -> bytes:
    first, second = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[:first] + data[second:] + data[first:second]


def repeated(data: bytes, chance: random.Random) -> bytes:
    first, second = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[:second] + data[first:second] * 3 + data[second:]


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [cut, changed, shuffled, repeated], ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("kind", KINDS)
def test_a_spoilt_file_is_read_or_refused_with_a_sentence(
    kind: str, spoil: Callable[[bytes, random.Random], bytes]
) -> None:
    whole = wholes()[kind]
    for seed in range(60):
        data = spoil(whole, random.Random(f"{kind} {spoil.__name__} {seed}"))
        begun = time.process_time()
        try:
            document = read(f"a.{kind}", data)
            split(document)
            for part in document.parts:
                if not part.reason:
                    with contextlib.suppress(UnreadableDocument):
                        read(part.name, part.data)
        except UnreadableDocument as refusal:
            assert refusal.message.endswith(".") and refusal.next_step.endswith("."), seed
        assert time.process_time() - begun < 20, seed


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_under_any_other_name_is_read_as_what_it_is_or_refused(kind: str) -> None:
    data = wholes()[kind]
    for other in (*KINDS, "bin", ""):
        try:
            document = read(f"a.{other}", data)
        except UnreadableDocument as refusal:
            assert refusal.next_step.endswith(".")
        else:
            assert document.text
            if kind in ("docx", "pptx", "xlsx", "zip", "msg") and other != "pdf":
                assert document.media_type == read(f"a.{kind}", data).media_type


def test_what_is_locked_says_that_a_password_is_in_the_way() -> None:
    locked = pdf(TEXT, encrypt=StandardEncryption("opensesame", strength=128))
    document = read("a.zip", zipped({"locked.pdf": locked, "open.txt": "open words"}))
    [part, _] = document.parts
    with pytest.raises(UnreadableDocument) as refusal:
        read(part.name, part.data)
    assert "password" in refusal.value.message and "without a password" in refusal.value.next_step
