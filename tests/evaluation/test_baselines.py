"""What others would have found and said, beside ours: on the same documents, by the same measures."""

import itertools
import json
import sys
from pathlib import Path

import pytest

from publius.application import Application
from publius.errors import SetupError
from publius.evaluation import evaluate, open_baselines, page, read_questions, summarise, table
from publius.evaluation.baselines import CHUNK, NAMES, chunked
from publius.inference.echo import EchoEngine
from publius.types import Agency, Principal, Role

FEES = b"# Fees\n\nThe filing fee is $25. It is waived for households with an income under $30,000.\n"
APPEALS = b"# Appeals\n\nAn appeal must be filed within forty-five days of the decision.\n"
SAYS = "The filing fee is $25."
ASKED = {
    "id": "q-1",
    "question": "How much is the filing fee?",
    "agency": "education",
    "gold_docs": ["docs/education/fees.md"],
    "gold_quotes": ["The filing fee is $25"],
    "figures": ["25"],
}


@pytest.fixture
def engine() -> EchoEngine:
    """Says the fee where its prompt holds it, as a model would; else what the recipe's prompt asks it to say."""
    return EchoEngine(lambda asked: SAYS if "filing fee is $25" in asked.messages[-1].content else "I don't know.")


@pytest.fixture
async def library(building: Application, education: Agency) -> Agency:
    for name, data in (("fees.md", FEES), ("appeals.md", APPEALS)):
        await building.retrieval.add(education, "user:1", name, data)
    return education


async def test_ours_and_the_three_others_are_measured_alike(
    building: Application, library: Agency, tmp_path: Path
) -> None:
    file = tmp_path / "questions.jsonl"
    lacking = {"id": "q-2", "question": "Who won the football?", "agency": "education", "answerable": False}
    file.write_text(json.dumps(ASKED) + "\n" + json.dumps(lacking))
    others = {"education": await open_baselines(building, library, None, lambda done, total: None)}
    who = {"education": Principal("user:1", "Ada", library, Role.MEMBER)}
    outcomes = [one async for one in evaluate(building, read_questions(file), who, baselines=others)]
    assert outcomes[0].ranks is not None and outcomes[1].baselines == {}
    assert {name: ranks.quote_recall_5 for name, ranks in outcomes[0].baselines.items()} == dict.fromkeys(NAMES, 1.0)
    assert outcomes[0].recipe is not None and outcomes[0].recipe.right and outcomes[0].recipe.cited
    summary = summarise(outcomes)
    rows = {row["measure"]: row for row in table(summary)}
    assert rows["document ndcg 10"]["times the better"] == 1.0
    assert outcomes[1].recipe is not None and outcomes[1].recipe.wrong and not outcomes[1].recipe.quoted
    assert rows["correct"]["recipe"] == 1.0 and rows["wrong"]["recipe"] == 0.5 and rows["correct"]["bm25"] is None
    assert "times the better" in page(outcomes, summary) and set(NAMES) < set(rows["correct"])


async def test_what_was_embedded_is_kept_and_not_embedded_again(
    building: Application, library: Agency, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    for _ in range(2):
        others = await open_baselines(building, library, tmp_path / "kept", lambda *step: told.append(step))
        found = await others.find("the filing fee")
        assert [texts[0].name for texts in found.values()] == ["fees.md"] * 3
    assert told == [(2, 2)]


async def test_without_bm25s_or_documents_it_says_what_to_do(
    building: Application, library: Agency, state: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SetupError, match="state has no documents"):
        await open_baselines(building, state, None, lambda done, total: None)
    monkeypatch.setitem(sys.modules, "bm25s", None)
    with pytest.raises(SetupError, match="bm25s") as caught:
        await open_baselines(building, library, None, lambda done, total: None)
    assert "pip install bm25s" in caught.value.next_step


def test_chunks_are_of_one_size_overlap_and_lose_nothing() -> None:
    words = [f"word{n}" for n in range(900)]
    chunks = list(chunked(" ".join(words)))
    assert all(len(chunk) <= CHUNK for chunk in chunks)
    assert all(set(one.split()) & set(next_one.split()) for one, next_one in itertools.pairwise(chunks))
    assert {word for chunk in chunks for word in chunk.split()} == set(words)
    assert list(chunked("")) == [] and list(chunked("x" * 2_500)) == ["x" * 1000, "x" * 1000, "x" * 500]
