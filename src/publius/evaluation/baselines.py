"""What is usual elsewhere, on the same documents: BM25 alone, the embedding alone, and today's default recipe.

The recipe is what chat products do unless told otherwise: chunks of 1,000 characters that overlap by 100, the three
nearest by MiniLM, all of them into the prompt, and nothing checked afterwards. All three search exactly, in memory.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from publius.application import Application
from publius.errors import SetupError
from publius.evaluation.ranking import DEPTH
from publius.retrieval.whole import Embed, embedded
from publius.types import Agency

NAMES = ("bm25", "embedding", "recipe")
CHUNK, OVERLAP = 1_000, 100  # characters
AT_ONCE = 64  # chunks embedded between two signs of progress
_BREAKS = ("\n\n", "\n", " ")

Advance = Callable[[int, int], None]  # chunks embedded, of how many


class Stretch(Struct, frozen=True):
    """What a baseline finds: some text of a document."""

    name: str
    text: str
    context: str = ""


class _Nearest(Struct, frozen=True):
    """Exact search by cosine. `vectors` has shape (len(stretches), 384) and rows of length 1."""

    stretches: list[Stretch]
    vectors: np.ndarray

    def find(self, vector: np.ndarray) -> list[Stretch]:
        order = np.argsort(-(self.vectors @ vector), kind="stable")[:DEPTH]
        return [self.stretches[i] for i in order]


class Baselines:
    """The three over one agency's documents."""

    def __init__(self, embed: Embed, bm25: Any, passages: _Nearest, chunks: _Nearest) -> None:
        self._embed = embed
        self._bm25 = bm25
        self._passages = passages
        self._chunks = chunks

    async def find(self, words: str) -> dict[str, list[Stretch]]:
        """What each finds, best first, by its name."""
        vector = (await self._embed([words]))[0]
        found = (self._by_words(words), self._passages.find(vector), self._chunks.find(vector))
        return dict(zip(NAMES, found, strict=True))

    def _by_words(self, words: str) -> list[Stretch]:
        asked = _bm25s().tokenize([words], show_progress=False)
        most = min(DEPTH, len(self._passages.stretches))
        numbers, scores = self._bm25.retrieve(asked, k=most, show_progress=False)
        return [
            self._passages.stretches[number] for number, score in zip(numbers[0], scores[0], strict=True) if score > 0
        ]


async def open_baselines(app: Application, agency: Agency, cache: Path | None, advance: Advance) -> Baselines:
    """Index an agency's documents as the baselines do, which takes minutes for thousands of documents.

    Args:
        cache: a folder in which the recipe's vectors are kept for the next time; the texts are not.

    Raises:
        SetupError: bm25s, which only this needs, is not installed, or the agency has no documents.
    """
    bm25 = _bm25s().BM25()
    async with app.database.agency(agency) as connection:
        rows = await connection.execute(
            "SELECT d.name, d.title, headings, context, text, embedding::real[] AS vector"
            " FROM passages p JOIN documents d ON d.id = document_id WHERE p.agency_id = %s ORDER BY p.id",
            [agency.id],
        )
        passages = await rows.fetchall()
        rows = await connection.execute(
            "SELECT d.name, r.text FROM documents d JOIN revisions r ON r.document_id = d.id AND number = revision"
            " WHERE d.agency_id = %s ORDER BY d.name",
            [agency.id],
        )
        documents = await rows.fetchall()
    if not passages:
        raise SetupError(f"The agency {agency.slug} has no documents.", cure="Add them with 'publius documents add'.")
    # BM25 gets the title and the headings that ours has too: without them it would be no equal.
    texts = [embedded(row.title, row) for row in passages]
    bm25.index(_bm25s().tokenize(texts, show_progress=False), show_progress=False)
    stretches = [Stretch(row.name, row.text, row.context) for row in passages]
    vectors = np.array([row.vector for row in passages], np.float32)
    chunks = [Stretch(row.name, chunk) for row in documents for chunk in chunked(row.text)]
    near = _Nearest(chunks, await _vectors(app.embedder.embed, chunks, cache, advance))
    return Baselines(app.embedder.embed, bm25, _Nearest(stretches, vectors), near)


def chunked(text: str) -> Iterator[str]:
    """Chunks of at most 1,000 characters, ended at a paragraph, line or word, each begun 100 before the last's end."""
    start = 0
    while start < len(text):
        end = start + CHUNK
        if end < len(text):
            # Not in the first half: a chunk must go on from the one before.
            cuts = (text.rfind(mark, start + CHUNK // 2, end) for mark in _BREAKS)
            end = next((cut for cut in cuts if cut > 0), end)
        if chunk := text[start:end].strip():
            yield chunk
        if end >= len(text):
            return
        space = text.find(" ", end - OVERLAP, end)
        start = space + 1 if space > 0 else end


async def _vectors(embed: Embed, chunks: Sequence[Stretch], cache: Path | None, advance: Advance) -> np.ndarray:
    digest = hashlib.sha256("\0".join(chunk.text for chunk in chunks).encode("utf-8", "replace"))
    kept = cache / f"recipe-{digest.hexdigest()[:32]}.npy" if cache else None
    if kept and kept.is_file():
        return np.asarray(np.load(kept, allow_pickle=False), np.float32)
    parts = []
    for start in range(0, len(chunks), AT_ONCE):
        parts.append(await embed([chunk.text for chunk in chunks[start : start + AT_ONCE]]))
        advance(min(start + AT_ONCE, len(chunks)), len(chunks))
    vectors = np.concatenate(parts)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.save(kept, vectors.astype(np.float16), allow_pickle=False)
    return vectors


def _bm25s() -> Any:
    # Imported where it is used: nobody but who compares needs it.
    try:
        import bm25s
    except ImportError:
        raise SetupError(
            "bm25s, which the baselines are measured with, is not installed.",
            cure="Run '.venv/bin/pip install bm25s', or leave --baselines out.",
        ) from None
    return bm25s
