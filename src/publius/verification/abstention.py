"""Whether the evidence answers a question at all: an answer to something else is worse than none.

Passages on the right subject are easily found; whether they hold what was asked for shows in four things: how near
the best of them comes, whether it has the kind of thing that was asked for, and whether what the question names stands
there too, and what it counts. A question that asks or tells several things comes less near to any one sentence, so
that nearness means more there.
"""

import math

from msgspec import Struct

# Logistic regression; how it was fitted and how often it errs: docs/decisions/2026-11-25-answer-quality.md.
NEARNESS, UNMET, UNNAMED, UNSAID, SEVERAL, INTERCEPT = 10.8, -5.5, -2.5, -1.2, 1.7, -5.0
FLOOR = 0.40


class Signs(Struct, frozen=True):
    """What speaks for an answer, and against it."""

    nearness: float  # support of the best span, 0 to about 1
    unmet: float  # 1 where no span has the kind of thing that was asked for
    unnamed: float  # share of what the question names that no passage with such a thing holds, 0 to 1
    unsaid: float = 0.0  # share of what the question counts or asks about that stands in no such span, 0 to 1
    several: bool = False  # whether it asks or tells of several things, to all of which no one span can come near

    @property
    def likelihood(self) -> float:
        """How likely the question is answered, 0 to 1."""
        weighed = NEARNESS * self.nearness + UNMET * self.unmet + UNNAMED * self.unnamed + UNSAID * self.unsaid
        return 1 / (1 + math.exp(-(INTERCEPT + weighed + SEVERAL * self.several)))
