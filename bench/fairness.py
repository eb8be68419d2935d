"""A quiet agency beside one that floods: its time to first token alone, in our queue, and first come first served.

The three are interleaved, round by round, on two engine processes that differ in their queue alone. Also measured:
a step of the engine, as the gap between two tokens of the flood's own answers.
"""

import asyncio
import random
import subprocess
import sys
import tempfile
import time
from contextlib import aclosing, suppress
from pathlib import Path
from statistics import median, quantiles

import msgspec

from bench.report import Report, Target
from publius.inference import weights, worker
from publius.inference.batch import Batch
from publius.inference.catalog import read_catalog
from publius.inference.connection import Connection
from publius.inference.engine import Piece, Request
from publius.inference.fairness import FairQueue, Ticket
from publius.inference.schedule import Entry, Schedule
from publius.inference.worker_config import WorkerConfig
from publius.settings import read
from publius.types import Message

FLOOD, ROUNDS, ASKED = 50, 2, 13
PROMPT = 60  # words: a quiet agency asks for less than its share of the engine, also on two old cores
QUIET_ANSWER, LOUD_ANSWER = 8, 32  # tokens
QUIET, LOUD = 1, 2
_WORDS = ("water", "office", "permit", "filing", "budget", "review", "letter", "record", "public", "notice")


class FirstCome(FairQueue[Entry]):
    """The discipline to compare with: who came first, whoever it is."""

    def next(self) -> Ticket[Entry] | None:
        return min(self, key=lambda ticket: ticket.item.arrived, default=None)


def measure() -> Report:
    """Start both engines, then alternate."""
    return asyncio.run(_measure())


async def _measure() -> Report:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="publius-bench-") as folder:
        engines = {kind: _start(Path(folder), kind) for kind in ("fair", "first-come")}
        try:
            lines = {kind: await _connect(Path(folder) / f"{kind}.sock") for kind in engines}
            alone: list[float] = []
            beside: dict[str, list[float]] = {kind: [] for kind in lines}
            steps: list[float] = []
            for _ in range(ROUNDS):
                alone += await _quiet(lines["fair"])
                for kind, line in lines.items():
                    beside[kind] += await _beside(line, steps if kind == "fair" else [])
            for line in lines.values():
                await line.close()
        finally:
            for process in engines.values():
                process.terminate()
                process.wait(20)
    return _report(alone, beside, steps, time.monotonic() - begun)


def _report(alone: list[float], beside: dict[str, list[float]], steps: list[float], took: float) -> Report:
    fair, first = _p95(beside["fair"]), _p95(beside["first-come"])
    wanted = 1.5 * _p95(alone) + median(steps)
    ours = {
        "alone, median s": median(alone),
        "alone, p95 s": _p95(alone),
        "beside a flood, median s": median(beside["fair"]),
        "beside a flood, p95 s": fair,
        "a step, median s": median(steps),
        "a step, p95 s": _p95(steps),
        "questions": len(alone),
        "the benchmark took, s": took,
    }
    peers = {"first come, first served": {"beside a flood, median s": median(beside["first-come"]), "p95 s": first}}
    targets = {"the quiet agency's p95 beside a flood": Target(fair, wanted, "s")}
    return Report("fairness", ours, peers, {"first come, first served takes": first / fair}, targets)


async def _quiet(line: Connection) -> list[float]:
    """Seconds to the first token of questions that begin a second apart."""

    async def one(wait: float) -> float:
        await asyncio.sleep(wait)
        return await _first(line, QUIET, QUIET_ANSWER)

    return list(await asyncio.gather(*(one(float(second)) for second in range(ASKED))))


async def _beside(line: Connection, steps: list[float]) -> list[float]:
    """The same while the other agency always has 50 under way."""
    over = asyncio.Event()

    async def flood() -> None:
        while not over.is_set():
            await _first(line, LOUD, LOUD_ANSWER, steps)

    floods = [asyncio.create_task(flood()) for _ in range(FLOOD)]
    await asyncio.sleep(1)
    seconds = await _quiet(line)
    over.set()
    for task in floods:
        task.cancel()
    await asyncio.gather(*floods, return_exceptions=True)
    await asyncio.sleep(1)
    return seconds


async def _first(line: Connection, agency: int, tokens: int, gaps: list[float] | None = None) -> float:
    """Seconds to the first token of one request, which is carried on to its end."""
    text = " ".join(random.choices(_WORDS, k=PROMPT))
    request = Request(
        messages=(Message("user", text),), salt=b"%d" % agency, max_tokens=tokens, agency=agency, user="bench"
    )
    begun = last = time.perf_counter()
    first = 0.0
    async with aclosing(line.generate(request)) as pieces:
        async for piece in pieces:
            if not isinstance(piece, Piece):
                continue
            now = time.perf_counter()
            if first and gaps is not None:
                gaps.append(now - last)
            first, last = first or now - begun, now
    return first


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1]


def _start(folder: Path, kind: str) -> "subprocess.Popen[bytes]":
    settings = read()
    model = read_catalog(settings.catalog).model("smollm2-135m")
    config = WorkerConfig(
        name=model.name,
        weights=str(weights.fetch(settings.home / "models", model) / model.files[0].name),
        sha256=model.weights,
        template=model.template or "",
        context=model.context,
        cache_gb=0.6,
        socket=str(folder / f"{kind}.sock"),
        patience=120.0,
    )
    command = [sys.executable, "-m", "bench.fairness", msgspec.json.encode(config).decode(), kind]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


async def _connect(socket: Path) -> Connection:
    async with asyncio.timeout(120):
        while True:
            with suppress(OSError):
                if line := await Connection.open(socket):
                    return line
            await asyncio.sleep(0.1)


def _serve(config: WorkerConfig, kind: str) -> None:
    batch = Batch(Path(config.weights), config.sha256, config.template, config.context, config.cache_gb)
    queue = FirstCome() if kind == "first-come" else None
    asyncio.run(worker.serve(config, batch, Schedule(batch, config.limits, queue=queue)))


if __name__ == "__main__":
    _serve(msgspec.json.decode(sys.argv[1], type=WorkerConfig), sys.argv[2])
