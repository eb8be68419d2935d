"""One lone stream: tokens a second of an answer that is written freely, and of one that quotes its prompt.

The peer is llama.cpp's server in the `xllamacpp` wheel, which has no other way to generate.
"""

import asyncio
from statistics import median
from typing import Any

from bench.generating.limits import limits
from bench.generating.questions import grounded
from bench.generating.sides import LARGER, SMALL, Ask, Timing, model, ours, theirs
from bench.report import Report, Target
from publius.types import Message

ROUNDS = {SMALL: 5, LARGER: 2}
TOKENS = {SMALL: 128, LARGER: 32}
_TEXT = "\n".join(grounded(0, shared=0, own=150)[-1].content.splitlines()[2:-2])
FREE = (Message("user", "Write a long story about a lighthouse keeper and a storm."),)
QUOTING = (Message("user", f"Repeat this text word for word:\n\n{_TEXT}"),)
ANSWERS = {"free": FREE, "quoting": QUOTING}


def measure() -> Report:
    """Both models; in each round ours, then theirs."""
    return asyncio.run(_measure())


async def _measure() -> Report:
    most = limits()
    mine: dict[str, Any] = {"limits": most._asdict()}
    peer: dict[str, Any] = {}
    for name in ROUNDS:
        chosen, _ = await model(name)
        async with ours(name, 0.3) as ask, theirs(name, 1, 1024) as other:
            mine[name], peer[name] = await _rounds(name, ask, other)
        # What must be read from memory for each token, if it is written alone.
        mine[name]["part of the machine's memory bandwidth"] = mine[name]["free"] * chosen.size / most.gb / 1e9
    ratios = {f"{name}: {kind}": mine[name][kind] / peer[name][kind] for name in ROUNDS for kind in ANSWERS}
    targets = {
        f"{kind} answer, times llama.cpp": Target(ratios[f"{SMALL}: {kind}"], 1, "times", most=False)
        for kind in ANSWERS
    }
    return Report("lone_stream", mine, {"llama.cpp's server": peer}, ratios, targets)


async def _rounds(name: str, ask: Ask, other: Ask) -> tuple[dict[str, float], dict[str, float]]:
    """Median tokens a second of each kind of answer: ours, theirs."""
    runs: dict[str, tuple[list[Timing], list[Timing]]] = {kind: ([], []) for kind in ANSWERS}
    for _ in range(ROUNDS[name] + 1):
        for kind, messages in ANSWERS.items():
            runs[kind][0].append(await ask(messages, TOKENS[name]))
            runs[kind][1].append(await other(messages, TOKENS[name]))
    # The first round is warming up.
    mine, peer = ({kind: median(t.rate for t in sides[i][1:]) for kind, sides in runs.items()} for i in (0, 1))
    return mine, peer
