"""The echo engine is an engine like any other, without a model."""

from contextlib import aclosing

import pytest

from publius.errors import PromptTooLong
from publius.inference.echo import EchoEngine
from publius.inference.engine import Finish, Piece, Request
from publius.inference.prompts import grounded
from publius.types import Message


def request(text: str = "one two three", **changes: object) -> Request:
    values = {"messages": (Message("user", text),), "salt": b"", "max_tokens": 100, "agency": 1, "user": "me"} | changes
    return Request(**values)  # type: ignore[arg-type]


async def written(engine: EchoEngine, asked: Request) -> tuple[str, Finish]:
    items = [item async for item in engine.generate(asked)]
    assert isinstance(items[-1], Finish)
    return "".join(item.text for item in items if isinstance(item, Piece)), items[-1]


async def test_it_streams_word_by_word_and_counts() -> None:
    text, finish = await written(EchoEngine(), request())
    assert text == "You said: one two three"
    assert (finish.reason, finish.usage.prompt_tokens, finish.usage.completion_tokens) == ("stop", 3, 5)


async def test_a_grounded_prompt_gives_the_sentence_nearest_to_the_question() -> None:
    blocks = ["[1] Leave > Sick\nHeads may grant leave. Sick leave is 104 hours a year.", "[2] Pay\nPay is monthly."]
    messages = grounded(blocks, (), "How many hours of sick leave are there?")
    text, _ = await written(EchoEngine(), request(messages=messages))
    assert text.startswith("Sick leave is 104 hours a year.")
    assert "[1]" not in text


async def test_limits_and_stop_strings_hold() -> None:
    text, finish = await written(EchoEngine(), request(max_tokens=2))
    assert (text, finish.reason) == ("You said: ", "length")
    text, finish = await written(EchoEngine(), request(stop=(" two",)))
    assert (text, finish.reason) == ("You said: one", "stop")
    with pytest.raises(PromptTooLong):
        await written(EchoEngine(context=3), request())


async def test_a_script_decides_what_is_written_and_closing_ends_it() -> None:
    engine = EchoEngine(lambda asked: asked.messages[0].content.upper() * 100)
    async with aclosing(engine.generate(request("abc "))) as stream:
        assert await anext(stream) == Piece("ABC ", 1)
        assert (await engine.health()).running == 1
    assert (await engine.health()).running == 0
