"""What the tests of this room share: a deterministic embedding, and evidence in one line."""

import hashlib
from collections.abc import Sequence
from uuid import UUID, uuid4

import numpy as np

from publius.types import (
    Agency,
    Checked,
    Door,
    Draft,
    Evidence,
    Grant,
    Message,
    Model,
    Passage,
    Principal,
    Question,
    Role,
    ToolResult,
)
from publius.verification import Verifier
from publius.verification.words import content

EDUCATION = Agency(id=1, slug="education", name="Department of Education")


async def embed(texts: Sequence[str]) -> np.ndarray:
    """A bag of word stems hashed into 384 numbers, of length 1: similar words, similar vectors."""
    rows = np.zeros((len(texts), 384), np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in content(text):
            row[int.from_bytes(hashlib.sha256(word.stem.encode()).digest()[:4]) % 384] += 1
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def grant(grounded: bool = True) -> Grant:
    principal = Principal(id="key:1", name="test", agency=EDUCATION, role=Role.MEMBER)
    return Grant(principal, Model(id="library" if grounded else "llama", grounded=grounded, description=""), 256)


def question(text: str) -> Question:
    return Question(id=uuid4(), door=Door.API, model="library", messages=(Message("user", text),))


def passage(text: str, number: int = 1, start: int = 1000, **other: object) -> Passage:
    fields = {
        "document_id": UUID(int=number),
        "revision": 2,
        "title": f"Title {number}",
        "name": f"{number}.md",
    } | other
    return Passage(id=number, text=text, start=start, end=start + len(text), **fields)


def draft(text: str, finish_reason: str = "stop") -> Draft:
    return Draft(text=text, finish_reason=finish_reason, model="small", weights="")


async def check(asked: str, sources: Sequence[str | ToolResult], written: str, finish_reason: str = "stop") -> Checked:
    passages = tuple(passage(s, n) for n, s in enumerate(sources, start=1) if isinstance(s, str))
    tools = tuple(s for s in sources if isinstance(s, ToolResult))
    evidence = Evidence(passages=passages, tools=tools)
    return await Verifier(embed).check(grant(), question(asked), evidence, draft(written, finish_reason))
