"""vLLM's real server as the engine, with the small Llama: run where `python -m bench.vllm` has installed it."""

import asyncio
import json
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import aiohttp
import jsonschema
import pytest
from bench.llamacpp import NAME, Serving
from bench.peers import PeerMissing
from bench.vllm import vllm_server
from tests.inference.upstream.real import TEMPLATE, ask, written

from publius.errors import EngineLost, EngineUnavailable, PromptTooLong
from publius.inference.upstream import UpstreamEngine
from publius.types import Form, Tool

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(600)]
CALLING = Tool(
    name="read_meter",
    description="The reading of a water meter.",
    strict=True,
    parameters={
        "type": "object",
        "properties": {"street": {"type": "string"}, "number": {"type": "integer"}},
        "required": ["street", "number"],
        "additionalProperties": False,
    },
)


@pytest.fixture(scope="module")
def serving(gguf: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    try:
        with vllm_server(gguf, tmp_path_factory.mktemp("vllm"), context=2048, template=TEMPLATE) as started:
            yield started
    except PeerMissing as error:
        pytest.skip(str(error))


@pytest.fixture
async def engine(serving: Serving) -> AsyncIterator[UpstreamEngine]:
    engine = UpstreamEngine(serving.url, NAME)
    await engine.start()
    yield engine
    await engine.stop()


async def running(url: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(f"{url}/metrics") as response:
        return sum(
            int(float(n)) for n in re.findall(r"^vllm:num_requests_running\S* (\S+)$", await response.text(), re.M)
        )


async def test_it_answers_piece_by_piece_and_says_its_context(engine: UpstreamEngine) -> None:
    text, pieces, finish = await written(engine, ask("What is the capital of France?", max_tokens=20))
    assert len(pieces) > 3
    assert text.strip()
    assert finish.usage.completion_tokens <= 20
    assert finish.usage.prompt_tokens > 10
    assert engine.context == 2048
    assert (await engine.health()).ready


async def test_tokens_are_counted_by_its_own_tokenizer(engine: UpstreamEngine) -> None:
    [one, two, marked] = await engine.count(["water", "water " * 50, "<|im_end|>"])
    assert one == 1
    assert 50 <= two <= 52
    assert marked > 1, "a spelled control token counts as the text that it is"


async def test_stop_seed_and_log_probabilities_hold(engine: UpstreamEngine) -> None:
    whole, pieces, finish = await written(engine, ask(form=Form(logprobs=True)))
    assert finish.reason == "length"
    told = [one for piece in pieces for one in piece.logprobs]
    assert b"".join(one.token for one in told).decode(errors="ignore").startswith(whole[:20])
    assert all(one.logprob <= 0 for one in told)
    word = whole.split()[3]
    text, _, finish = await written(engine, ask(stop=(word,)))
    assert text == whole[: whole.index(word)]
    assert finish.reason == "stop"
    one, same, other = [
        (await written(engine, ask(seed=seed, temperature=1.0, top_p=0.95)))[0] for seed in (7, 7, 2**40 + 8)
    ]
    assert one == same != other


async def test_an_answer_is_of_the_schema(engine: UpstreamEngine) -> None:
    form = Form(schema=json.dumps(dict(CALLING.parameters)))
    text, _, _ = await written(engine, ask("Which meter is at 5 Mill Street?", max_tokens=200, form=form))
    jsonschema.validate(json.loads(text), dict(CALLING.parameters))


async def test_a_tool_that_must_be_called_is_called_with_arguments_of_its_schema(engine: UpstreamEngine) -> None:
    form = Form(tools=(CALLING,), tool_choice="read_meter")
    _, pieces, finish = await written(engine, ask("Read the meter at 5 Mill Street.", max_tokens=200, form=form))
    [call, *_] = [call for piece in pieces for call in piece.calls]
    assert finish.reason == "tool_calls"
    assert call.name == "read_meter"
    jsonschema.validate(json.loads(call.arguments), dict(CALLING.parameters))


async def test_its_cache_is_walled_by_the_salt(engine: UpstreamEngine) -> None:
    """vLLM tells no cached tokens unless it is asked to; what it counts over all requests tells the same."""

    async def hits() -> float:
        async with aiohttp.ClientSession() as session, session.get(f"{serving_url}/metrics") as response:
            found = re.findall(r"^vllm:prefix_cache_hits_total\S* (\S+)$", await response.text(), re.M)
        return sum(map(float, found))

    serving_url = engine._root
    text = "The water office reads each meter on the first Monday of the month. " * 20
    counted = []
    for salt in (b"a", b"a", b"b"):
        before = await hits()
        await written(engine, ask(text, max_tokens=1, salt=salt * 32))
        counted.append(await hits() - before)
    cold, own, others = counted
    assert cold == 0
    assert own > 200
    assert others == 0


async def test_hanging_up_frees_its_place(engine: UpstreamEngine, serving: Serving) -> None:
    async with aclosing(engine.generate(ask(max_tokens=1500))) as stream:
        await anext(stream)
    async with asyncio.timeout(10):
        while await running(serving.url):
            await asyncio.sleep(0.05)


async def test_too_long_a_prompt_is_the_callers_error(engine: UpstreamEngine) -> None:
    with pytest.raises(PromptTooLong):
        await written(engine, ask("word " * 3000))
    assert (await written(engine, ask(max_tokens=2)))[0]


async def test_killed_in_mid_answer_it_says_so_and_then_that_it_is_away(
    engine: UpstreamEngine, serving: Serving
) -> None:
    """The last of this module: it ends the server that the others use."""
    async with aclosing(engine.generate(ask(max_tokens=1500))) as stream:
        await anext(stream)
        os.killpg(serving.process.pid, signal.SIGKILL)
        with pytest.raises(EngineLost):
            async for _ in stream:
                pass
    begun = time.monotonic()
    with pytest.raises(EngineUnavailable):
        await written(engine, ask())
    assert time.monotonic() - begun < 5
    assert not (await engine.health()).ready
