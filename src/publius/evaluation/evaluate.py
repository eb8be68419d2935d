"""Each question searched for and asked, as anybody of its agency would ask it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from publius import flow
from publius.application import Application
from publius.errors import PubliusError
from publius.evaluation import recipe
from publius.evaluation.baselines import Baselines
from publius.evaluation.judging import Judgement, judge
from publius.evaluation.questions import Case
from publius.evaluation.ranking import DEPTH, Found, Ranks, ranks
from publius.types import Citation, Claim, Door, Message, Principal, Question


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one question. Without an answer (search alone, or an error) there is no judgement."""

    case: Case
    ranks: Ranks | None  # None where no document is right
    judgement: Judgement | None = None
    text: str = ""
    drafted: bool = False  # a sentence of Llama's was released, and not quotations alone
    citations: tuple[Citation, ...] = ()
    withheld: tuple[Claim, ...] = ()
    found: tuple[str, ...] = ()  # the first documents, by name
    seconds: float = 0.0
    error: str = ""
    baselines: dict[str, Ranks] = {}  # by the baseline's name
    recipe: Judgement | None = None  # of what the recipe answered
    recipe_text: str = ""


async def evaluate(
    app: Application,
    cases: Sequence[Case],
    who: Mapping[str, Principal],
    *,
    answers: bool = True,
    baselines: Mapping[str, Baselines] | None = None,
) -> AsyncIterator[Outcome]:
    """What becomes of each question, in order.

    Args:
        who: by agency, who asks.
        answers: False searches only, which takes milliseconds and no Llama.
        baselines: by agency, to be asked the same.
    """
    for case in cases:
        asking = who[case.agency]
        found = await app.retrieval.search(asking.agency, case.question, limit=DEPTH)
        outcome = Outcome(
            case=case,
            ranks=_ranks(case, found),
            found=tuple(dict.fromkeys(passage.name for passage in found))[:5],
        )
        if answers:
            outcome = await _asked(app, asking, outcome)
        yield await _compared(app, asking, outcome, baselines[case.agency], answers) if baselines else outcome


def _ranks(case: Case, found: Sequence[Found]) -> Ranks | None:
    return ranks(case, found) if case.right_docs and case.answerable else None


async def _asked(app: Application, who: Principal, outcome: Outcome) -> Outcome:
    question = Question(
        id=uuid4(),
        door=Door.CLI,
        model="library",
        messages=(Message("user", outcome.case.question),),
        credential=who,
    )
    try:
        answer = await flow.answer(question, app)
    except PubliusError as error:
        return replace(outcome, error=str(error))
    checked = answer.checked
    return replace(
        outcome,
        judgement=judge(outcome.case, checked),
        text=checked.text,
        drafted=checked.answered and not checked.quoted,
        citations=checked.citations,
        withheld=checked.withheld,
        seconds=answer.timing["total"],
    )


async def _compared(app: Application, who: Principal, outcome: Outcome, baselines: Baselines, answers: bool) -> Outcome:
    case = outcome.case
    found = await baselines.find(case.question)
    ranked = {name: each for name, texts in found.items() if (each := _ranks(case, texts))}
    outcome = replace(outcome, baselines=ranked)
    if not answers:
        return outcome
    try:
        said = await recipe.answer(app, who, case.question, found["recipe"])
    except PubliusError as error:
        return replace(outcome, error=outcome.error or f"the recipe: {error}")
    return replace(outcome, recipe=judge(case, said), recipe_text=said.text)
