"""The promise: while answers run, no step is so long that they stall, whatever the machine and the model."""

import pytest

from publius.inference.stepping import AIM, StepSize

BLOCK, MOST = 32, 256


def settled(seconds: float, fixed: float, writing: int) -> tuple[StepSize, float]:
    """A step size on a machine on which a token takes so long and a step so much more, and its last step."""
    size, took = StepSize(BLOCK, MOST), 0.0
    for _ in range(60):
        read = size.to_read(writing) // BLOCK * BLOCK
        took = fixed + seconds * (read + writing)
        size.took(took, read, writing)
    return size, took


@pytest.mark.parametrize("seconds", [0.0001, 0.0005, 0.002, 0.004])
@pytest.mark.parametrize("fixed", [0.0, 0.02, 0.05])
def test_a_step_settles_below_what_people_see(seconds: float, fixed: float) -> None:
    _, took = settled(seconds, fixed, writing=8)
    assert took <= AIM * 1.15


def test_a_fast_machine_reads_as_much_as_the_engine_takes_and_a_slow_one_a_block() -> None:
    fast, _ = settled(0.0001, 0.0, 8)
    slow, _ = settled(0.05, 0.0, 8)
    assert fast.to_read(8) == MOST - 8
    assert slow.to_read(8) == BLOCK


def test_with_nobody_to_stall_a_step_is_full() -> None:
    slow, _ = settled(0.05, 0.0, 8)
    assert slow.to_read(0) == MOST


def test_a_single_disturbed_step_changes_nothing_and_a_slower_machine_is_noticed() -> None:
    size, _ = settled(0.002, 0.0, 8)
    before = size.to_read(8)
    size.took(10.0, 64, 8)
    assert size.to_read(8) == before
    for _ in range(8):
        size.took(0.5, 64, 8)
    assert size.to_read(8) == BLOCK


def test_answers_that_share_the_engine_leave_more_room_for_reading() -> None:
    size, _ = settled(0.002, 0.0, 8)
    assert size.answers(64, shared=True) < size.answers(64, shared=False) <= 64
    slow, _ = settled(0.05, 0.0, 8)
    assert (slow.answers(64, shared=True), slow.answers(64, shared=False)) == (8, 16)
