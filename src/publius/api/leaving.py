"""Callers who hang up: their work ends with them."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from litestar.types import Receive

from publius.api.errors import ClientGone

T = TypeVar("T")


async def while_connected(receive: Receive, work: Awaitable[T]) -> T:
    """Do `work`, but cancel it when the caller hangs up; the request's body must have been read.

    The work runs in a task of its own, so that it is cancelled once and can still write its record.

    Raises:
        ClientGone: nobody is left to answer.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.create_task(_hung_up(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientGone("The caller hung up.")
    finally:
        leaving.cancel()
        if not working.done():
            working.cancel()
            await asyncio.wait({working})


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
