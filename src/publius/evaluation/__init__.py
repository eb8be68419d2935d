"""How good the answers are: questions with known answers through the whole building, measured and laid open."""

from publius.evaluation.evaluate import Outcome, evaluate
from publius.evaluation.page import page
from publius.evaluation.questions import Case, read_questions
from publius.evaluation.summary import Summary, summarise

__all__ = ["Case", "Outcome", "Summary", "evaluate", "page", "read_questions", "summarise"]
