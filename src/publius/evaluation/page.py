"""One page with every question that went wrong, and which room failed it."""

from collections.abc import Sequence
from importlib.resources import files

from jinja2 import Environment

from publius.evaluation.evaluate import Outcome
from publius.evaluation.summary import Summary
from publius.evaluation.table import table


def page(outcomes: Sequence[Outcome], summary: Summary) -> str:
    """The page as HTML that needs nothing else."""
    template = (files("publius.evaluation") / "misses.html").read_text(encoding="utf-8")
    misses = [(outcome, why) for outcome in outcomes if (why := reason(outcome))]
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(template).render(misses=misses, summary=summary, rows=table(summary))


def reason(outcome: Outcome) -> str:
    """Which room failed a question, and how; empty where none did."""
    case, verdict, ranks = outcome.case, outcome.judgement, outcome.ranks
    if outcome.error:
        return f"An error: {outcome.error}"
    if verdict is not None and verdict.unsupported:
        return "Verification: a figure was released that its citation does not hold."
    if not case.answerable:
        if verdict is None or verdict.declined:
            return ""
        return "Verification: it was answered, and the documents hold no answer."
    if ranks is not None and not ranks.document_recall_10:
        return "Retrieval: no right document is among the first ten."
    if verdict is None or verdict.correct:
        return "" if ranks is None or ranks.quote_recall_5 else "Retrieval: the passage is not among the first five."
    if ranks is not None and ranks.quote_recall_5 < 1:
        return "Retrieval: not every passage that the answer needs is among the first five."
    if not verdict.answered:
        return "Verification, abstention: the passage was found and taken for no answer."
    if verdict.right:
        return "Verification, picking: the answer is right and cites another document."
    if outcome.drafted:
        return "Inference and verification: the passage was found, and Llama said something else that stands."
    if verdict.quoted:
        return "Verification, picking: the passage was quoted, and not all that was asked for."
    return "Verification, picking: the passage was found, and something else was quoted."
