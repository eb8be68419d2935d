"""Files made for the tests, good and hostile, so that no test depends on a file from elsewhere."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage

import numpy as np
from docx import Document
from openpyxl import Workbook
from PIL import Image
from pptx import Presentation
from pptx.util import Inches
from pypdfium2 import PdfDocument
from reportlab.lib.pagesizes import letter
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(
    *pages: Sequence[tuple[float, float, str, float, str]],
    title: str = "",
    encrypt: StandardEncryption | None = None,
) -> bytes:
    """A PDF whose pages are lines given as (x, y, font, size, text)."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, encrypt=encrypt)
    if title:
        canvas.setTitle(title)
    for lines in pages:
        for x, y, font, size, text in lines:
            canvas.setFont(font, size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def running_text(top: float, *lines: str, x: float = 72) -> list[tuple[float, float, str, float, str]]:
    """Lines of body text, one below another."""
    return [(x, top - 14 * i, "Helvetica", 11, line) for i, line in enumerate(lines)]


def scanned_pdf() -> bytes:
    """Pages that hold a drawing and no text."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter)
    for _ in range(2):
        canvas.rect(100, 100, 300, 400, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def photographed(document: bytes, kind: str = "PDF", dpi: int = 150, dirt: float = 0) -> bytes:
    """Pictures of a PDF's pages, as a scanner would save them; `dirt` is the share of dots that are wrong."""
    pages = []
    for page in PdfDocument(document):
        picture = page.render(scale=dpi / 72, grayscale=True).to_pil()
        if dirt:
            random = np.random.default_rng(7)
            dots = np.asarray(picture).copy()
            wrong = random.random(dots.shape) < dirt
            dots[wrong] = random.integers(0, 256, int(wrong.sum()))
            picture = Image.fromarray(dots)
        pages.append(picture)
    out = io.BytesIO()
    more = {"save_all": True, "append_images": pages[1:]} if kind in ("PDF", "TIFF") else {}
    size = {"resolution": dpi} if kind == "PDF" else {"dpi": (dpi, dpi)}
    pages[0].save(out, kind, **size, **more)
    return out.getvalue()


def docx(parts: Mapping[str, bytes | str] | None = None, **more: str) -> bytes:
    """A DOCX of the given raw parts."""
    return zipped({"[Content_Types].xml": "<Types/>", **(parts or {}), **more})


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def body(inner: str, before: str = "") -> dict[str, str]:
    """The part that holds a Word file's text."""
    return {"word/document.xml": f'{before}<w:document xmlns:w="{W}"><w:body>{inner}</w:body></w:document>'}


def real_docx() -> bytes:
    """A Word file as a word processor would write it."""
    document = Document()
    document.core_properties.title = "Leave policy"
    document.add_heading("Annual leave", 1)
    document.add_paragraph("Staff earn thirteen days a year.")
    document.add_heading("Carrying over", 2)
    document.add_paragraph("Ask your supervisor.", style="List Bullet")
    document.add_paragraph("File the form.", style="List Number")
    document.add_paragraph("Keep a copy.", style="List Number")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Grade", "Days"
    cells = table.add_row().cells
    cells[0].text, cells[1].text = "GS-7", "13"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def workbook(fill: Callable[[Workbook], None]) -> bytes:
    """An Excel workbook, filled by the test."""
    book = Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def real_pptx() -> bytes:
    """A presentation as PowerPoint would write it: title, list, table with a merged cell, notes, a hidden slide."""
    show = Presentation()
    show.core_properties.title = "Benefits briefing"
    first = show.slides.add_slide(show.slide_layouts[1])
    first.shapes.title.text = "Who may apply"
    body = first.placeholders[1].text_frame
    body.text = "Veterans with ninety days of service"
    deeper = body.add_paragraph()
    deeper.text, deeper.level = "and their spouses", 1
    first.notes_slide.notes_text_frame.text = "Say that reservists count too."
    second = show.slides.add_slide(show.slide_layouts[5])
    second.shapes.title.text = "Rates"
    table = second.shapes.add_table(3, 2, Inches(1), Inches(2), Inches(6), Inches(2)).table
    for at, text in enumerate(["Region", "Rate", "North", "$1,200", "", "$900"]):
        table.cell(at // 2, at % 2).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    hidden = show.slides.add_slide(show.slide_layouts[5])
    hidden.shapes.title.text = "Do not show"
    hidden._element.set("show", "0")
    box = show.slides.add_slide(show.slide_layouts[6]).shapes.add_textbox(Inches(1), Inches(1), Inches(4), Inches(1))
    box.text_frame.text = "Questions to the help desk."
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def eml(*attachments: tuple[str, bytes], subject: str = "Budget for 2026", html: str = "", text: str = "") -> bytes:
    """A mail with attachments."""
    mail = EmailMessage()
    mail["Subject"], mail["From"] = subject, "Núria Vidal <nuria@example.gov>"
    mail["To"], mail["Date"] = "budget@example.gov", "Tue, 24 Nov 2026 10:30:00 -0500"
    mail.set_content(text or "The ceiling is $45,000.\n\nSee the attachment.")
    if html:
        mail.add_alternative(html, subtype="html")
    for name, data in attachments:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def msg(
    texts: Mapping[str, str],
    *attachments: tuple[str, bytes] | tuple[str, dict],
    sent: int = 0,
    streams: Mapping[str, bytes] | None = None,
) -> bytes:
    """An Outlook mail. `texts` has properties by number, as in {"0037": subject}; `sent` is in ticks since 1601.

    An attachment of bytes is a file; one of another mapping of texts is a mail in the mail.
    """
    return compound(_message(texts, attachments, sent, 32) | dict(streams or {}))


def _message(texts: Mapping[str, str], attachments: Sequence, sent: int, head: int) -> dict:
    fixed = struct.pack("<HHIQ", 0x0040, 0x0039, 6, sent)
    found: dict = {"__properties_version1.0": bytes(head) + fixed}
    found |= {f"__substg1.0_{number}001F": text.encode("utf-16-le") for number, text in texts.items()}
    for number, (name, content) in enumerate(attachments):
        inner = (
            {"__substg1.0_37010102": content}
            if isinstance(content, bytes)
            else {"__substg1.0_3701000D": _message(content, (), sent, 24)}
        )
        inner |= {"__substg1.0_3707001F": name.encode("utf-16-le"), "__properties_version1.0": bytes(8)}
        found[f"__attach_version1.0_#{number:08X}"] = inner
    return found


def compound(streams: Mapping) -> bytes:
    """A compound file (MS-CFB, version 3) of streams, and of storages where the value is a mapping."""
    entries: list[list] = [["Root Entry", 5, b"", []]]

    def gather(inside: Mapping, parent: int) -> None:
        for name, content in inside.items():
            entries.append([name, 2 if isinstance(content, bytes) else 1, b"", []])
            entries[parent][3].append(len(entries) - 1)
            if isinstance(content, bytes):
                entries[-1][2] = content
            else:
                gather(content, len(entries) - 1)

    gather(streams, 0)
    fat: list[int] = []
    sectors: list[bytes] = []

    def put(data: bytes) -> int:
        """Write one chain of sectors; returns the first."""
        first, count = len(sectors), -(-len(data) // 512)
        for at in range(count):
            sectors.append(data[at * 512 : at * 512 + 512].ljust(512, b"\0"))
            fat.append(first + at + 1 if at + 1 < count else 0xFFFFFFFE)
        return first

    # Padded to 4,096 bytes and more, so that nothing is small enough for the mini stream.
    starts = [put(entry[2].ljust(4096, b"\0")) if entry[1] == 2 else 0xFFFFFFFE for entry in entries]
    directory = b""
    for at, (name, kind, content, children) in enumerate(entries):
        parent = next((each for each in entries if at in each[3]), None)
        after = parent[3][parent[3].index(at) + 1 :] if parent else []
        raw = name.encode("utf-16-le") + b"\0\0"
        links = (0xFFFFFFFF, after[0] if after else 0xFFFFFFFF, children[0] if children else 0xFFFFFFFF)
        size = max(len(content), 4096) if kind == 2 else 0
        directory += raw.ljust(64, b"\0") + struct.pack("<HBB3I36xIQ", len(raw), kind, 1, *links, starts[at], size)
    start = put(directory)
    first_fat = len(sectors)
    needed = next(n for n in range(1, 109) if (len(fat) + n) <= n * 128)
    fat += [0xFFFFFFFD] * needed
    table = struct.pack(f"<{needed * 128}I", *fat, *[0xFFFFFFFF] * (needed * 128 - len(fat)))
    sectors += [table[at * 512 : at * 512 + 512] for at in range(needed)]
    places = [first_fat + at for at in range(needed)] + [0xFFFFFFFF] * (109 - needed)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I109I", 0, needed, start, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, *places)
    return head + b"".join(sectors)
