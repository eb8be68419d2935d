"""Embeddings mean something, and mean the same alone and in company."""

from pathlib import Path

import numpy as np
import pytest

from publius.errors import WeightsMissing
from publius.inference.embedding import Embedder

TEXTS = [
    "The deadline for the application is the first of March.",
    "Applications must arrive by March 1.",
    "Reservoirs store drinking water for the city.",
    "¿Cuándo vence el plazo?",
    "x",
    "",
    "A long passage about loans and grants. " * 80,
]


@pytest.fixture(scope="module")
def embedder(store: Path) -> Embedder:
    return Embedder(store / "models" / "minilm-l6")


@pytest.mark.model
async def test_vectors_have_length_one_and_paraphrases_are_close(embedder: Embedder) -> None:
    vectors = await embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    deadline, paraphrase, water, *_ = vectors
    assert deadline @ paraphrase > 0.7
    assert deadline @ water < 0.3


@pytest.mark.model
async def test_a_text_has_the_same_vector_alone_and_in_company(embedder: Embedder) -> None:
    together = await embedder.embed(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        alone = (await embedder.embed([text]))[0]
        assert alone @ vector > 0.99


@pytest.mark.model
async def test_order_is_kept_and_nothing_gives_nothing(embedder: Embedder) -> None:
    forward, backward = await embedder.embed(TEXTS), await embedder.embed(TEXTS[::-1])
    assert (np.einsum("nd,nd->n", forward, backward[::-1]) > 0.99).all()
    assert (await embedder.embed([])).shape == (0, 384)


async def test_a_missing_model_is_said_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="publius models fetch"):
        await Embedder(tmp_path).embed(["x"])
