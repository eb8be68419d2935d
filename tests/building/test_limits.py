"""The promise: limits of waiting that cannot hold are said before anything starts, not found out by who waits."""

import pytest

from publius.application import choose_engine
from publius.errors import SetupError
from publius.settings import Settings, read


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"queue_seconds": 700.0}, "PUBLIUS_QUEUE_SECONDS=700"),
        ({"queue_seconds": 0.0}, "PUBLIUS_QUEUE_SECONDS=0"),
        ({"answer_seconds": 30.0}, "PUBLIUS_ANSWER_SECONDS=30"),
        ({"queue": 0}, "PUBLIUS_QUEUE=0"),
        ({"queue_per_agency": 0}, "PUBLIUS_QUEUE_PER_AGENCY=0"),
        ({"queue_per_agency": 1000}, "PUBLIUS_QUEUE_PER_AGENCY=1000"),
    ],
)
def test_limits_that_cannot_hold_are_refused(settings: Settings, changes: dict[str, float], named: str) -> None:
    with pytest.raises(SetupError, match=named):
        choose_engine(read({}, home=settings.home, engine="echo", **changes))


def test_a_long_wait_is_possible_where_an_answer_may_take_longer(settings: Settings) -> None:
    choose_engine(read({}, home=settings.home, engine="openai:http://h/v1", queue_seconds=900.0, answer_seconds=1200.0))
