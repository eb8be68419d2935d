"""What one frame says: rates, waits and states, computed from the readings of the last minute."""

from collections import deque
from datetime import UTC, datetime
from math import inf

from msgspec import Struct

from publius.cli.top.reading import Reading

MINUTE = 60.0  # seconds that rates, waits and the little curves look back


class Queue(Struct, frozen=True):
    """One agency's requests at the engine. `waiting` is None for an engine that keeps no queue here."""

    agency: str
    waiting: int | None
    running: int


class Wait(Struct, frozen=True):
    """Seconds that half, and nineteen in twenty, stayed under; of the last minute, or where it had none, since start.

    As exact as the buckets of the histogram are fine.
    """

    p50: float
    p95: float
    since_start: bool


class Frame(Struct, frozen=True, kw_only=True):
    """Everything that is shown; `--json` prints it as it is. None is what the engine does not say."""

    at: datetime
    seconds: float  # that the rates are over
    ready: bool
    restarts: int | None
    queues: tuple[Queue, ...] | None  # of agencies that anybody saw waiting or being answered
    streams: int
    requests_underway: int
    requests_per_second: float
    read_per_second: float | None  # tokens of prompts
    cached_per_second: float | None  # of those, found in the cache
    written_per_second: float | None
    first_token: Wait | None
    between_tokens: Wait | None
    queue_wait: Wait | None
    cache_used: float | None  # 0 to 1
    cache_bytes: int | None
    memory_bytes: dict[str, int]
    refusals_per_minute: dict[str, int]  # by the error's code
    refusals: dict[str, int]  # since start


class Window:
    """The readings of the last minute."""

    def __init__(self) -> None:
        self._readings: deque[Reading] = deque()

    def add(self, reading: Reading) -> None:
        """Take a reading in. One of a server that was started anew begins a new window."""
        if self._readings and _requests(reading) < _requests(self._readings[-1]):
            self._readings.clear()
        self._readings.append(reading)
        while reading.at - self._readings[0].at > MINUTE:
            self._readings.popleft()

    def curve(self, name: str, **labels: str) -> list[float]:
        """The rate of a counter from each reading to the next."""
        pairs = zip(self._readings, list(self._readings)[1:], strict=False)
        return [_rate(before, after, name, **labels) or 0.0 for before, after in pairs]

    def frame(self) -> Frame:
        """The newest reading, with rates from the one before and waits over the whole window."""
        oldest, now = self._readings[0], self._readings[-1]
        before = self._readings[-2] if len(self._readings) > 1 else now
        tokens = {kind: _rate(before, now, "publius_engine_tokens_total", kind=kind) for kind in _KINDS}
        refused, refused_before = (r.by("publius_refusals_total", "code") for r in (now, oldest))
        lately = {code: int(count - refused_before.get(code, 0)) for code, count in refused.items()}
        return Frame(
            at=datetime.now(UTC),
            seconds=round(now.at - before.at, 3),
            ready=now.value("publius_engine_ready") == 1,
            restarts=_whole(now.value("publius_engine_restarts_total")),
            queues=_queues(now),
            streams=int(now.value("publius_streams_underway") or 0),
            requests_underway=int(now.value("publius_requests_underway") or 0),
            requests_per_second=_rate(before, now, "publius_requests_total") or 0.0,
            read_per_second=tokens["read"],
            cached_per_second=tokens["cached"],
            written_per_second=tokens["written"],
            first_token=_wait(oldest, now, "publius_time_to_first_token_seconds"),
            between_tokens=_wait(oldest, now, "publius_time_between_tokens_seconds"),
            queue_wait=_wait(oldest, now, "publius_queue_wait_seconds"),
            cache_used=now.value("publius_engine_cache_used_ratio"),
            cache_bytes=_whole(now.value("publius_engine_cache_bytes")),
            memory_bytes={kind: int(size) for kind, size in now.by("publius_memory_bytes", "process").items()},
            refusals_per_minute={code: count for code, count in lately.items() if count},
            refusals={code: int(count) for code, count in refused.items()},
        )


_KINDS = ("read", "cached", "written")


def _queues(now: Reading) -> tuple[Queue, ...] | None:
    waiting = now.by("publius_queue_waiting", "agency")
    running = now.by("publius_queue_running", "agency")
    if now.value("publius_engine_running") is None:
        return None
    known = now.value("publius_queue_wait_seconds_count") is not None
    return tuple(
        Queue(agency, int(waiting.get(agency, 0)) if known else None, int(running.get(agency, 0)))
        for agency in sorted({*waiting, *running})
    )


def _requests(reading: Reading) -> float:
    return reading.value("publius_requests_total") or 0.0


def _rate(before: Reading, after: Reading, name: str, **labels: str) -> float | None:
    """A counter's increase a second; None if nobody counts it."""
    end = after.value(name, **labels)
    if end is None:
        return None
    if after.at <= before.at:
        return 0.0
    # A counter that an engine began anew counts from 0 again.
    grown = end - (before.value(name, **labels) or 0.0)
    return round((grown if grown >= 0 else end) / (after.at - before.at), 3)


def _wait(oldest: Reading, now: Reading, name: str) -> Wait | None:
    whole = now.by(f"{name}_bucket", "le")
    before = oldest.by(f"{name}_bucket", "le")
    lately = {bound: count - before.get(bound, 0.0) for bound, count in whole.items()}
    since_start = not lately.get("+Inf") or min(lately.values()) < 0
    counts = whole if since_start else lately
    if not counts.get("+Inf"):
        return None
    buckets = sorted((float(bound), count) for bound, count in counts.items())
    return Wait(_quantile(buckets, 0.5), _quantile(buckets, 0.95), since_start)


def _quantile(buckets: list[tuple[float, float]], share: float) -> float:
    """As Prometheus's `histogram_quantile` does it: within its bucket the count is taken to grow evenly."""
    wanted = share * buckets[-1][1]
    low, below = 0.0, 0.0
    for bound, count in buckets:
        if count >= wanted:
            if bound == inf:
                return low
            return round(low + (bound - low) * (wanted - below) / (count - below), 6) if count > below else low
        low, below = bound, count
    return low


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
