"""Files made for the tests, good and hostile, so that no test depends on a file from elsewhere."""

import io
import zipfile
from collections.abc import Mapping, Sequence

from docx import Document
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
