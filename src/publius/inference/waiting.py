"""What waiting for the engine may cost: how many wait, how long, and when to come back to a full queue."""

import math
from collections import deque
from collections.abc import Sized
from typing import Protocol

from msgspec import Struct

from publius.errors import EngineFull, QueueFull

_REMEMBERED = 256  # Admissions from which the pace is taken.


class WaitingLimits(Struct, frozen=True, kw_only=True):
    """For one engine: how many requests wait at most, in all and of one agency, and for how many seconds."""

    most: int = 512
    most_of_one: int = 128
    wait: float = 60.0  # until it is admitted
    answer: float = 600.0  # from arrival until the answer is whole


class _Queue(Sized, Protocol):
    def waiting(self) -> dict[int, int]: ...


class Turnover:
    """How fast the queue moves. Times are seconds of one clock, given by the caller."""

    def __init__(self, limits: WaitingLimits) -> None:
        self._limits = limits
        self._admitted: deque[tuple[float, int]] = deque(maxlen=_REMEMBERED)

    def admitted(self, now: float, agency: int) -> None:
        """Somebody's turn came."""
        self._admitted.append((now, agency))

    def check(self, now: float, queue: _Queue, agency: int) -> None:
        """Whether one more of `agency` may wait.

        Raises:
            QueueFull: the agency has its share of the queue waiting; EngineFull: the queue is full.
                Both say when what waits now will have been admitted, at the pace seen.
        """
        mine = queue.waiting().get(agency, 0)
        if mine >= self._limits.most_of_one:
            raise QueueFull(
                f"The agency has {mine:,} requests waiting for the engine, the most that it may.",
                retry_after=self._seconds(now, mine, agency),
            )
        if len(queue) >= self._limits.most:
            raise EngineFull(
                f"{len(queue):,} requests wait for the engine, the most that may.",
                retry_after=self.seconds(now, len(queue)),
            )

    def seconds(self, now: float, waiting: int) -> int:
        """Until so many are admitted: at least 1, at most what anybody waits."""
        return self._seconds(now, waiting, None)

    def _seconds(self, now: float, waiting: int, agency: int | None) -> int:
        longest = math.ceil(self._limits.wait)
        times = [time for time, whose in self._admitted if agency is None or whose == agency]
        if not times or now <= times[0]:
            return longest  # None was admitted yet; by then those who wait have been, or have given up.
        return min(max(math.ceil(waiting * (now - times[0]) / len(times)), 1), longest)
