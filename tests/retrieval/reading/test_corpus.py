"""Real documents of four agencies: all are read, and what a person would quote stands whole in one passage."""

import html
import json
import re
from pathlib import Path

import pytest

from publius.retrieval.passages import split
from publius.retrieval.reading import read

CORPUS = Path(__file__).parents[4] / "shared" / "data" / "corpus"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CORPUS.exists(), reason="needs the corpus of government documents in ../shared/data"),
]


def bare(text: str) -> str:
    """Text without markup, white space and case, in which a raw quote and a read passage look the same."""
    text = html.unescape(re.sub(r"<[^>]+>|\{%[^%]*%\}", " ", re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)))
    return "".join(re.sub(r"[*_`|#\\>^\[\]-]", "", text).split()).lower()


def test_every_document_is_read_and_every_quote_stands_in_one_passage() -> None:
    passages = {}
    for path in sorted(CORPUS.glob("docs/*/*")):
        pieces = split(read(path.name, path.read_bytes()))
        assert pieces
        passages[path.relative_to(CORPUS).as_posix()] = [bare(piece.text) for piece in pieces]
    assert len(passages) == 880
    questions = [json.loads(line) for line in (CORPUS / "questions_dev.jsonl").read_text().splitlines()]
    quotes = [pair for q in questions for pair in zip(q["gold_quotes"], q["quote_docs"], strict=True)]
    apart = [(name, quote) for quote, name in quotes if not any(bare(quote) in text for text in passages[name])]
    assert len(quotes) > 150
    assert not apart
