"""How likely a passage bears on a question, as a number from 0 to 1, and the floor under which nothing is shown."""

import math

# Fitted by logistic regression on the development questions.
COVERAGE, COSINE, INTERCEPT = 3.0, 8.0, -5.5

FLOOR = 0.35


def relevance(coverage: float, cosine: float) -> float:
    """From the share of the question's idf that the passage's words cover, and the cosine of their vectors."""
    return 1 / (1 + math.exp(-(INTERCEPT + COVERAGE * coverage + COSINE * cosine)))
