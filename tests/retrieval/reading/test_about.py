"""What a file says about itself, in each format's own place, and the language that it is in."""

import io
from datetime import date

import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.retrieval.reading.making import pdf, running_text

from publius.retrieval.reading import read
from publius.retrieval.reading.language import language
from publius.retrieval.reading.properties import day

SPANISH = "El plazo para presentar la solicitud es de cuarenta y cinco días, y no se puede prorrogar por más de un mes."
ENGLISH = "The deadline for the application is forty-five days, and it cannot be extended by more than a month."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ENGLISH, "en"),
        (SPANISH, "es"),
        (
            "O prazo para apresentar o pedido é de quarenta e cinco dias e não pode ser prorrogado por mais um mês.",
            "pt",
        ),
        ("Le délai pour présenter la demande est de quarante-cinq jours et ne peut pas être prolongé.", "fr"),
        ("Form 1040 | 12,500 | 13,200", ""),
        ("", ""),
        (f"{SPANISH} Login.gov FAFSA USAJOBS {SPANISH}", "es"),
    ],
)
def test_the_language_is_told_by_its_small_words(text: str, code: str) -> None:
    assert language(text) == code


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-11-25T08:00:00Z", date(2026, 11, 25)),
        ("D:20220203124413-05'00'", date(2022, 2, 3)),
        ("November 25, 2026", date(2026, 11, 25)),
        ("25 Nov. 2026", date(2026, 11, 25)),
        ("3 de marzo de 2024", date(2024, 3, 3)),
        ("2026-13-45", None),
        ("version 12", None),
        ("1980-01-01", None),
    ],
)
def test_days_are_read_as_they_are_written(text: str, told: date | None) -> None:
    assert day(text) == told


def test_html_says_it_in_its_head() -> None:
    page = (
        '<html><head><title>Visas</title><meta name="dcterms.issued" content="2021-02-03">'
        '<meta property="og:site_name" content="Department of State"></head><p>words here</html>'
    )
    about = read("visas.html", page.encode()).about
    assert (about.title, about.published, about.publisher) == ("Visas", date(2021, 2, 3), "Department of State")
    plain = '<html><head><title>x</title><link rel="canonical" href="https://www.state.gov/x"></head><p>y</html>'
    assert read("x.html", plain.encode()).about.publisher == "state.gov"


@pytest.mark.parametrize("name", ["leave.md", "leave.txt"])
def test_markdown_and_text_say_it_in_their_first_lines(name: str) -> None:
    lines = f"title: Leave\nsource: https://example.gov/leave\ndate: 5 May 2023\n\n{SPANISH}\n"
    document = read(name, lines.encode())
    assert (document.about.title, document.about.publisher) == ("Leave", "example.gov")
    assert (document.about.published, document.language) == (date(2023, 5, 5), "es")
    assert document.text == SPANISH


def test_a_pdf_says_it_in_its_information_and_not_by_a_file_name() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setTitle("Microsoft Word - final.docx")
    canvas.setAuthor("Office of Water")
    canvas.drawString(72, 700, "Water must be clean for all who drink it.")
    canvas.save()
    about = read("water.pdf", out.getvalue()).about
    assert (about.title, about.publisher) == ("water", "Office of Water")
    assert about.published is not None
    assert read("a.pdf", pdf(running_text(700, ENGLISH))).language == "en"
