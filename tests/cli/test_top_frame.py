"""What `publius top` says follows from the metrics page, fits the terminal, and is honest where nobody knows."""

import io

import msgspec
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console

from publius.cli.top.frame import Frame, Queue, Window
from publius.cli.top.reading import Reading
from publius.cli.top.screen import Curves, Screen, sparkline

PAGE = """
# TYPE publius_requests_total counter
publius_requests_total{{door="api",status="200"}} {requests}
# TYPE publius_requests_underway gauge
publius_requests_underway 3
# TYPE publius_streams_underway gauge
publius_streams_underway 2
# TYPE publius_engine_ready gauge
publius_engine_ready 1
# TYPE publius_engine_running gauge
publius_engine_running 2
# TYPE publius_queue_running gauge
publius_queue_running{{agency="education"}} 2
publius_queue_running{{agency="state"}} 0
# TYPE publius_engine_tokens_total counter
publius_engine_tokens_total{{kind="written"}} {written}
# TYPE publius_refusals_total counter
publius_refusals_total{{code="rate_limited",door="api"}} {refused}
publius_refusals_total{{code="rate_limited",door="web"}} 1
# TYPE publius_time_to_first_token_seconds histogram
publius_time_to_first_token_seconds_bucket{{le="0.1"}} {fast}
publius_time_to_first_token_seconds_bucket{{le="1.0"}} {all}
publius_time_to_first_token_seconds_bucket{{le="+Inf"}} {all}
publius_time_to_first_token_seconds_count {all}
publius_time_to_first_token_seconds_sum 1
"""

NO_CURVES = Curves()


def reading(at: float, **values: float) -> Reading:
    filled = {"requests": 10, "written": 100, "refused": 4, "fast": 10, "all": 10} | values
    families = text_string_to_metric_families(PAGE.format(**filled).lstrip())
    return Reading([sample for family in families for sample in family.samples], at)


def frame(*readings: Reading) -> Frame:
    window = Window()
    for each in readings:
        window.add(each)
    return window.frame()


def drawn(shown: Frame, width: int = 80, height: int = 24, curves: Curves = NO_CURVES, **how: object) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=width, height=height, highlight=False)
    console.print(Screen(shown, curves, order="waiting", **how))  # type: ignore[arg-type]
    return file.getvalue().splitlines()


def test_rates_are_between_the_last_two_readings_and_refusals_over_the_minute() -> None:
    said = frame(reading(0), reading(1, requests=12, written=140), reading(3, requests=20, written=200, refused=7))
    assert (said.seconds, said.requests_per_second, said.written_per_second) == (2.0, 4.0, 30.0)
    assert said.refusals == {"rate_limited": 8} and said.refusals_per_minute == {"rate_limited": 3}
    assert said.queues == (Queue("education", None, 2), Queue("state", None, 0))


def test_what_is_older_than_a_minute_is_forgotten() -> None:
    said = frame(reading(0, refused=0), reading(30, refused=2), reading(61, refused=3))
    assert said.refusals_per_minute == {"rate_limited": 1}


def test_waits_are_the_minutes_or_since_start_where_it_had_none() -> None:
    quiet = frame(reading(0), reading(1)).first_token
    assert quiet is not None and quiet.since_start and quiet.p95 <= 0.1
    lately = frame(reading(0), reading(1, all=30)).first_token
    assert lately is not None and not lately.since_start and 0.1 < lately.p50 < lately.p95 <= 1.0
    assert frame(reading(0, fast=0, all=0)).first_token is None


def test_a_server_started_anew_gives_no_negative_rate() -> None:
    said = frame(reading(0, requests=500, written=9000), reading(1, requests=2, written=5))
    assert said.requests_per_second == 0.0 and said.written_per_second == 0.0


def test_an_engine_started_anew_counts_from_nothing() -> None:
    assert frame(reading(0, written=9000), reading(2, written=50)).written_per_second == 25.0


def test_what_nobody_knows_is_not_shown_as_nothing() -> None:
    said = frame(reading(0), reading(1))
    assert said.cache_used is said.restarts is said.read_per_second is said.queue_wait is None
    page = "\n".join(drawn(said))
    assert "cache       not known" in page and "read        not known" in page
    unknown = _changed(said, queues=None)
    assert "The engine does not say who asks." in "\n".join(drawn(unknown))
    assert "No agency waits for the engine, and none is being answered." in "\n".join(drawn(_changed(said, queues=())))


def test_it_fits_any_terminal_and_says_what_it_leaves_out() -> None:
    many = tuple(Queue(f"agency-with-a-long-name-{n}", n, n) for n in range(40))
    said = _changed(frame(reading(0), reading(1)), queues=many)
    curves = Curves([1.0] * 60, [2.0] * 60, [3.0] * 60)
    for width, height in ((120, 40), (80, 24), (40, 12), (20, 5)):
        lines = drawn(said, width, height, curves, footer="q quit")
        assert len(lines) == height and max(map(len, lines)) <= width
        assert lines[-1].startswith("q quit")
    assert any(line.startswith("and 3") for line in drawn(said, footer="q quit"))
    assert sum("agency-with" in line for line in drawn(said, fits=False)) == 40


def test_no_colour_where_it_is_no_terminal() -> None:
    assert "\x1b" not in "".join(drawn(frame(reading(0), reading(1)), fits=False))


def test_a_curve_shows_the_newest_and_its_highest_at_full_height() -> None:
    assert sparkline([9, 0, 1, 2, 4], 4) == "▁▃▅█"
    assert sparkline([0, 0], 10) == "▁▁" and sparkline([], 10) == "" and sparkline([1, 2], 0) == ""


def _changed(said: Frame, **fields: object) -> Frame:
    return msgspec.structs.replace(said, **fields)
