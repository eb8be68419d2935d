"""What an engine has to do and has done, for whoever watches: numbers by agency, never content or people."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from msgspec import Struct, field

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


class Tally:
    """The load of an engine whose every request this process sends itself."""

    def __init__(self) -> None:
        self._running: Counter[int] = Counter()
        self._read = self._written = 0

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

    def read(self, tokens: int) -> None:
        """Count tokens of a prompt."""
        self._read += tokens

    def wrote(self, tokens: int) -> None:
        """Count tokens of an answer."""
        self._written += tokens

    def load(self) -> Load:
        """What is known so."""
        return Load(running=dict(+self._running), read_tokens=self._read, written_tokens=self._written)
