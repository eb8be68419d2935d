"""Whole dollars, exactly: shares and graduated schedules in integers, halves rounded away from zero."""

from collections.abc import Sequence
from typing import NamedTuple

WHOLE = 10_000  # Rates are whole numbers of hundredths of a percent: 6.2 % is 620.


class Step(NamedTuple):
    """One step of a graduated schedule: `base` dollars, and `rate` of what is over `over`."""

    over: int
    base: int
    rate: int


def share(amount: int, rate: int) -> int:
    """`rate` hundredths of a percent of `amount`, to the nearest dollar, halves away from zero."""
    if amount < 0:
        return -share(-amount, rate)
    return (amount * rate + WHOLE // 2) // WHOLE


def assess(amount: int, steps: Sequence[Step]) -> int:
    """`amount` under a graduated schedule. What is below the first step is assessed at that step's rate too."""
    step = steps[0]
    for higher in steps[1:]:
        if amount <= higher.over:
            break
        step = higher
    return step.base + share(amount - step.over, step.rate)


def dollars(amount: int) -> str:
    """An amount as people write it: $1,234 or -$1,234."""
    return f"-${-amount:,}" if amount < 0 else f"${amount:,}"
