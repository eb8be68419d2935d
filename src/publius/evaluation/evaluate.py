"""Each question searched for and asked, as anybody of its agency would ask it."""

from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

from msgspec import Struct

from publius import flow
from publius.application import Application
from publius.errors import PubliusError
from publius.evaluation.judging import Judgement, judge
from publius.evaluation.questions import Case
from publius.evaluation.ranking import DEPTH, Ranks, ranks
from publius.types import Citation, Claim, Door, Message, Principal, Question


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one question. Without an answer (search alone, or an error) there is no judgement."""

    case: Case
    ranks: Ranks | None  # None where no document is right
    judgement: Judgement | None = None
    text: str = ""
    citations: tuple[Citation, ...] = ()
    withheld: tuple[Claim, ...] = ()
    found: tuple[str, ...] = ()  # the first documents, by name
    seconds: float = 0.0
    error: str = ""


async def evaluate(
    app: Application, cases: Sequence[Case], who: dict[str, Principal], *, answers: bool = True
) -> AsyncIterator[Outcome]:
    """What becomes of each question, in order.

    Args:
        who: by agency, who asks.
        answers: False searches only, which takes milliseconds and no Llama.
    """
    for case in cases:
        asking = who[case.agency]
        found = await app.retrieval.search(asking.agency, case.question, limit=DEPTH)
        outcome = Outcome(
            case=case,
            ranks=ranks(case, found) if case.right_docs and case.answerable else None,
            found=tuple(dict.fromkeys(passage.name for passage in found))[:5],
        )
        yield await _asked(app, asking, outcome) if answers else outcome


async def _asked(app: Application, who: Principal, outcome: Outcome) -> Outcome:
    fields = {name: getattr(outcome, name) for name in ("case", "ranks", "found")}
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
        return Outcome(**fields, error=str(error))
    checked = answer.checked
    return Outcome(
        **fields,
        judgement=judge(outcome.case, checked),
        text=checked.text,
        citations=checked.citations,
        withheld=checked.withheld,
        seconds=answer.timing["total"],
    )
