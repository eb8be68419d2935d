"""How good the answers are: questions with known answers through the whole building, measured and laid open."""

from publius.evaluation.baselines import Baselines, open_baselines
from publius.evaluation.evaluate import Outcome, evaluate
from publius.evaluation.page import page
from publius.evaluation.questions import Case, read_questions
from publius.evaluation.summary import Summary, summarise
from publius.evaluation.table import table

__all__ = [
    "Baselines",
    "Case",
    "Outcome",
    "Summary",
    "evaluate",
    "open_baselines",
    "page",
    "read_questions",
    "summarise",
    "table",
]
