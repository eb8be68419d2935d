"""What the engine's prefix cache holds, as far as it can be told from outside.

OpenVINO GenAI does not say how much of a prompt it found in its cache. This follows its rule: whole blocks of
tokens, each known by all that stands before it, the least recently used forgotten first. It is an estimate: what
answers added is left out, and the engine may forget in another order, so it counts too little rather than too much.
"""

from collections import OrderedDict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


class PrefixEstimate:
    """`blocks` of `size` tokens are held at most."""

    def __init__(self, blocks: int, size: int) -> None:
        self._most = blocks
        self._size = size
        self._held: OrderedDict[int, None] = OrderedDict()

    def known(self, prompt: NDArray[np.int64]) -> int:
        """Tokens at the beginning of `prompt` that need not be read: whole blocks, and never its last token."""
        count = 0
        for block in self._hashes(prompt[:-1]):
            if block not in self._held:
                break
            self._held.move_to_end(block)
            count += 1
        return count * self._size

    def hold(self, prompt: NDArray[np.int64]) -> None:
        """`prompt` has been read."""
        for block in self._hashes(prompt):
            self._held[block] = None
            self._held.move_to_end(block)
        while len(self._held) > self._most:
            self._held.popitem(last=False)

    def _hashes(self, prompt: NDArray[np.int64]) -> Iterator[int]:
        before = 0
        for start in range(0, len(prompt) - self._size + 1, self._size):
            before = hash((before, prompt[start : start + self._size].tobytes()))
            yield before
