"""How long people wait for Llama: for the first token, and from each to the next."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from publius.inference.engine import Finish, Piece
from publius.inference.load import Durations


class Pace:
    """What was measured where tokens come out of the engine, the wait in its queue included."""

    def __init__(self) -> None:
        self.first = Durations()
        self.between = Durations()  # tokens that come together count as one

    async def watch(self, pieces: AsyncGenerator[Piece | Finish, None]) -> AsyncGenerator[Piece | Finish, None]:
        """The same pieces, timed. Closing it closes them."""
        durations, last = self.first, time.perf_counter()
        async with aclosing(pieces):
            async for piece in pieces:
                if isinstance(piece, Piece) and piece.tokens:
                    now = time.perf_counter()
                    durations.add(now - last)
                    durations, last = self.between, now
                yield piece
