"""Passages: exact, in order, complete, of a useful size, and true to the document's structure."""

import hypothesis.strategies as st
from hypothesis import given, settings
from tests.retrieval.reading.making import pdf, running_text

from publius.errors import UnreadableDocument
from publius.retrieval.passages import MOST, Piece, size, split
from publius.retrieval.reading import ReadDocument, read

WORDS = st.lists(
    st.sampled_from(["aid", "loan", "$5,395", "§ 1087", "Café", "日本語", "e.g.", "U.S.", "shall—"]),
    min_size=1,
    max_size=400,
)
MARKUP = ["# One", "## Two", "### Three", "- item", "| a | b |\n|---|---|\n| 1 | 2 |", "```\ncode\n```", ""]
LINES = st.one_of(WORDS.map(" ".join), st.sampled_from(MARKUP), st.text(max_size=200))
FILES = st.tuples(st.sampled_from(["md", "html", "txt", "csv"]), st.lists(LINES, max_size=12).map("\n\n".join))


def check(document: ReadDocument, pieces: list[Piece]) -> None:
    at = 0
    for piece in pieces:
        assert piece.text == document.text[piece.start : piece.end]
        assert piece.text == piece.text.strip() != ""
        assert piece.start >= at and not document.text[at : piece.start].strip()
        at = piece.end
    assert not document.text[at:].strip()
    for block in document.blocks:
        assert 0 <= block.start < block.end <= len(document.text)


@settings(max_examples=150, deadline=None)
@given(FILES)
def test_offsets_are_exact_and_nothing_is_lost(file: tuple[str, str]) -> None:
    suffix, text = file
    try:
        document = read(f"a.{suffix}", text.encode("utf-8", "replace"))
    except UnreadableDocument:
        return
    document.text.encode()  # what cannot be encoded cannot be stored
    assert "\x00" not in document.text
    check(document, split(document))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["a.pdf", "a.docx", "a.html", "a.md", "a.csv", "a.txt", "a"]), st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    try:
        document = read(name, data)
    except UnreadableDocument:
        return
    check(document, split(document))


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab .日;\n"), min_size=1500, max_size=4000))
def test_no_piece_is_larger_than_search_can_read(text: str) -> None:
    document = read("a.txt", text.encode())
    assert all(size(piece.text) <= MOST for piece in split(document))


def test_a_piece_stays_in_its_section_and_small_neighbours_join() -> None:
    long = "The school shall report the number of students who receive aid in each year. " * 8
    source = f"# Aid\n\n## Loans\n\n{long}\n\n## Grants\n\n{long}\n\n## Work\n\nShort.\n\n## Other\n\nAlso short.\n"
    pieces = split(read("aid.md", source.encode()))
    assert [piece.headings for piece in pieces] == [("Aid", "Loans"), ("Aid", "Grants"), ("Aid",)]
    assert pieces[2].text == "Work\n\nShort.\n\nOther\n\nAlso short."


def test_rows_carry_their_header_when_it_stands_in_an_earlier_piece() -> None:
    rows = "\n".join(f"District {n},{n * 1000},open on weekdays and on the first Saturday" for n in range(60))
    pieces = split(read("offices.csv", f"Office,Budget,Hours\n{rows}".encode()))
    assert len(pieces) > 3
    assert pieces[0].context == "" and pieces[0].text.startswith("Office | Budget | Hours\n")
    assert all(piece.context == "Office | Budget | Hours" for piece in pieces[1:])


def test_a_long_paragraph_is_cut_at_ends_of_sentences() -> None:
    sentence = "The U.S. Government shall pay the school not less than $5.50 for each student in the year. "
    pieces = split(read("a.md", (sentence * 60).encode()))
    assert len(pieces) > 4
    assert all(piece.text.startswith("The U.S.") and piece.text.endswith("year.") for piece in pieces)


def test_the_line_that_introduces_a_list_stays_with_it() -> None:
    before = "The Board reviews each request that an agency sends to it within thirty days of receipt. " * 10
    items = "\n".join(
        f"- one person whom the Administrator of agency number {n} names for a term of two years" for n in range(9)
    )
    pieces = split(read("a.md", f"{before}\n\nThe Board has these members:\n\n{items}".encode()))
    assert any(piece.text.startswith("The Board has these members:") for piece in pieces)


def test_no_piece_crosses_a_page_and_each_knows_its_own() -> None:
    pages = [running_text(650, f"Page number {n} says a short thing about student aid.") for n in (1, 2, 3)]
    document = read("a.pdf", pdf(*pages[:2], [], pages[2]))
    pieces = split(document)
    assert [piece.page for piece in pieces] == [1, 2, 4]
    for piece in pieces:
        start, end = document.pages[(piece.page or 0) - 1]
        assert start <= piece.start < piece.end <= end


def test_a_part_of_a_statute_without_a_heading_leaves_the_one_before() -> None:
    provision = "The Secretary shall pay to each school the sum that this section names in each award year. " * 6
    source = "\n\n".join(
        ["(a) Payments", provision, "(b) Reports", provision, "(c) Rules", provision, "(d) " + provision]
    )
    pieces = split(read("law.md", source.encode()))
    assert [piece.headings for piece in pieces] == [("(a) Payments",), ("(b) Reports",), ("(c) Rules",), ()]
