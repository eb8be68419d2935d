"""The promise: every case of student aid comes out as its author wrote down, asked through the whole building.

With the real small Llama a sample is asked. Whatever it writes, what the code decides holds, and no figure is released
that its citation does not hold; whether it says all that was wanted is its own affair, and is only counted.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from tests.missions.student_aid.test_mission import CASES, PACK
from tests.missions.test_conversation import member

from publius import flow
from publius.application import EMBEDDING_MODEL, Application
from publius.inference.embedding import Embedder, Vectors
from publius.missions.cases import Placed
from publius.missions.running import AT_ONCE, Outcome, run
from publius.settings import Settings, read
from publius.types import Agency, Answer, Question
from publius.verification.figures import missing
from publius.verification.figures import read as figures

pytestmark = pytest.mark.slow


class Remembering(Embedder):
    """Makes the vector of each text once: the cases read the same passages again and again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._made: dict[str, Vectors] = {}

    async def embed(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._made]
        self._made.update(zip(new, await super().embed(new), strict=True))
        return np.array([self._made[text] for text in texts], np.float32).reshape(len(texts), -1)


@pytest.fixture
def embedder(store: Path) -> Embedder:
    return Remembering(store / "models" / EMBEDDING_MODEL)


async def asked(building: Application, agency: Agency, cases: list[Placed]) -> list[tuple[Outcome, list[Answer]]]:
    """The outcome of each case, and every answer on the way to it."""
    await building.missions.turn(agency, PACK.id, True, "user:1")
    free = asyncio.Semaphore(AT_ONCE)

    async def one(case: Placed) -> tuple[Outcome, list[Answer]]:
        answers: list[Answer] = []

        async def ask(question: Question) -> Answer:
            answers.append(await flow.answer(question, building))
            return answers[-1]

        async with free:
            [outcome] = await run([case], PACK.model, member(agency), ask, lambda _: None)
        return outcome, answers

    return await asyncio.gather(*map(one, cases))


def told(outcome: Outcome) -> str:
    unmet = "; ".join(f"{each.expected} ({each.found})" for each in outcome.verdicts if not each.met)
    return f"{outcome.placed.name} {outcome.placed.case.asked[-1]!r}: {unmet}; it said {outcome.text!r}"


@pytest.mark.timeout(600)
async def test_every_case_is_met(building: Application, education: Agency) -> None:
    """With the null engine, which quotes the sources' nearest sentences: what the code decides is all there is."""
    unmet = [told(outcome) for outcome, _ in await asked(building, education, CASES) if not outcome.passed]
    assert not unmet, "\n" + "\n".join(unmet)


DECIDED = ("never says", "computes", "refuses", "asks for")  # by code, whatever Llama writes
EVERY = 24  # which cases are the sample: the small Llama takes seconds for each


@pytest.mark.model
class TestWithLlama:
    @pytest.fixture
    def engine(self) -> None:
        """The engine that the settings choose."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return read({}, home=settings.home, metrics_port=0)

    @pytest.mark.timeout(1800)
    async def test_whatever_it_writes_no_wrong_figure_is_released(
        self, building: Application, education: Agency
    ) -> None:
        outcomes = await asked(building, education, CASES[::EVERY])
        for outcome, answers in outcomes:
            unmet = [each for each in outcome.verdicts if not each.met and each.expected.startswith(DECIDED)]
            assert not unmet, told(outcome)
            for claim in (claim for answer in answers for claim in answer.checked.claims):
                held = " ".join(citation.quote for citation in claim.citations)
                assert not missing(claim.text, figures(held)), (claim.text, held)
        passed = sum(outcome.passed for outcome, _ in outcomes)
        assert passed >= len(outcomes) * 0.6, f"{passed} of {len(outcomes)} cases are met in full"
