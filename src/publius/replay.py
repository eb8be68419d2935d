"""Asking once more: if the engine is lost before anything of an answer has left, the caller does not notice.

Only here is it known what has left. An engine never asks twice for what may have been read already.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from publius.errors import EngineLost
from publius.types import Checked, Claim, Delta, Draft

Leaving = Claim | Delta | Checked


async def once_more(write: Callable[[], Awaitable[Draft]]) -> Draft:
    """A whole draft. Nothing of it leaves before it is whole, so a lost engine is asked once more.

    Raises:
        EngineLost: it was lost twice.
    """
    try:
        return await write()
    except EngineLost:
        return await write()


async def begun_once_more(attempt: Callable[[], AsyncGenerator[Leaving, None]]) -> AsyncGenerator[Leaving, None]:
    """What an attempt gives; or a second, if the engine is lost before anything of the first has left.

    Withheld sentences wait for the first thing that leaves, so that nobody hears of them twice.

    Raises:
        EngineLost: it was lost twice, or after something had left.
    """
    left = False
    for again in (True, False):
        waiting: list[Leaving] = []
        try:
            async with aclosing(attempt()) as things:
                async for thing in things:
                    waiting.append(thing)
                    left = left or _leaves(thing)
                    while left and waiting:
                        yield waiting.pop(0)
            return
        except EngineLost:
            if left or not again:
                raise


def _leaves(thing: Leaving) -> bool:
    match thing:
        case Claim():
            return thing.released
        case Delta():
            return bool(thing.text or thing.calls)
    return True
