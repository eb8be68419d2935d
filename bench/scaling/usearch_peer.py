"""Runs in the environment of usearch: its HNSW over the same vectors in half precision, with pgvector's own settings.

Arguments: the vectors (raw float16), the questions (.npy, float32), how many neighbours. Prints JSON.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from usearch.index import Index  # type: ignore[import-not-found]


def main(vectors: str, questions: str, k: str) -> None:
    """Build, ask one question at a time, and tell."""
    asked = np.load(questions).astype(np.float16)
    everything = np.memmap(vectors, np.float16, "r").reshape(-1, asked.shape[1])
    before = _resident()
    index = Index(
        ndim=asked.shape[1], metric="cos", dtype="f16", connectivity=16, expansion_add=64, expansion_search=200
    )
    begun = time.perf_counter()
    index.add(np.arange(len(everything)), np.asarray(everything), threads=2)
    built = time.perf_counter() - begun
    found, times = [], []
    for vector in asked:
        begun = time.perf_counter()
        keys = index.search(vector, int(k)).keys
        times.append((time.perf_counter() - begun) * 1000)
        found.append(keys.tolist())
    print(json.dumps({"found": found, "ms": times, "build s": built, "memory GB": _resident() - before}))


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**30


main(*sys.argv[1:])
