"""A library on a real database, with the real reader in this process and an embedding that costs nothing."""

import hashlib
import re
from collections.abc import Callable, Sequence
from uuid import uuid4

import numpy as np
import pytest

from publius.retrieval.library import Library
from publius.retrieval.passages import Piece, split
from publius.retrieval.reading import ReadDocument, read
from publius.retrieval.reading.drawing import draw
from publius.storage import Database
from publius.types import Agency, Door, Grant, Message, Model, Principal, Question, Role

GROUNDED = Model(id="library", grounded=True, description="Answers from the agency's documents.")


async def embed(texts: Sequence[str]) -> np.ndarray:
    """The same words give the same direction: each word adds a fixed random vector."""
    vectors = np.zeros((len(texts), 384), np.float32)
    for row, text in enumerate(texts):
        vectors[row] = sum((_direction(word) for word in re.findall(r"\w+", text.lower())), np.full(384, 1e-6))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _direction(word: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4])
    return np.random.default_rng(seed).standard_normal(384)


class ReadsHere:
    """The real reading, without the process around it."""

    async def read(self, name: str, data: bytes) -> tuple[ReadDocument, Sequence[Piece]]:
        document = read(name, data)
        return document, split(document)

    async def draw(self, kind: str, data: bytes, page: int) -> bytes:
        return draw(kind, data, page)


@pytest.fixture
def library(database: Database) -> Library:
    return Library(database, embed, ReadsHere())


@pytest.fixture
def ask() -> Callable[..., tuple[Grant, Question]]:
    """What `gather` takes, from an agency and what its person said, turn by turn."""

    def asking(agency: Agency, *turns: str, model: Model = GROUNDED) -> tuple[Grant, Question]:
        principal = Principal(id="user:1", name="Ada", agency=agency, role=Role.MEMBER)
        messages = tuple(Message(role="user", content=turn) for turn in turns)
        question = Question(id=uuid4(), door=Door.API, model=model.id, messages=messages)
        return Grant(principal=principal, model=model, max_tokens=100), question

    return asking
