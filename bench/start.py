"""Starting: seconds from the beginning of a process to Llama's first token, once what is kept has been made."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from bench.building import fresh_home
from bench.report import Report, Target

ROUNDS = 5
# As a command does it: read the settings, verify the weights, start the engine, ask.
_PROGRAM = """
import asyncio
from contextlib import aclosing
from publius.inference.catalog import read_catalog
from publius.inference.embedded import EmbeddedEngine
from publius.inference.engine import Request
from publius.settings import read
from publius.types import Message

async def main():
    settings = read()
    model = read_catalog(settings.catalog).model(settings.model)
    engine = EmbeddedEngine(model, settings.home, settings.engine_cache_gb)
    await engine.start()
    print("ready", flush=True)
    words = (Message("user", "What is the capital of France?"),)
    request = Request(messages=words, salt=b"bench", max_tokens=8, agency=1, user="bench")
    async with aclosing(engine.generate(request)) as stream:
        await anext(stream)
        print("first", flush=True)
    await engine.stop()

asyncio.run(main())
"""


def measure() -> Report:
    """The first start makes what is kept; the others are measured."""
    with fresh_home() as settings:
        runs = [_run(settings.home) for _ in range(ROUNDS + 1)]
    ours = {
        "first start in this run, s": runs[0][1],
        "ready, median s": median(ready for ready, _ in runs[1:]),
        "first token, median s": median(first for _, first in runs[1:]),
        "first token, worst s": max(first for _, first in runs[1:]),
    }
    return Report("start", ours, targets={"first token": Target(ours["first token, median s"], 3, "s")})


def _run(home: Path) -> tuple[float, float]:
    begun = time.perf_counter()
    command = ["env", f"PUBLIUS_HOME={home}", sys.executable, "-c", _PROGRAM]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        seconds = []
        for word in ("ready", "first"):
            assert run.stdout.readline().strip() == word, f"the engine did not come to {word!r}"
            seconds.append(time.perf_counter() - begun)
        run.wait(30)
    return seconds[0], seconds[1]
