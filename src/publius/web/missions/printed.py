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

    def build(pages: int) -> tuple[bytes, int]:
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

        def foot(canvas: Any, _: Any) -> None:
            canvas.setFont("Helvetica", 8)
            canvas.setFillColor(GREY)
            canvas.drawString(MARGIN, 32, f"{shown.receipt.record}" if shown.receipt else shown.title)
            number = say("Page {page} of {pages}", shown.language, page=document.page, pages=pages)
            canvas.drawRightString(LETTER[0] - MARGIN, 32, number)

        document.build(_story(shown, agency, caveat, when), onFirstPage=foot, onLaterPages=foot)
        return file.getvalue(), document.page

    # How many pages there are is known only when they are made, so they are made once to be counted.
    return build(build(0)[1])[0]


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
    story += [_table(lines, (180, 130, 64, 130)), text(say("What you answered", language), heading)]
    for group, answers in groupby(shown.given, key=attrgetter("group")):
        story += [text(group, quiet)] if group else []
        story += [_table([[text(each.label), text(each.value)] for each in answers], (340, 164), heads=0)]
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
