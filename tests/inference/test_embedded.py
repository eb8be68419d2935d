"""The real small Llama in its own process: it answers, it is shared safely, and it comes back when it is killed."""

import asyncio
import hashlib
import os
import signal
import sys
import time
from contextlib import aclosing
from pathlib import Path

import msgspec
import pytest
from tests.inference.asking import ask, written

from publius.errors import (
    DigestMismatch,
    EngineFailed,
    EngineLost,
    EngineUnavailable,
    InvalidRequest,
    PromptTooLong,
    WeightsMissing,
)
from publius.inference.catalog import CatalogModel, WeightsFile
from publius.inference.embedded import EmbeddedEngine
from publius.inference.engine import Request
from publius.inference.suspects import Suspects, fingerprint, suspects_file
from publius.types import Message

pytestmark = pytest.mark.model


async def test_who_is_answered_loses_the_mark_of_an_earlier_death(llama: EmbeddedEngine, engine_home: Path) -> None:
    request = ask("What is the capital of Spain?")
    marks = Suspects(suspects_file(engine_home))
    marks.died("an earlier engine", [fingerprint(request)])
    await written(llama, request)  # reads as the rooms do: no further than the end of the answer
    assert fingerprint(request) not in marks.all()


async def test_it_answers_and_counts_its_tokens(llama: EmbeddedEngine) -> None:
    text, finish = await written(llama, ask("What is the capital of France?", max_tokens=40))
    assert "Paris" in text
    assert finish.reason == "stop"
    assert 0 < finish.usage.completion_tokens <= 40
    assert finish.usage.prompt_tokens > 10
    assert (await llama.health()).ready


async def test_greedy_answers_are_the_same_cold_and_cached(llama: EmbeddedEngine) -> None:
    request = ask("Write two sentences about water. " + "It is wet. " * 100, max_tokens=48)
    cold, first = await written(llama, request)
    cached, again = await written(llama, request)
    assert cached == cold
    assert first.usage.cached_tokens == 0 and again.usage.cached_tokens >= again.usage.prompt_tokens - 32


async def test_max_tokens_stop_and_seed_hold(llama: EmbeddedEngine) -> None:
    text, finish = await written(llama, ask(max_tokens=5))
    assert (finish.reason, finish.usage.completion_tokens) == ("length", 5)
    whole, _ = await written(llama, ask(max_tokens=24))
    word = whole.split()[3]
    text, finish = await written(llama, ask(max_tokens=24, stop=(word,)))
    assert finish.reason == "stop"
    assert text == whole[: whole.index(word)]
    warm = {"max_tokens": 24, "temperature": 1.0, "top_p": 0.95}
    one, same, other = [(await written(llama, ask(seed=seed, **warm)))[0] for seed in (7, 7, 8)]
    assert one == same != other


async def test_a_prompt_longer_than_the_context_is_refused_and_nothing_else_suffers(llama: EmbeddedEngine) -> None:
    with pytest.raises(PromptTooLong, match="the model reads"):
        await written(llama, ask("word " * 9000))
    assert (await written(llama, ask()))[0]


async def test_a_refusal_of_the_engine_names_the_field_and_what_to_do(llama: EmbeddedEngine) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await written(llama, ask(max_tokens=0))
    assert refused.value.param == "max_tokens"
    with pytest.raises(InvalidRequest) as refused:
        await written(llama, ask(messages=(), prompt=""))
    assert refused.value.next_step == "Send some text that the answer goes on from."


# No model says these by itself, and a model of any size goes on copying a word that stands before it four times.
WORDS = [
    "kumquat",
    "obsidian",
    "walrus",
    "trombone",
    "lighthouse",
    "saffron",
    "glacier",
    "porcupine",
    "velvet",
    "harpoon",
    "marzipan",
    "zeppelin",
    "papyrus",
    "gondola",
    "tadpole",
    "chisel",
]


def copying(word: str) -> Request:
    shot = (Message("user", word), Message("assistant", f"{word} {word} {word} {word}"))
    return msgspec.structs.replace(ask(), messages=(*shot, *shot, *shot, Message("user", word)))


def each_its_own(answers: list[str]) -> None:
    """No answer holds another's word; and three of four hold their own, whichever way this processor rounds."""
    for word, text in zip(WORDS, answers, strict=True):
        assert not [other for other in WORDS if other != word and other in text.lower()], (word, text)
    own = [word for word, text in zip(WORDS, answers, strict=True) if word in text.lower()]
    assert len(own) >= 12, answers


async def test_many_at_once_each_get_their_own_answer(llama: EmbeddedEngine) -> None:
    answers = await asyncio.gather(*(written(llama, copying(word)) for word in WORDS))
    each_its_own([text for text, _ in answers])


async def test_two_clients_see_only_their_own(llama: EmbeddedEngine, engine_home: Path, small: CatalogModel) -> None:
    other = EmbeddedEngine(small, engine_home, 0.3)
    await other.start()
    try:
        assert other.pid == llama.pid
        # Both clients count their requests from one, so that the same number stands for two requests.
        answers = await asyncio.gather(
            *(written((llama, other)[number % 2], copying(word)) for number, word in enumerate(WORDS))
        )
        each_its_own([text for text, _ in answers])
    finally:
        await other.stop()
    assert (await llama.health()).ready, "an attached client's stop must not stop the engine"


