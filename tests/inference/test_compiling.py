"""The promise: a schema that takes seconds to compile holds up nobody else, and many of them do not fill the memory."""

import asyncio
import json
import time
from contextlib import aclosing
from pathlib import Path

import pytest
from tests.inference.asking import ask, written

from publius.errors import EngineUnavailable, QueueFull
from publius.inference import process
from publius.inference.catalog import CatalogModel
from publius.inference.embedded import EmbeddedEngine
from publius.inference.engine import Finish, Request
from publius.types import Form

pytestmark = [pytest.mark.model, pytest.mark.slow]

BOMBS = [
    {"type": "string", "maxLength": 80},
    {"type": "object", "properties": {f"k{n}": {"enum": [f"{n} {m}" for m in range(40)]} for n in range(60)}},
]


def held(schema: object, agency: int = 2) -> Request:
    return ask("Write some JSON.", agency=agency, max_tokens=4, form=Form(schema=json.dumps(schema)))


async def test_others_are_written_to_while_schemas_are_compiled(llama: EmbeddedEngine) -> None:
    async with aclosing(llama.generate(ask(max_tokens=3000))) as stream:
        await anext(stream)
        through = 0
        for bomb in BOMBS:
            bombs = asyncio.create_task(written(llama, held(bomb)))
            tokens = 0
            while not bombs.done():
                item = await anext(stream)
                assert not isinstance(item, Finish)
                tokens += item.tokens
            assert (await bombs)[0], "what was asked for is written too"
            through += tokens
        assert through > 30, "compilations in steps would have let two or three tokens through each"


async def test_an_agency_that_sends_many_schemas_is_bounded(llama: EmbeddedEngine) -> None:
    many = [held({"type": "string", "maxLength": n}) for n in range(20, 50)]
    asking = [asyncio.create_task(written(llama, request)) for request in many]
    with pytest.raises(QueueFull, match="waiting to be compiled"):
        await asking[-1]
    assert (await written(llama, ask(agency=3)))[0]
    assert (await written(llama, held({"type": "boolean"}, agency=3)))[0] in ("true", "false"), "its turn is the next"
    assert not asking[0].cancelled() and sum(not task.done() for task in asking), "before the flood is over"
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)


@pytest.mark.alone
async def test_the_time_does_not_tell_what_schemas_another_agency_uses(llama: EmbeddedEngine) -> None:
    async def took(agency: int) -> float:
        begun = time.monotonic()
        await written(llama, held({"type": "string", "maxLength": 55}, agency))
        return time.monotonic() - begun

    first, another = await took(2), await took(3)
    again = min([await took(2) for _ in range(3)])
    assert again < first / 1.5 and again < another / 1.5, (first, again, another)


async def test_an_engine_that_keeps_too_much_refuses_by_name_and_starts_anew(
    fresh_home: Path, small: CatalogModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "WORKER", "tests.inference.forgetful_worker")
    engine = EmbeddedEngine(small, fresh_home, 0.2)
    await engine.start()
    first = engine.pid
    async with aclosing(engine.generate(ask(max_tokens=3000))) as stream:
        await anext(stream)
        assert (await written(engine, held({"type": "boolean"})))[0] in ("true", "false")
        assert (await written(engine, held({"type": "boolean"})))[0], "what is compiled stays"
        with pytest.raises(EngineUnavailable, match="as many different schemas"):
            await written(engine, held({"type": "null"}))
        assert engine.pid == first, "not while somebody is answered"
    async with asyncio.timeout(60):
        while engine.pid in (first, None):
            await asyncio.sleep(0.05)
    assert (await written(engine, held({"type": "null"})))[0] == "null"
    await engine.stop()
