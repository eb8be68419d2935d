"""What this machine can do at most: floating-point operations and bytes read a second."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

_TRIES = 5


class Limits(NamedTuple):
    """Billions a second: single-precision operations of a large matrix product, bytes of a streaming read."""

    gflops: float
    gb: float


def limits() -> Limits:
    """The best of a few tries on all cores: what else runs can only make it less."""
    return Limits(_products(), _reading())


def _products() -> float:
    side = 2048
    one = np.ones((side, side), np.float32)
    one @ one
    return 2 * side**3 / min(_seconds(lambda: one @ one) for _ in range(_TRIES)) / 1e9


def _reading() -> float:
    cores = os.cpu_count() or 1
    parts = [np.ones(2**26, np.float32) for _ in range(cores)]  # 256 MB a core: far more than any cache.
    with ThreadPoolExecutor(cores) as pool:
        best = min(_seconds(lambda: list(pool.map(np.max, parts))) for _ in range(_TRIES))
    return sum(part.nbytes for part in parts) / best / 1e9


def _seconds(work: object) -> float:
    assert callable(work)
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
