"""A full queue says when to come back, from the pace at which it moves."""

import pytest

from publius.errors import EngineFull, QueueFull
from publius.inference.fairness import FairQueue
from publius.inference.waiting import Turnover, WaitingLimits

LIMITS = WaitingLimits(most=6, most_of_one=4, wait=30)


def queue(**waiting: int) -> FairQueue[None]:
    made: FairQueue[None] = FairQueue()
    for agency, count in waiting.items():
        for _ in range(count):
            made.add(None, agency=int(agency[1:]), user="u")
    return made


def test_an_agency_with_its_share_waiting_hears_429_and_others_still_come_in() -> None:
    turnover = Turnover(LIMITS)
    for second in range(10):
        turnover.admitted(second / 2, 1)
    full = queue(a1=4)
    with pytest.raises(QueueFull) as refused:
        turnover.check(5.0, full, 1)
    assert (refused.value.status, refused.value.retry_after) == (429, 2), "four wait, two a second are admitted"
    turnover.check(5.0, full, 2)


def test_a_full_platform_says_503_to_everybody() -> None:
    turnover = Turnover(LIMITS)
    turnover.admitted(0.0, 3)
    with pytest.raises(EngineFull) as refused:
        turnover.check(2.0, queue(a1=3, a2=3), 3)
    assert (refused.value.status, refused.value.retry_after) == (503, 12)


def test_before_anything_was_admitted_the_longest_wait_is_told() -> None:
    with pytest.raises(QueueFull) as refused:
        Turnover(LIMITS).check(1.0, queue(a1=4), 1)
    assert refused.value.retry_after == 30
