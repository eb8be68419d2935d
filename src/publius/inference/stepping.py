"""How much one step of the engine carries, so that it stays short: measured, since machines and models differ.

What a step costs grows with its tokens, whether they are read or written. Running answers get one token a step,
so a step that lasts longer is a stall that people see.
"""

from collections import deque
from statistics import median

AIM = 0.2  # Seconds that a step may take while answers run: 300 ms is promised, and machines are never quite quiet.
_UNKNOWN = 0.004  # Seconds a token takes before any was measured: the small model on one busy core.
_REMEMBERED = 8  # Steps from which the pace is taken; their median, since any single one may have been disturbed.
_ALONE, _SHARED = 2, 6  # One part in so many of a step is for writing, by whether several agencies are served.
_FEWEST = {_ALONE: 16, _SHARED: 8}  # Answers that may run however slow the machine is.


class StepSize:
    """How many tokens fit into one step, `block` at least and `most` at most, and how many answers may share it."""

    def __init__(self, block: int, most: int) -> None:
        self._block = block
        self._most = most
        self._seconds: deque[float] = deque([_UNKNOWN], maxlen=_REMEMBERED)  # a token

    def took(self, seconds: float, read: int, written: int) -> None:
        """A step read so many tokens and wrote so many. One that read less than a block tells nothing about reading."""
        if read >= self._block:
            self._seconds.append(seconds / (read + written))

    def to_read(self, writing: int) -> int:
        """Tokens of prompts that the next step may read beside so many running answers: a block at least.

        Where nobody's answer runs, nobody sees a stall, and large steps read faster.
        """
        if not writing:
            return self._most
        tokens = int(AIM / self._pace) - writing
        return min(max(tokens, self._block), self._most - writing)

    def answers(self, most: int, *, shared: bool) -> int:
        """Answers that may run at once, so that there is room in a step for reading.

        Where several agencies are served (`shared`) there are fewer, since each makes the reading of another's
        prompt take longer: with W written beside R read, 1 + W/R times as long.
        """
        part = _SHARED if shared else _ALONE
        return min(max(int(AIM / self._pace / part), _FEWEST[part]), most)

    @property
    def _pace(self) -> float:
        return max(median(self._seconds), 1e-6)
