"""Both sides of a measurement: Publius's engine over its socket, as shipped, and llama.cpp's server over HTTP."""

import asyncio
import json
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp

from bench.generating import shape
from bench.llamacpp import llama_server
from bench.peers import ROOT
from publius.inference import weights
from publius.inference.catalog import CatalogModel, WeightsFile, read_catalog
from publius.inference.embedded import EmbeddedEngine
from publius.inference.engine import Finish, Request
from publius.settings import read
from publius.types import Message

SMALL = "smollm2-135m"
LARGER = "llama-3.2-1b-shape"
PARAMETERS = {SMALL: 134.5e6, LARGER: 1235.8e6}  # What one token is multiplied with, the output layer included.
_KEPT = ROOT / ".setup" / "bench"
_SPARE = 128  # Tokens for the template and the salt.


class Timing(NamedTuple):
    """One answer: seconds to its first token and to its last, tokens read and written, and its text."""

    first: float
    whole: float
    read: int
    written: int
    text: str

    @property
    def rate(self) -> float:
        """Tokens a second after the first."""
        return (self.written - 1) / (self.whole - self.first) if self.whole > self.first else float("nan")


Ask = Callable[[Sequence[Message], int], Awaitable[Timing]]


async def model(name: str) -> tuple[CatalogModel, Path]:
    """A model and the folder `models` that holds it; the larger one is written on first use and kept."""
    usual, store = read_catalog().model(SMALL), read().home / "models"
    weights.fetch(store, usual)
    if name == SMALL:
        return usual, store
    path = _KEPT / name / "model.gguf"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as work:
            made = Path(work) / path.name
            await asyncio.to_thread(shape.write, made, store / SMALL / "model.gguf")
            shutil.move(made, path)
    digest = await asyncio.to_thread(weights.digest, path)
    file = WeightsFile(path.name, f"file:{path}", digest, path.stat().st_size)
    larger = CatalogModel(
        name=name,
        kind="chat",
        licence="none",
        origin="random",
        context=shape.CONTEXT,
        template="chatml",
        files=(file,),
    )
    return larger, _KEPT


@asynccontextmanager
async def ours(name: str, cache_gb: float) -> AsyncIterator[Ask]:
    """Our engine in a home of its own. What it makes of the weights is kept beside them."""
    chosen, models = await model(name)
    with tempfile.TemporaryDirectory(prefix="publius-bench-") as home:
        (Path(home) / "models").symlink_to(models)
        engine = EmbeddedEngine(chosen, Path(home), cache_gb)
        await engine.start()

        async def ask(messages: Sequence[Message], most: int) -> Timing:
            return await _ours(engine, messages, most)

        try:
            yield ask
        finally:
            await engine.stop()


async def _ours(engine: EmbeddedEngine, messages: Sequence[Message], most: int) -> Timing:
    request = Request(messages=tuple(messages), salt=b"bench", max_tokens=most, agency=1, user="bench")
    begun, first, text = time.perf_counter(), 0.0, ""
    async with aclosing(engine.generate(request)) as stream:
        async for item in stream:
            now = time.perf_counter() - begun
            if isinstance(item, Finish):
                return Timing(first, now, item.usage.prompt_tokens, item.usage.completion_tokens, text)
            first, text = first or now, text + item.text
    raise AssertionError("A stream ends with a Finish.")


@asynccontextmanager
async def theirs(name: str, together: int, tokens: int) -> AsyncIterator[Ask]:
    """llama.cpp's server with a slot for each of `together` requests of `tokens` tokens, its caching of prompts on."""
    chosen, models = await model(name)
    path = weights.folder(models, chosen) / chosen.files[0].name
    with llama_server(path, context=tokens + _SPARE, parallel=together, threads=os.cpu_count() or 1) as peer:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=600)) as session:

            async def ask(messages: Sequence[Message], most: int) -> Timing:
                return await _theirs(session, f"{peer.url.rstrip('/')}/completion", messages, most)

            yield ask


async def _theirs(session: aiohttp.ClientSession, url: str, messages: Sequence[Message], most: int) -> Timing:
    prompt = "".join(f"<|im_start|>{each.role}\n{each.content}<|im_end|>\n" for each in messages)
    prompt += "<|im_start|>assistant\n"
    body = {"prompt": prompt, "n_predict": most, "temperature": 0, "stream": True, "cache_prompt": True}
    begun, first, text = time.perf_counter(), 0.0, ""
    async with session.post(url, json=body) as response:
        response.raise_for_status()
        async for line in response.content:
            if not line.startswith(b"data:"):
                continue
            now = time.perf_counter() - begun
            event = json.loads(line[5:])
            first, text = first or now, text + event["content"]
            if event["stop"]:
                return Timing(first, now, event["tokens_evaluated"], event["tokens_predicted"], text)
    raise AssertionError("A stream ends with its last event.")
