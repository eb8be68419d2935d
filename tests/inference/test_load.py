"""What an engine says of its load is what happened, and what it cannot know it leaves out."""

from tests.inference.test_echo import request

from publius.inference.echo import EchoEngine
from publius.inference.load import BOUNDS, Durations


async def test_an_engine_counts_what_is_under_way_and_what_it_read_and_wrote() -> None:
    engine = EchoEngine()
    answer = engine.generate(request("one two three"))
    await anext(answer)
    load = await engine.load()
    assert load.running == {1: 1}
    assert (load.read_tokens, load.written_tokens) == (3, 1)
    assert load.waiting is load.cache_used is load.memory is load.restarts is None
    await answer.aclose()
    assert (await engine.load()).running == {}


def test_a_duration_is_counted_at_its_bound_and_the_longest_beyond_all() -> None:
    durations = Durations()
    for seconds in (0.0, BOUNDS[0], BOUNDS[1], 1e6):
        durations.add(seconds)
    assert (durations.counts[0], durations.counts[1], durations.counts[-1]) == (2, 1, 1)
    assert durations.total == BOUNDS[0] + BOUNDS[1] + 1e6
