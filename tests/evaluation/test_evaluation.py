"""Questions with known answers through the whole building: what is right, wrong, refused, and which room failed."""

import json
from pathlib import Path

import pytest

from publius.application import Application
from publius.errors import InvalidRequest
from publius.evaluation import Case, Outcome, evaluate, page, read_questions, summarise
from publius.evaluation.judging import Judgement, unsupported_in
from publius.evaluation.page import reason
from publius.evaluation.ranking import Ranks
from publius.types import Agency, Citation, Claim, Principal, Role

APPEALS = b"""# Appeals

An appeal must be filed within forty-five days of the decision. The form is SF-118.

# Fees

The filing fee is $25. It is waived for households with an income under $30,000.
"""
ASKED = {
    "id": "q-1",
    "question": "How many days do I have to file an appeal?",
    "agency": "education",
    "gold_docs": ["docs/education/appeals.md"],
    "gold_quotes": ["filed within forty-five days of the decision"],
    "figures": ["45"],
}


def written(folder: Path, *lines: dict[str, object]) -> Path:
    file = folder / "questions.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


async def outcomes(app: Application, agency: Agency, file: Path, *, answers: bool = True) -> list[Outcome]:
    await app.retrieval.add(agency, "user:1", "appeals.md", APPEALS)
    who = {agency.slug: Principal("user:1", "Ada", agency, Role.MEMBER)}
    return [outcome async for outcome in evaluate(app, read_questions(file), who, answers=answers)]


async def test_a_right_answer_a_wrong_label_and_a_question_without_an_answer(
    building: Application, education: Agency, tmp_path: Path
) -> None:
    file = written(
        tmp_path,
        ASKED,
        ASKED | {"id": "q-2", "figures": ["90"]},
        {"id": "q-3", "question": "Who won the football?", "agency": "education", "answerable": False},
    )
    good, other, none = await outcomes(building, education, file)
    assert good.judgement is not None and good.judgement.correct and good.judgement.quoted
    assert other.judgement is not None and other.judgement.answered and not other.judgement.right
    assert none.judgement is not None and not none.judgement.answered
    summary = summarise([good, other, none])
    assert (summary.correct, summary.declined, summary.unsupported_figures) == (0.5, 1.0, 0)
    assert summary.search["document_recall_10"] == summary.search["quote_recall_5"] == 1.0
    shown = page([good, other, none], summary)
    assert "1 of 3 questions went wrong" in shown and "q-2" in shown and "q-1:" not in shown


async def test_search_alone_asks_nothing(building: Application, education: Agency, tmp_path: Path) -> None:
    missed = ASKED | {"id": "q-2", "gold_docs": ["docs/education/another.md"], "gold_quotes": ["nowhere to be found"]}
    found, lost = await outcomes(building, education, written(tmp_path, ASKED, missed), answers=False)
    assert found.judgement is None and found.ranks is not None and found.ranks.document_ndcg_10 == 1.0
    assert lost.ranks is not None and lost.ranks.document_recall_10 == 0.0
    assert reason(found) == "" and reason(lost).startswith("Retrieval")
    assert summarise([found, lost]).correct is None


@pytest.mark.parametrize(
    ("judgement", "drafted", "recall", "room"),
    [
        (Judgement(answered=False), False, 0.5, "Retrieval"),
        (Judgement(answered=False), False, 1.0, "Verification, abstention"),
        (Judgement(answered=True, right=True), False, 1.0, "Verification, picking"),
        (Judgement(answered=True, quoted=True), False, 1.0, "Verification, picking"),
        (Judgement(answered=True), False, 1.0, "Verification, picking"),
        (Judgement(answered=True), True, 1.0, "Inference and verification"),
        (Judgement(answered=True, correct=True), True, 1.0, ""),
    ],
)
def test_a_miss_names_the_room_that_failed(judgement: Judgement, drafted: bool, recall: float, room: str) -> None:
    found = Ranks(
        document_recall_5=1, document_recall_10=1, document_ndcg_10=1,
        quote_recall_5=recall, quote_recall_10=1, quote_ndcg_10=1,
    )  # fmt: skip
    case = Case(id="q-1", question="How long?", agency="education")
    why = reason(Outcome(case=case, ranks=found, judgement=judgement, drafted=drafted))
    assert why.partition(":")[0] == room


def test_a_figure_that_its_citation_does_not_hold_is_seen() -> None:
    citation = Citation(
        number=1, document_id="0" * 32, document="A", name="a.md", revision=1, page=None, start=0, end=9,  # type: ignore[arg-type]
        quote="within forty-five days",
    )  # fmt: skip
    assert unsupported_in(Claim(text="It is 45 days.", citations=(citation,))) == set()
    assert unsupported_in(Claim(text="It is 54 days.", citations=(citation,))) == {54.0}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "holds no question"),
        ("{}\n", "Line 1 of"),
        ('{"id": "a", "question": "b"}\nnonsense\n', "Line 2 of"),
        ('{"id": "a", "question": "b"}\n', "does not say which agency"),
    ],
)
def test_a_file_that_is_none_is_refused_by_its_line(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(content)
    with pytest.raises(InvalidRequest, match=said):
        read_questions(file)
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read_questions(tmp_path / "absent.jsonl")


def test_an_agency_gets_its_own_questions_and_those_that_name_none(tmp_path: Path) -> None:
    file = written(tmp_path, ASKED, ASKED | {"id": "q-2", "agency": "state"}, {"id": "q-3", "question": "What?"})
    assert [case.id for case in read_questions(file, "state")] == ["q-2", "q-3"]
    assert {case.agency for case in read_questions(file, "state")} == {"state"}