async def test_closing_a_stream_frees_its_place_at_once(llama: EmbeddedEngine) -> None:
    async with aclosing(llama.generate(ask(max_tokens=4000))) as stream:
        await anext(stream)
    assert (await llama.health()).running == 0


async def test_a_client_that_goes_has_its_generations_cancelled(
    llama: EmbeddedEngine, engine_home: Path, small: CatalogModel
) -> None:
    other = EmbeddedEngine(small, engine_home, 0.3)
    await other.start()
    stream = other.generate(ask(max_tokens=4000))
    await anext(stream)
    assert (await llama.health()).running == 1
    await other.stop()
    await asyncio.sleep(0.3)
    assert (await llama.health()).running == 0
    with pytest.raises(EngineFailed):
        async for _ in stream:
            pass


async def test_killed_while_streaming_it_says_so_and_comes_back(fresh_home: Path, small: CatalogModel) -> None:
    engine = EmbeddedEngine(small, fresh_home, 0.2)
    await engine.start()
    try:
        first = engine.pid
        assert first
        async with aclosing(engine.generate(ask(max_tokens=4000))) as stream:
            await anext(stream)
            os.kill(first, signal.SIGKILL)
            with pytest.raises(EngineFailed, match="mid-answer"):
                async for _ in stream:
                    pass
        text, _ = await written(engine, ask("What is the capital of France?", max_tokens=40))
        assert "Paris" in text
        assert engine.pid != first
    finally:
        await engine.stop()
    assert not Path(f"/proc/{first}").exists()


async def test_two_starters_share_one_engine(fresh_home: Path, small: CatalogModel) -> None:
    one, two = EmbeddedEngine(small, fresh_home, 0.2), EmbeddedEngine(small, fresh_home, 0.2)
    await asyncio.gather(one.start(), two.start())
    assert one.pid == two.pid
    pid = one.pid
    await asyncio.gather(one.stop(), two.stop())
    assert not Path(f"/proc/{pid}").exists()
    assert not list((fresh_home / "run").glob("*.sock"))


async def test_when_the_starter_goes_the_other_one_starts_its_own(fresh_home: Path, small: CatalogModel) -> None:
    one, two = EmbeddedEngine(small, fresh_home, 0.2), EmbeddedEngine(small, fresh_home, 0.2)
    await one.start()
    await two.start()
    await one.stop()
    try:
        assert (await written(two, ask()))[0]
    finally:
        await two.stop()


async def test_an_engine_of_another_model_is_not_used(
    llama: EmbeddedEngine, engine_home: Path, small: CatalogModel
) -> None:
    data = b"other weights"
    (engine_home / "models" / "other").mkdir()
    (engine_home / "models" / "other" / "model.gguf").write_bytes(data)
    file = WeightsFile("model.gguf", "file:/x", hashlib.sha256(data).hexdigest(), len(data))
    other = msgspec.structs.replace(small, name="other", files=(file,))
    with pytest.raises(EngineUnavailable, match="runs smollm2-135m, not other"):
        await EmbeddedEngine(other, engine_home, 0.2).start()


async def test_weights_that_are_missing_or_altered_never_start(small: CatalogModel, tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing):
        await EmbeddedEngine(small, tmp_path, 0.2).start()
    (tmp_path / "models" / small.name).mkdir(parents=True)
    (tmp_path / "models" / small.name / "model.gguf").write_bytes(b"GGUF")
    with pytest.raises(DigestMismatch):
        await EmbeddedEngine(small, tmp_path, 0.2).start()


async def test_the_engine_dies_with_the_process_that_started_it(fresh_home: Path) -> None:
    script = (
        "import asyncio, sys\nfrom pathlib import Path\n"
        "from publius.inference.catalog import read_catalog\nfrom publius.inference.embedded import EmbeddedEngine\n"
        "async def main():\n"
        f"    engine = EmbeddedEngine(read_catalog().model('smollm2-135m'), Path({str(fresh_home)!r}), 0.2)\n"
        "    await engine.start()\n    print(engine.pid, flush=True)\n    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout
    pid = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


async def test_its_load_is_what_it_does_and_a_death_is_counted(fresh_home: Path, small: CatalogModel) -> None:
    engine = EmbeddedEngine(small, fresh_home, 0.05)
    await engine.start()
    try:
        assert (await engine.load()).restarts == 0
        async with aclosing(engine.generate(ask("Count to a hundred.", agency=7))) as stream:
            await anext(stream)
            load = await engine.load()
            assert load.running == {7: 1} and not sum((load.waiting or {}).values())
            assert load.read_tokens and load.written_tokens and load.waited and sum(load.waited.counts) == 1
            assert load.cache_used and 0 < load.cache_used <= 1
            assert load.cache_bytes and load.cache_bytes <= 0.1e9
            assert load.memory and load.memory > 50 << 20
            assert engine.pid
            os.kill(engine.pid, signal.SIGKILL)
            with pytest.raises(EngineLost):
                async for _ in stream:
                    pass
        await written(engine, ask(max_tokens=3))
        again = await engine.load()
        assert again.restarts == 1 and again.written_tokens and again.written_tokens <= 3
    finally:
        await engine.stop()
