"""The wall through the prompt cache: what the time to the first token tells another agency, and what it tells its own.

For each probe the victim's agency sends a prompt, or another one of the same length. Then the attacker's agency
sends the prompt and measures how long its first token takes, and sends it once more, which its own cache should
answer at once. Victim and attacker change places after each probe. The share of pairs that the time puts in the
right order (the area under the ROC curve) is 0.5 if it tells nothing and 1 if it tells all.
"""

import asyncio
import random
import time
from contextlib import aclosing
from itertools import cycle

from bench.building import fresh_home
from bench.report import Report, Target
from publius.inference.catalog import read_catalog
from publius.inference.embedded import EmbeddedEngine
from publius.inference.engine import Request
from publius.inference.writer import cache_salt
from publius.storage.secret import derive, server_key
from publius.types import Message

PROBES = 400
WORDS = 60  # of a prompt: about 100 tokens with the frame, three blocks of the cache
CACHE_GB = 1.5  # holds all that is sent, so that nothing is forgotten before the attacker asks
SEED = 7


def measure() -> Report:
    """Probe in both directions."""
    return asyncio.run(_measure())


async def _measure() -> Report:
    with fresh_home() as settings:
        engine = EmbeddedEngine(read_catalog(settings.catalog).model(settings.model), settings.home, CACHE_GB)
        await engine.start()
        try:
            sent, unsent, again = await probe(engine, derive(server_key(settings.home), "cache salt"), PROBES)
        finally:
            await engine.stop()
    attacker, own = area(sent, unsent), area(again, sent + unsent)
    ours = {
        "probes": PROBES,
        "attacker, area under the curve": attacker,
        "own agency, area under the curve": own,
        "attacker, median ms: victim sent it": median_ms(sent),
        "attacker, median ms: nobody did": median_ms(unsent),
        "own agency sent it, median ms": median_ms(again),
    }
    targets = {
        "attacker's distance from knowing nothing": Target(abs(attacker - 0.5), 0.05, ""),
        "own agency gets its cache": Target(own, 0.95, "", most=False),
    }
    return Report("walls", ours, targets=targets)


async def probe(engine: EmbeddedEngine, key: bytes, probes: int) -> tuple[list[float], list[float], list[float]]:
    """Seconds to the attacker's first token: the victim had sent it; nobody had; the attacker itself had."""
    draw = random.Random(SEED)
    coins = [True, False] * (probes // 2)
    draw.shuffle(coins)
    sent, unsent, again = [], [], []
    for coin, (victim, attacker) in zip(coins, cycle([(1, 2), (2, 1)]), strict=False):
        prompt, other = _text(draw), _text(draw)
        await first_token(engine, key, victim, prompt if coin else other)
        (sent if coin else unsent).append(await first_token(engine, key, attacker, prompt))
        again.append(await first_token(engine, key, attacker, prompt))
    return sent, unsent, again


async def first_token(engine: EmbeddedEngine, key: bytes, agency: int, text: str) -> float:
    """Seconds until the first token of an answer to this agency."""
    message = Message("user", text)
    request = Request(messages=(message,), salt=cache_salt(key, agency), max_tokens=1, agency=agency, user="user:bench")
    begun = time.perf_counter()
    async with aclosing(engine.generate(request)) as pieces:
        await anext(pieces)
        return time.perf_counter() - begun


def area(shorter: list[float], longer: list[float]) -> float:
    """Share of pairs in which the first is the shorter one; ties count half."""
    wins = sum((a < b) + 0.5 * (a == b) for a in shorter for b in longer)
    return wins / (len(shorter) * len(longer))


def median_ms(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) // 2] * 1000


def _text(draw: random.Random) -> str:
    return " ".join("".join(draw.choices("bcdfglmnprst", k=1) + draw.choices("aeiou", k=1)) for _ in range(WORDS))
