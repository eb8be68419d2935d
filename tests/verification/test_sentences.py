"""Sentences end where a reader would say, whatever pieces the draft comes in."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publius.verification.sentences import Piece, Splitter, split

DRAFTS = {
    "The U.S. Department pays 3.5 percent. It is final.": ["The U.S. Department pays 3.5 percent.", "It is final."],
    "See Sec. 5 and No. 7, e.g. the form. Done!": ["See Sec. 5 and No. 7, e.g. the form.", "Done!"],
    "It began in the U.S. The law followed.": ["It began in the U.S.", "The law followed."],
    "Henry A. Kissinger signed. He left at 5 p.m. and slept.": [
        "Henry A. Kissinger signed.",
        "He left at 5 p.m. and slept.",
    ],
    "It is 45 days [1]. See also this.[2] Next.": ["It is 45 days.", "See also this.", "Next."],
    "1. Sign in.\n2. Choose a form.\n- Send it": ["Sign in.", "Choose a form.", "Send it"],
    "He said: “It is over.” Then he left.": ["He said: “It is over.”", "Then he left."],
    "Wait… what? Yes.": ["Wait… what?", "Yes."],
    "El Sr. Pérez pagó 1.500,50 dólares. ¿Cuándo? Ayer.": ["El Sr. Pérez pagó 1.500,50 dólares.", "¿Cuándo?", "Ayer."],
    "See § 1070a. **Bold** words stay.": ["See § 1070a.", "Bold words stay."],
    "First line\nSecond line": ["First line", "Second line"],
}


def pieces(draft: str, cuts: list[int]) -> list[Piece]:
    splitter, found, last = Splitter(), [], 0
    for cut in [*sorted(cuts), len(draft)]:
        found += splitter.feed(draft[last:cut])
        last = max(last, cut)
    return found + splitter.finish("stop")


@pytest.mark.parametrize(("draft", "expected"), DRAFTS.items())
def test_a_draft_falls_into_its_sentences(draft: str, expected: list[str]) -> None:
    assert [piece.text for piece in pieces(draft, []) if piece.text] == expected


@given(
    draft=st.one_of(
        st.sampled_from(sorted(DRAFTS)),
        st.text(alphabet="aB1. \n[]\"'!?…”U.S§(,-*e", max_size=60),
        st.lists(st.sampled_from(sorted(DRAFTS)), max_size=3).map(" ".join),
    ),
    cuts=st.lists(st.integers(0, 150), max_size=40),
)
def test_any_cutting_of_a_draft_gives_the_same_sentences(draft: str, cuts: list[int]) -> None:
    assert pieces(draft, [min(cut, len(draft)) for cut in cuts]) == pieces(draft, [])


def test_a_cut_off_sentence_is_known_as_such() -> None:
    splitter = Splitter()
    splitter.feed("It is done. The next one is not")
    assert [piece.whole for piece in splitter.finish("length")] == [False]


@given(st.text(alphabet="aB1. \n|#-[]\"'!?…”U.S§", max_size=120))
def test_the_spans_of_a_stored_text_are_exact_and_in_order(text: str) -> None:
    spans = list(split(text))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert "".join("".join(text[s:e] for s, e in spans).split()) == "".join(text.split())
