"""As many passages as wanted, as real as they can be without days of embedding.

Each has two real parents: the first two thirds of the sentences of one, and the last third of another's. Parents of
one document lie side by side in the real corpus, so that a document keeps to its subject and its postings are shared
as real ones are. MiniLM's vector is the mean of its tokens' vectors, so a mixed text's is near the same mixture of its
parents'. How far off it is, is measured by embedding some of the mixed texts, and each vector made up gets one of the
differences found, at random. `Parents.fit` says how near the mixture alone comes.
"""

import hashlib
import random
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct

from bench.building import AGENCIES, CORPUS, documents
from publius import demonstration
from publius.inference.embedding import Embedder
from publius.retrieval.passages import Piece, split
from publius.retrieval.reading import read
from publius.retrieval.whole import embedded

PARENTS = 1_500  # real passages that are embedded
MIXED = 150  # mixed ones that are embedded too, to measure how far off the mixture is
IN_A_DOCUMENT = 40
DIMENSIONS = 384
SUBJECT = 8  # neighbouring parents that one document draws on
STEP = 50  # embedded between two savings
_SENTENCES = re.compile(r"(?<=[.!?;:])\s+|\n+")


class Synthetic(Struct, frozen=True):
    """One document: its title, passages and their vectors, of shape (passages, 384) and length 1."""

    title: str
    text: str
    pieces: list[Piece]
    vectors: np.ndarray


class Parents(Struct, frozen=True):
    """The real passages, their vectors, and what mixed texts' vectors have beside their parents'."""

    pieces: list[tuple[str, Piece]]  # with the title of the document
    vectors: np.ndarray
    differences: np.ndarray
    fit: float  # median cosine between a mixture and the embedding of the mixed text

    def document(self, number: int, passages: int = IN_A_DOCUMENT) -> Synthetic:
        """The document of that number: the same at every call."""
        chance = random.Random(number)
        start = chance.randrange(len(self.pieces) - SUBJECT)
        pairs = [(start + chance.randrange(SUBJECT), chance.randrange(len(self.pieces))) for _ in range(passages)]
        vectors = _mixed(self.vectors, pairs)
        vectors = vectors + self.differences[[chance.randrange(len(self.differences)) for _ in pairs]]
        texts = [mixed_text(self.pieces[a][1].text, self.pieces[b][1].text) for a, b in pairs]
        pieces, at = [], 0
        for (parent, _), text in zip(pairs, texts, strict=True):
            pieces.append(Piece(at, at + len(text), text, headings=self.pieces[parent][1].headings))
            at += len(text) + 1
        title = f"{self.pieces[start][0]} ({number})"
        return Synthetic(title, "\n".join(texts), pieces, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def mixed_text(first: str, second: str) -> str:
    """The first two thirds of one's sentences and the last third of the other's."""
    one, other = _SENTENCES.split(first), _SENTENCES.split(second)
    return " ".join(one[: -(-2 * len(one) // 3)] + other[2 * len(other) // 3 :])


async def parents(embedder: Embedder, folder: Path) -> Parents:
    """Read and embed them, or take them from `folder`, where they are kept by what they were made of."""
    pieces = _real()
    chance = random.Random(2)
    pairs = [(chance.randrange(len(pieces)), chance.randrange(len(pieces))) for _ in range(MIXED)]
    texts = [embedded(title, piece) for title, piece in pieces]
    for a, b in pairs:
        title, piece = pieces[a]
        mixed = Piece(0, 0, mixed_text(piece.text, pieces[b][1].text), headings=piece.headings)
        texts.append(embedded(title, mixed))
    vectors = await kept(embedder, folder, texts)
    real, measured = vectors[: len(pieces)], vectors[len(pieces) :]
    guessed = _mixed(real, pairs)
    return Parents(pieces, real, measured - guessed, float(np.median((measured * guessed).sum(axis=1))))


async def kept(embedder: Embedder, folder: Path, texts: Sequence[str]) -> np.ndarray:
    """Their vectors, from `folder` as far as they were embedded before: an interrupted run goes on."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16] + ".npy")
    done = np.load(path) if path.exists() else np.zeros((0, DIMENSIONS), np.float32)
    while len(done) < len(texts):
        done = np.concatenate([done, await embedder.embed(texts[len(done) : len(done) + STEP])])
        np.save(path, done)
    return done


def _mixed(vectors: np.ndarray, pairs: Sequence[tuple[int, int]]) -> np.ndarray:
    first, second = np.array(pairs).T
    mixed = 2 * vectors[first] + vectors[second]
    unit: np.ndarray = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return unit


def _real() -> list[tuple[str, Piece]]:
    """Passages of the corpus (or the demonstration), evenly from all of it and in its order."""
    slugs = AGENCIES if CORPUS.exists() else demonstration.AGENCIES
    found = []
    for slug in slugs:
        for _, path in documents(slug):
            document = read(path.name, path.read_bytes())
            found += [(document.title, piece) for piece in split(document)]
    chosen = sorted(random.Random(1).sample(range(len(found)), min(PARENTS, len(found))))
    return [found[i] for i in chosen]
