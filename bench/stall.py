"""How long running streams stand still while a long prompt is read: gaps between their tokens, and llama.cpp's."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from itertools import pairwise
from statistics import median, quantiles
from typing import Any

import aiohttp
import msgspec

from bench.building import fresh_home
from bench.llamacpp import llama_server
from bench.report import Report, Target
from publius.inference import weights
from publius.inference.catalog import read_catalog
from publius.inference.embedded import EmbeddedEngine
from publius.inference.engine import Piece, Request
from publius.types import Message

STREAMS = 8
PROMPT = 4000  # tokens
ROUNDS = 4
BEFORE = 2.0  # seconds in which the streams run alone
CONTEXT = 6000
WORDS = ("the", "law", "of", "a", "river", "and", "its", "people", "in", "every", "book", "that", "we", "read")

Write = Callable[[str, int], AsyncIterator[None]]  # a prompt and a number of tokens; gives once a token


class Gaps(msgspec.Struct):
    """Seconds between the tokens of running streams: alone, and while the prompt was read."""

    alone: list[float] = msgspec.field(default_factory=list)
    beside: list[float] = msgspec.field(default_factory=list)
    worst: list[float] = msgspec.field(default_factory=list)  # of each round
    first: list[float] = msgspec.field(default_factory=list)  # seconds to the long prompt's own first token

    def figures(self) -> dict[str, Any]:
        return {
            "alone, median ms": median(self.alone) * 1000,
            "beside the prompt, median ms": median(self.beside) * 1000,
            "beside the prompt, p99 ms": quantiles(self.beside, n=100)[98] * 1000,
            "worst gap, ms": max(self.worst) * 1000,
            "worst gap, median of rounds, ms": median(self.worst) * 1000,
            "first token of the prompt, median s": median(self.first),
        }


def measure() -> Report:
    """Both programs, with the same weights, in turn."""
    return asyncio.run(_measure())


async def _measure() -> Report:
    ours, theirs = Gaps(), Gaps()
    with fresh_home() as settings:
        model = read_catalog(settings.catalog).model(settings.model)
        file = weights.folder(settings.home / "models", model) / model.files[0].name
        engine = EmbeddedEngine(model, settings.home, settings.engine_cache_gb)
        await engine.start()
        try:
            with llama_server(file, context=CONTEXT, parallel=STREAMS + 1) as server:
                async with aiohttp.ClientSession(server.url, timeout=aiohttp.ClientTimeout(None)) as session:
                    for number in range(ROUNDS):
                        prompt = await _prompt(engine, number)
                        await _round(_ours(engine), prompt, ours)
                        await _round(_theirs(session), prompt, theirs)
        finally:
            await engine.stop()
    peer = theirs.figures()
    reached = ours.figures()
    return Report(
        "stall",
        reached,
        {"llama.cpp": peer},
        {"llama.cpp's worst gap to ours": peer["worst gap, ms"] / reached["worst gap, ms"]},
        {"worst gap between tokens": Target(reached["worst gap, ms"], 300, "ms")},
    )


async def _round(write: Write, prompt: str, gaps: Gaps) -> None:
    """Streams alone for a while, then beside the prompt until its first token."""
    arrivals: list[list[float]] = [[] for _ in range(STREAMS)]
    streams = [asyncio.create_task(_keep_running(write, n, arrivals[n])) for n in range(STREAMS)]
    while min(len(each) for each in arrivals) < 8:  # all of them have begun
        await asyncio.sleep(0.01)
        if broken := next((each for each in streams if each.done()), None):
            broken.result()
    begun = time.perf_counter()
    await asyncio.sleep(BEFORE)
    sent = time.perf_counter()
    async for _ in write(prompt, 1):
        pass
    read = time.perf_counter()
    await asyncio.sleep(0.5)  # the last gap ends with the next token
    for each in streams:
        each.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
    alone, beside = _between(arrivals, begun, sent), _between(arrivals, sent, read)
    gaps.alone += alone
    gaps.beside += beside
    gaps.worst.append(max(beside))
    gaps.first.append(read - sent)


def _between(arrivals: Sequence[Sequence[float]], start: float, end: float) -> list[float]:
    """Gaps that overlap this time; 0 marks that a stream began anew."""
    pairs = [(a, b) for each in arrivals for a, b in pairwise(each) if a and b]
    return [b - a for a, b in pairs if b > start and a < end]


async def _keep_running(write: Write, number: int, arrivals: list[float]) -> None:
    while True:
        arrivals.append(0.0)
        async for _ in write(f"Story {number}: write a long story about a lighthouse and its keeper.", 1000):
            arrivals.append(time.perf_counter())


async def _prompt(engine: EmbeddedEngine, seed: int) -> str:
    """Words that no cache holds yet, as many as make the prompt's length."""
    draw = random.Random(seed)
    words = [draw.choice(WORDS) for _ in range(2 * PROMPT)]
    [tokens] = await engine.count([" ".join(words)])
    return " ".join(words[: len(words) * PROMPT // tokens])


def _ours(engine: EmbeddedEngine) -> Write:
    async def write(prompt: str, most: int) -> AsyncIterator[None]:
        message = Message("user", prompt)
        request = Request(messages=(message,), salt=b"bench", max_tokens=most, agency=1, user="bench")
        async with aclosing(engine.generate(request)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Piece):
                    yield

    return write


def _theirs(session: aiohttp.ClientSession) -> Write:
    async def write(prompt: str, most: int) -> AsyncIterator[None]:
        body = {"messages": [{"role": "user", "content": prompt}], "max_tokens": most, "stream": True, "temperature": 0}
        async with session.post("/v1/chat/completions", json=body) as response:
            response.raise_for_status()
            async for line in response.content:
                if line.startswith(b"data: {"):
                    yield

    return write
