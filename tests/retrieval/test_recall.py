"""On real documents and real questions, with the real embedding: what search finds, and what the floor turns away."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from publius.inference.embedding import Embedder
from publius.retrieval.library import Library
from publius.retrieval.reading.sandbox import Reader
from publius.storage import Database
from publius.types import Agency, Grant, Question

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "corpus"
TOP = 5

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real documents is not on this machine"),
]


def questions(slug: str) -> list[dict[str, Any]]:
    """The development questions of an agency that its documents answer, in English."""
    lines = [json.loads(line) for line in (CORPUS / "questions_dev.jsonl").read_text().splitlines()]
    return [line for line in lines if line["agency"] == slug and line["answerable"] and line["lang"] == "en"]


def documents_of(slug: str) -> list[tuple[str, Path]]:
    """The documents that hold the answers, and every eighth of the others: more would take minutes and find no more."""
    named = {f"docs/{slug}/{path.name}": path for path in sorted((CORPUS / "docs" / slug).iterdir())}
    gold = {name for question in questions(slug) for name in (*question["gold_docs"], *question["also_ok"])}
    return [(name, path) for at, (name, path) in enumerate(named.items()) if name in gold or at % 8 == 0]


def plain(text: str) -> str:
    """Text without marks and markup, as quotes are compared."""
    return re.sub(r"[\W_]+", " ", text).lower().strip()


def share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


async def test_real_questions_find_their_passages_and_others_are_turned_away(
    database: Database, store: Path, education: Agency, state: Agency, ask: Callable[..., tuple[Grant, Question]]
) -> None:
    reader = Reader()
    library = Library(database, Embedder(store / "models" / "minilm-l6").embed, reader)
    assert all([step.error is None async for step in library.add_many(state, "user:1", documents_of("state"))])
    await reader.close()

    documents, quotes, kept = [], [], []
    for question in questions("state"):
        found = (await library.search(state, question["question"]))[:TOP]
        right = {*question["gold_docs"], *question["also_ok"]}
        documents.append(any(passage.name in right for passage in found))
        quotes.append(any(plain(q) in plain(passage.text) for q in question["gold_quotes"] for passage in found))
        kept.append(bool((await library.gather(*ask(state, question["question"]))).passages))
    elsewhere = [not (await library.gather(*ask(state, q["question"]))).passages for q in questions("education")]
    print(f"documents {share(documents):.2f}, quotes {share(quotes):.2f}, kept {share(kept):.2f}, "
          f"turned away {share(elsewhere):.2f}")  # fmt: skip
    assert share(documents) >= 0.85
    assert share(quotes) >= 0.8
    assert share(kept) >= 0.95
    assert share(elsewhere) >= 0.6
