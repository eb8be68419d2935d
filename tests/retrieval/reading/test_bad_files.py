"""Files that cannot be read are refused by cause, and none reads anything outside of itself."""

import contextlib
import os
import struct
import time
from itertools import pairwise
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from tests.retrieval.reading.making import body, compound, docx, msg, pdf, running_text, scanned_pdf, zipped

from publius.errors import UnreadableDocument
from publius.retrieval.passages import split
from publius.retrieval.reading import read

TEXT = running_text(700, "The school keeps the secret word xylophone in its files.")
ENTITIES = "".join(f"<!ENTITY {n} '{f'&{m};' * 10}'>" for m, n in pairwise("abcdefghi"))
BILLION_LAUGHS = f"<!DOCTYPE w [<!ENTITY a 'lol'>{ENTITIES}]>"

BAD = {
    "empty": ("a.txt", b"", "empty"),
    "blank": ("a.txt", b" \n\x00\n ", "empty"),
    "encrypted PDF": ("a.pdf", pdf(TEXT, encrypt=StandardEncryption("opensesame", strength=128)), "password"),
    "scanned PDF": ("a.pdf", scanned_pdf(), "OCR"),
    "truncated PDF": ("a.pdf", pdf(TEXT)[:-300], "cut short"),
    "PDF of rubbish": ("a.pdf", b"%PDF-1.7\n" + os.urandom(3000) + b"%%EOF", "damaged"),
    "ZIP called PDF": ("a.pdf", zipped({"x": "y"}), "ZIP"),
    "text called PDF": ("a.pdf", b"just text", "not"),
    "text called DOCX": ("a.docx", b"just text", "not"),
    "ZIP called DOCX": ("a.docx", zipped({"x": "y"}), "not a real Word"),
    "ZIP called XLSX": ("a.xlsx", zipped({"x": "y"}), "not a real Excel"),
    "OpenDocument": ("a.odt", zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "OpenDocument"),
    "binary Excel": ("a.xlsb", zipped({"xl/workbook.bin": "x"}), "XLSB"),
    "truncated XLSX": ("a.xlsx", zipped({"xl/workbook.xml": "<x/>"})[:-30], "Excel file is cut short"),
    "ZIP of nothing": ("a.zip", zipped({"__MACOSX/x": "", ".DS_Store": "y", "folder/": ""}), "no files"),
    "truncated ZIP": ("a.zip", zipped({"x.txt": "y" * 99})[:-40], "ZIP archive is cut short"),
    "ZIP of too many": ("a.zip", zipped({f"{n}.txt": "x" for n in range(1_001)}), "1,001 files"),
    "ZIP of too much": ("a.zip", zipped({f"{n}.txt": os.urandom(30_000) * 1_000 for n in range(9)}), "256 MB"),
    "no mail": ("a.eml", b"just some words\n\nand more", "mail"),
    "sealed mail": ("a.eml", b"Subject: x\nContent-Type: application/pkcs7-mime\n\nMIIB", "encrypted"),
    "truncated MSG": ("a.msg", msg({"0037": "Subject"})[:1500], "damaged"),
    "MSG of rubbish": ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(4000), "damaged"),
    "locked Office": ("a.xlsx", compound({"EncryptedPackage": b"x" * 5000}), "password"),
    "old Excel": ("a.xls", compound({"Workbook": b"x" * 5000}), "XLSX"),
    "truncated DOCX": ("a.docx", docx(body("<w:p><w:r><w:t>hi</w:t></w:r></w:p>"))[:-60], "cut short"),
    "broken XML": ("a.docx", docx({"word/document.xml": "<w:document"}), "damaged"),
    "ZIP bomb": ("a.docx", docx({"word/document.xml": b" " * 400_000_000}), "unpack"),
    "ZIP bomb beside": ("a.docx", docx({**body("<w:p/>"), "word/media/x.bin": bytes(50_000_000)}), "unpack"),
    "billion laughs": ("a.docx", docx(body("<w:p><w:r><w:t>&i;</w:t></w:r></w:p>", BILLION_LAUGHS)), "Word file"),
    "random bytes": ("a.txt", os.urandom(20_000), "binary"),
    "image": ("a.md", b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
    "old Word": ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password"),
    "deep HTML": ("a.html", b"<html>" + b"<div>" * 500_000 + b"x", "nested"),
    "markup without text": ("a.html", b"<html><body><script>1</script></body></html>", "no text"),
    "endless CSV cell": ("a.csv", b'a,b\n"' + b"x" * 200_000, "cells"),
    "long CSV": ("a.csv", b"a,b\n" * 100_003, "rows"),
}


@pytest.mark.parametrize("case", BAD)
def test_is_refused_with_its_cause(case: str) -> None:
    name, data, cause = BAD[case]
    with pytest.raises(UnreadableDocument) as refusal:
        read(name, data)
    assert cause in str(refusal.value)
    assert "xylophone" not in str(refusal.value)


def test_external_entities_never_read_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret")
    for declaration in (
        f'<!DOCTYPE w [<!ENTITY x SYSTEM "{secret.as_uri()}">]>',
        f'<!DOCTYPE w SYSTEM "{secret.as_uri()}">',
    ):
        with pytest.raises(UnreadableDocument) as refusal:
            read("a.docx", docx(body("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", declaration)))
        assert "the-secret" not in str(refusal.value)
    assert (
        "the-secret"
        not in read("a.html", f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret}">]><html><p>a&x;b'.encode()).text
    )


def test_a_zip_that_lies_about_its_size_is_not_inflated() -> None:
    data = bytearray(docx({"word/document.xml": b" " * 100_000_000}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(signature, data.index(signature) + 1) + offset
        data[place : place + 4] = struct.pack("<I", 1000)
    with pytest.raises(UnreadableDocument):
        read("a.docx", bytes(data))


def test_a_truncated_pdf_is_refused_wherever_it_is_cut() -> None:
    whole = pdf(*([TEXT] * 5))
    for part in range(1, 20):
        with pytest.raises(UnreadableDocument):
            read("a.pdf", whole[: len(whole) * part // 20])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("one line.txt", b"The agency shall report each year. " * 300_000),
        ("no space.txt", b"x" * 10_000_000),
        ("brackets.md", b"[" * 50_000),
        ("stars.md", b"*a_ " * 20_000),
        ("quotes.md", b"> " * 20_000 + b"deep"),
        ("tags.md", b"<a " * 50_000),
        ("backticks.md", b"".join(b"`" * n + b" " for n in range(1, 600))),
        ("comments.html", b"<!--" * 200_000 + b"<html>"),
        ("unclosed.html", b"<html>" + b"<td>" * 20_000 + b"x"),
        ("tables.html", b"<html>" + b"<table><tr><td>a<td>b" * 150 + b"x"),
        ("boxes.docx", docx(body("<w:p><w:r><w:txbxContent>" * 80 + "<w:p/>" + "</w:txbxContent></w:r></w:p>" * 80))),
        ("colons.md", b"a:\n" * 20_000),
    ],
)
@pytest.mark.slow
def test_hostile_text_takes_no_more_than_seconds(name: str, data: bytes) -> None:
    begun = time.process_time()
    with contextlib.suppress(UnreadableDocument):
        split(read(name, data))
    assert time.process_time() - begun < 10
