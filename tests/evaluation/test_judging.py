"""What counts as right, correct, wrong and declined: a lenient judge would make every figure of the evaluation vain."""

from uuid import UUID

from publius.evaluation import Case
from publius.evaluation.judging import Judgement, judge
from publius.types import Checked, Citation, Claim

DAYS = "An appeal must be filed within forty-five days of the decision."
CASE = Case(
    id="q-1",
    question="How many days do I have to appeal?",
    gold_docs=("appeals.md",),
    gold_quotes=("filed within forty-five days",),
    figures=("45",),
)
UNANSWERABLE = Case(id="q-2", question="What does a copy cost?", answerable=False, kind="unanswerable")


def judged(case: Case, *said: tuple[str, str]) -> Judgement:
    """What becomes of an answer that quotes these sentences of these documents."""
    claims = tuple(
        Claim(text=f"“{text}”", citations=(_citation(number, name, text),))
        for number, (name, text) in enumerate(said, 1)
    )
    citations = tuple(citation for claim in claims for citation in claim.citations)
    return judge(case, Checked(text="", grounded=True, answered=bool(claims), claims=claims, citations=citations))


def _citation(number: int, name: str, text: str) -> Citation:
    return Citation(
        number=number, document_id=UUID(int=number), document=name, name=name, revision=1, page=None, start=0,
        end=len(text), quote=text,
    )  # fmt: skip


def test_the_figure_counts_only_beside_a_citation_of_a_right_document() -> None:
    assert judged(CASE, ("appeals.md", DAYS)).correct
    elsewhere = judged(CASE, ("fees.md", "Fees are due in 45 days."), ("appeals.md", "An appeal is in writing."))
    assert elsewhere.right and elsewhere.cited and not elsewhere.correct


def test_other_figures_and_none_of_the_right_ones_are_wrong() -> None:
    assert judged(CASE, ("fees.md", "Fees are due in 30 days.")).wrong
    assert judged(CASE, ("appeals.md", "A hearing is held within 60 days.")).wrong
    assert not judged(CASE, ("fees.md", "Fees are due when billed.")).wrong
    assert not judged(CASE, ("fees.md", "Fees are due in 30 days."), ("appeals.md", DAYS)).wrong


def test_any_figure_is_wrong_where_there_is_none_to_give() -> None:
    assert judged(UNANSWERABLE, ("fees.md", "The filing fee is $25.")).wrong
    none = judged(UNANSWERABLE)
    assert none.declined and not none.wrong and not none.answered


def test_a_false_premise_is_caught_by_the_passage_that_corrects_it() -> None:
    case = Case(
        id="q-3", question="Why was the time to appeal raised to 90 days?", answerable=False, kind="false-premise",
        gold_docs=("appeals.md",), gold_quotes=("filed within forty-five days",),
    )  # fmt: skip
    caught = judged(case, ("appeals.md", DAYS))
    assert caught.declined and not caught.wrong
    missed = judged(case, ("fees.md", "The filing fee is $25."))
    assert missed.wrong and not missed.declined


def test_without_figures_the_short_answer_or_the_whole_quote_is_looked_for() -> None:
    quote = "Knowledge of the number SHALL NOT be considered identity evidence."
    case = Case(
        id="q-4", question="Does a number count?", short_answer="No", gold_docs=("ids.md",), gold_quotes=(quote,)
    )
    assert judged(case, ("ids.md", quote)).correct
    assert not judged(case, ("ids.md", "A number is identity evidence.")).right
