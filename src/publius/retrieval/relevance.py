"""How likely a passage bears on a question, as a number from 0 to 1, and the floor under which nothing is shown."""

import math

# Logistic regression on the development questions, each asked of its own agency's documents and, as a question
# that they do not answer, of the other agencies'; three numbers for 400 pairs, both classes weighed alike.
COVERAGE, COSINE, INTERCEPT = 3.9, 13.0, -7.1

# The highest that loses no answerable English question there, cross-validated; it turns away 73 in 100 questions
# on other subjects. Whether a passage on the right subject holds the answer is for verification to say.
FLOOR = 0.25


def relevance(coverage: float, cosine: float) -> float:
    """From the share of the question's idf that the passage's words cover, and the cosine of their vectors."""
    return 1 / (1 + math.exp(-(INTERCEPT + COVERAGE * coverage + COSINE * cosine)))
