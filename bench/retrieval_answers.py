"""Grounded answers under load: prompts of about 1,200 tokens, a third of them the agency's own beginning.

Both sides have read that beginning before, llama.cpp's server in every slot. Sixteen are asked at once of the small
model, and two of the one with Llama-3.2-1B's shape.
"""

import asyncio
import time
from statistics import median
from typing import Any

from bench.generating.limits import Limits, limits
from bench.generating.questions import grounded
from bench.generating.sides import LARGER, PARAMETERS, SMALL, Ask, Timing, ours, theirs
from bench.report import Report, Target

SHARED, OWN = 400, 800  # Tokens of a prompt, about.
LOAD = {SMALL: (16, 96), LARGER: (2, 32)}  # How many at once, and how long an answer.
CACHE_GB = {SMALL: 0.6, LARGER: 0.6}  # All of them fit at once.


def measure() -> Report:
    """Both models, our side and theirs one after the other."""
    return asyncio.run(_measure())


async def _measure() -> Report:
    most = limits()
    mine: dict[str, Any] = {"limits": most._asdict()}
    peer: dict[str, Any] = {}
    ratios: dict[str, float] = {}
    for name, (together, tokens) in LOAD.items():
        async with ours(name, CACHE_GB[name]) as ask:
            mine[name] = await _load(ask, name, together, tokens, most)
        async with theirs(name, together, SHARED + OWN + tokens + 256) as ask:
            peer[name] = await _load(ask, name, together, tokens, most)
        ratios[f"{name}: answers a minute"] = mine[name]["answers a minute"] / peer[name]["answers a minute"]
        ratios[f"{name}: time to first token"] = (
            peer[name]["first token, median s"] / mine[name]["first token, median s"]
        )
    targets = {
        "answers a minute, times llama.cpp": Target(ratios[f"{SMALL}: answers a minute"], 4, "times", most=False),
        "sooner first token than llama.cpp": Target(ratios[f"{SMALL}: time to first token"], 4, "times", most=False),
    }
    return Report("retrieval_answers", mine, {"llama.cpp's server": peer}, ratios, targets)


async def _load(ask: Ask, name: str, together: int, tokens: int, most: Limits) -> dict[str, float]:
    await asyncio.gather(*(ask(grounded(-1 - i, shared=SHARED, own=0), 1) for i in range(together)))
    begun = time.perf_counter()
    answers = await asyncio.gather(*(ask(grounded(i, shared=SHARED, own=OWN), tokens) for i in range(together)))
    seconds = time.perf_counter() - begun
    return _figures(answers, seconds, name, most)


def _figures(answers: list[Timing], seconds: float, name: str, most: Limits) -> dict[str, float]:
    # The shared beginning was not multiplied again; what was read anew and what was written was.
    multiplied = sum(answer.read - SHARED + answer.written for answer in answers)
    return {
        "answers a minute": len(answers) * 60 / seconds,
        "first token, median s": median(answer.first for answer in answers),
        "prompt tokens, median": median(answer.read for answer in answers),
        "answer tokens, median": median(answer.written for answer in answers),
        "part of the machine's multiplications": 2 * PARAMETERS[name] * multiplied / seconds / most.gflops / 1e9,
    }
