"""The measured error of the check, kept: on documents it was not tuned on, and with the real embeddings."""

import time

import pytest

from publius.types import Evidence
from publius.verification import Verifier

from . import labelled
from .case import draft, grant, passage, question
from .measure import embedder, judged

REAL = embedder()
needs_weights = pytest.mark.skipif(REAL is None, reason="the embedding model is not on this machine")
needs_corpus = pytest.mark.skipif(not labelled.CORPUS.is_dir(), reason="the corpus is not beside the repository")


@pytest.mark.slow
@pytest.mark.model
@needs_weights
@needs_corpus
async def test_of_the_held_out_half_nearly_nothing_false_passes_and_nearly_everything_true_does() -> None:
    rows = await judged(1, 30, REAL.embed)
    false = [variant for variant, released, _ in rows if released and not variant.true]
    true = [released for variant, released, _ in rows if variant.true]
    assert len(false) <= 0.01 * sum(not variant.true for variant, _, _ in rows), false
    assert sum(true) >= 0.95 * len(true)


@pytest.mark.model
@pytest.mark.alone
@needs_weights
async def test_five_sentences_against_six_passages_take_no_longer_than_a_blink() -> None:
    text = " ".join(f"The office number {n} pays ${n},500 within {n} days of the request." for n in range(2, 9))
    evidence = Evidence(passages=tuple(passage(text.replace("office", f"office {n}"), n) for n in range(6)))
    written = " ".join(f"The office number {n} pays ${n},500 within {n} days of the request." for n in range(2, 7))
    verifier, asked = Verifier(REAL.embed), question("How much does the office number 3 pay?")
    await verifier.check(grant(), asked, evidence, draft(written))  # loads the model
    best = 9.0
    for turn in range(5):
        started = time.perf_counter()
        await verifier.check(grant(), asked, evidence, draft(written.replace("pays", f"pays {'always ' * turn}")))
        best = min(best, time.perf_counter() - started)
    assert best < 1.0, f"{best:.3f} s"
