"""What an engine has to do and has done, for whoever watches: numbers by agency, never content or people."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from msgspec import Struct, field, structs

BOUNDS = (0.003, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0)


class Durations(Struct):
    """A histogram of seconds: `counts[i]` lie between `BOUNDS[i - 1]` and `BOUNDS[i]`, the last beyond all of them."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0  # seconds in all

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds


class Load(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An engine's state and its totals since it started. What an engine cannot know is None, never 0.

    `waiting` and `running` are requests by the agency's id; an agency with none may be left out.
    """

    waiting: Mapping[int, int] | None = None  # not admitted to the batch yet
    running: Mapping[int, int] | None = None  # in the batch
    waited: Durations | None = None  # from a request's arrival to its admission
    read_tokens: int | None = None  # of prompts, those found in the cache included
    cached_tokens: int | None = None  # of those, what the cache spared
    written_tokens: int | None = None
    cache_used: float | None = None  # share of the cache's blocks in use, 0 to 1
    cache_bytes: int | None = None  # the cache's size
    memory: int | None = None  # resident bytes of the engine process
    restarts: int | None = None  # times that the engine process was replaced

    def totals(self) -> "Load":
        """What stays true of an engine that has ended."""
        return structs.replace(self, waiting=None, running=None, cache_used=None, cache_bytes=None, memory=None)


def total(loads: Sequence[Load]) -> Load:
    """Of several engines together. What some of them do not know just now is left out of the sum."""
    caches = [(each.cache_used, each.cache_bytes) for each in loads if each.cache_used is not None and each.cache_bytes]
    room = sum(size for _, size in caches)
    return Load(
        waiting=_by_agency([each.waiting for each in loads]),
        running=_by_agency([each.running for each in loads]),
        waited=_together([each.waited for each in loads if each.waited]),
        read_tokens=_sum([each.read_tokens for each in loads]),
        cached_tokens=_sum([each.cached_tokens for each in loads]),
        written_tokens=_sum([each.written_tokens for each in loads]),
        cache_used=sum(used * size for used, size in caches) / room if room else None,
        cache_bytes=_sum([each.cache_bytes for each in loads]),
        memory=_sum([each.memory for each in loads]),
        restarts=_sum([each.restarts for each in loads]),
    )


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _by_agency(requests: Sequence[Mapping[int, int] | None]) -> dict[int, int] | None:
    known = [each for each in requests if each is not None]
    return dict(sum(map(Counter, known), Counter[int]())) if known else None


def _together(durations: Sequence[Durations]) -> Durations | None:
    if not durations:
        return None
    counts = [sum(column) for column in zip(*(each.counts for each in durations), strict=True)]
    return Durations(counts, sum(each.total for each in durations))


class Tally:
    """The load of an engine whose every request this process sends itself."""

    def __init__(self) -> None:
        self._running: Counter[int] = Counter()
        self._read = self._written = 0
        self._cached: int | None = None  # Unknown until an engine says that it spared some.

    @property
    def running(self) -> int:
        """Generations under way."""
        return self._running.total()

    @contextmanager
    def under_way(self, agency: int) -> Iterator[None]:
        """For as long as a generation of this agency lasts."""
        self._running[agency] += 1
        try:
            yield
        finally:
            self._running[agency] -= 1

    def read(self, tokens: int, cached: int = 0) -> None:
        """Count tokens of a prompt, and how many of them a cache held."""
        self._read += tokens
        if cached:
            self._cached = (self._cached or 0) + cached

    def wrote(self, tokens: int) -> None:
        """Count tokens of an answer."""
        self._written += tokens

    def load(self) -> Load:
        """What is known so."""
        return Load(
            running=dict(+self._running),
            read_tokens=self._read,
            cached_tokens=self._cached,
            written_tokens=self._written,
        )
