"""The promise: a newcomer's first token waits for a step, not for the prompts of a flood; and nobody waits forever."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from publius.inference.reading import Reading

BLOCK, STEP = 32, 256


@dataclass(eq=False)
class Prompt:
    agency: int
    length: int
    read: int = 0


def step(reading: Reading[Prompt], writing: dict[int, int], tokens: int = STEP) -> list[tuple[int, int]]:
    """What one step read: (agency, tokens)."""
    done = []
    for prompt, upto in reading.plan(tokens, writing):
        done.append((prompt.agency, upto - prompt.read))
        prompt.read = upto
        if upto == prompt.length:
            reading.remove(prompt)
            writing[prompt.agency] = writing.get(prompt.agency, 0) + 1
    return done


def test_a_newcomer_passes_a_long_prompt_of_one_who_has_answers() -> None:
    reading: Reading[Prompt] = Reading(BLOCK)
    writing = {1: 5}
    reading.add(Prompt(1, 4000), writing)
    assert step(reading, writing) == [(1, 256)]
    reading.add(Prompt(2, 300), writing)
    assert step(reading, writing) == [(2, 256)]
    assert step(reading, writing) == [(2, 44)], "short: it carries nothing of who has answers already"
    assert step(reading, writing) == [(1, 256)]


def test_a_prompt_is_passed_by_each_agency_once() -> None:
    reading: Reading[Prompt] = Reading(BLOCK)
    writing = {1: 1}
    slow = Prompt(1, 1024)
    reading.add(slow, writing)
    steps = 0
    while slow.read < slow.length:
        if not any(prompt.agency == 2 for prompt in reading):
            reading.add(Prompt(2, 256), writing)  # answers of one token, one after another, always a newcomer
        step(reading, writing)
        writing.pop(2, None)
        steps += 1
        assert steps < 10
    assert slow.read == 1024


def test_one_with_an_answer_under_way_still_passes_those_with_more() -> None:
    reading: Reading[Prompt] = Reading(BLOCK)
    writing = {1: 9, 2: 1}
    reading.add(Prompt(1, 4000), writing)
    assert reading.ahead_of(2, writing) == 0
    assert reading.ahead_of(1, writing) == 4000
    reading.add(Prompt(2, 100), writing)
    assert step(reading, writing) == [(2, 100)]


def test_one_with_as_much_under_way_waits_behind() -> None:
    reading: Reading[Prompt] = Reading(BLOCK)
    writing = {1: 3, 2: 3}
    reading.add(Prompt(1, 300), writing)
    reading.add(Prompt(2, 100), writing)
    assert step(reading, writing) == [(1, 256)]


def test_those_with_nothing_under_way_keep_their_order() -> None:
    reading: Reading[Prompt] = Reading(BLOCK)
    for agency in (1, 2, 3):
        reading.add(Prompt(agency, 100), {})
    assert step(reading, {}) == [(1, 100), (2, 100), (3, 32)]


def test_a_step_is_filled_when_nobody_else_waits() -> None:
    reading: Reading[Prompt] = Reading(BLOCK)
    writing = {1: 3}
    for _ in range(4):
        reading.add(Prompt(1, 100), writing)
    assert sum(tokens for _, tokens in step(reading, writing)) >= STEP - BLOCK


@given(lengths=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 2000)), min_size=1, max_size=8))
def test_every_prompt_is_read_to_its_end(lengths: list[tuple[int, int]]) -> None:
    reading: Reading[Prompt] = Reading(BLOCK)
    writing: dict[int, int] = {}
    for agency, length in lengths:
        reading.add(Prompt(agency, length), writing)
    total, read = sum(length for _, length in lengths), 0
    while len(reading):
        tokens = sum(tokens for _, tokens in step(reading, writing))
        assert 0 < tokens <= STEP
        read += tokens
    assert read == total and reading.unread == 0
