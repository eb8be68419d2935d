"""What tests of an engine do with it: ask, and read the whole answer."""

from contextlib import aclosing

from publius.inference.engine import Engine, Finish, Request
from publius.types import Message


def ask(text: str = "Count from one to one hundred in words.", **changes: object) -> Request:
    """A request with one message of the user; `changes` are of its fields."""
    values = {
        "messages": (Message("user", text),),
        "salt": b"salt",
        "max_tokens": 16,
        "agency": 1,
        "user": "me",
    } | changes
    return Request(**values)  # type: ignore[arg-type]


async def written(engine: Engine, request: Request) -> tuple[str, Finish]:
    """The whole text of an answer, and how it ended."""
    text = ""
    async with aclosing(engine.generate(request)) as stream:
        async for item in stream:
            if isinstance(item, Finish):
                return text, item
            text += item.text
    raise AssertionError("no Finish")
