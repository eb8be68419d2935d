"""A result on paper: a PDF of real text with its title and language, every line, and the identifiers of its receipt."""

import io
from datetime import datetime
from html import escape
from itertools import groupby
from operator import attrgetter
from typing import Any

from publius.types import Receipt
from publius.web.missions.shown import Shown
from publius.web.missions.speech import on_day, say

MARGIN = 54  # points
BLUE, GREY, LINE = "#162e51", "#565c65", "#c6cace"


def pdf(shown: Shown, agency: str, caveat: str, when: datetime) -> bytes:
    """The result as a PDF file. The text keeps to the characters of Western European languages."""
    # Imported here and nowhere else: reportlab costs every process a tenth of a second, wanted or not.
    from reportlab.lib.pagesizes import LETTER
    from reportlab.platypus import SimpleDocTemplate

    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=LETTER,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=f"{shown.title}. {shown.mission}",
        author=agency,
        subject=shown.says,
        creator="Publius",
        lang=shown.language,
        displayDocTitle=1,
    )
    document.build(_story(shown, agency, caveat, when), canvasmaker=_numbered(shown))
    return file.getvalue()


def _numbered(shown: Shown) -> Any:
    """A canvas that holds its pages back until it is known how many there are, and then numbers them."""
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._held: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._held.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            held = self._held
            for number, page in enumerate(held, 1):
                self.__dict__.update(page)
                self._foot(number, len(held))
                super().showPage()
            super().save()

        def _foot(self, number: int, pages: int) -> None:
            self.setFont("Helvetica", 8)
            self.setFillColor(GREY)
            self.drawString(MARGIN, 32, f"{shown.receipt.record}" if shown.receipt else shown.title)
            words = say("Page {page} of {pages}", shown.language, page=number, pages=pages)
            self.drawRightString(self._pagesize[0] - MARGIN, 32, words)

    return Numbered


def _story(shown: Shown, agency: str, caveat: str, when: datetime) -> list[Any]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, Spacer

    body = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=14)
    large = ParagraphStyle("large", parent=body, fontSize=12, leading=17, spaceBefore=6)
    quiet = ParagraphStyle("quiet", parent=body, textColor=GREY, fontSize=9, leading=12)
    title = ParagraphStyle("title", parent=body, fontName="Helvetica-Bold", fontSize=18, leading=22, textColor=BLUE)
    heading = ParagraphStyle(
        "heading", parent=body, fontName="Helvetica-Bold", fontSize=12, spaceBefore=16, spaceAfter=6
    )
    language = shown.language

    def text(words: str, style: ParagraphStyle = body) -> Paragraph:
        return Paragraph(escape(words), style)

    made = say("Made for {agency} on {day}", language, agency=agency, day=on_day(when.date(), language))
    story: list[Any] = [text(shown.title, title), text(f"{shown.mission}. {made}.", quiet), text(shown.says, large)]
    story += [Spacer(1, 8), text(caveat), text(say("Every line of the computation", language), heading)]
    heads = [say(head, language) for head in ("Line", "From", "Amount", "Rests on")]
    lines = [[text(head, quiet) for head in heads]]
    for number, row in enumerate(shown.rows, 1):
        name = Paragraph(f"<b>{number}. {escape(row.name)}</b><br/>{escape(row.formula)}", body)
        inputs = text("; ".join(f"{label}: {amount}" for label, amount in row.inputs), quiet)
        lines.append([name, inputs, text(row.amount), text(row.citation, quiet)])
    story += [_table(lines, (174, 126, 62, 130)), text(say("What you answered", language), heading)]
    for group, answers in groupby(shown.given, key=attrgetter("group")):
        story += [text(group, quiet)] if group else []
        story += [_table([[text(each.label), text(each.value)] for each in answers], (332, 160), heads=0)]
    if shown.receipt:
        story += [text(say("Receipt", language), heading), *_receipt(shown.receipt, language, text, quiet)]
    return story


def _receipt(receipt: Receipt, language: str, text: Any, quiet: Any) -> list[Any]:
    about = "This result stands in the sealed record of {agency}. With these identifiers anybody can prove it."
    return [
        text(say(about, language, agency=receipt.agency)),
        text(
            say(
                "Record {record}, number {number} in the log",
                language,
                record=receipt.record,
                number=receipt.position + 1,
            ),
            quiet,
        ),
        text(say("Seal (SHA-256) {hash}", language, hash=receipt.leaf_hash), quiet),
    ]


def _table(lines: list[list[Any]], widths: tuple[int, ...], heads: int = 1) -> Any:
    from reportlab.platypus import Table

    style = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE)]
    style += [("LEFTPADDING", (0, 0), (0, -1), 0)]
    return Table(lines, colWidths=widths, repeatRows=heads, style=style)
