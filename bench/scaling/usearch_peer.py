"""Runs in the environment of usearch: its HNSW over the same vectors in half precision, with pgvector's own settings.

Arguments: the vectors (raw float16), the questions (.npy, float32), how many neighbours, and the widths of the beam,
with commas between. Prints JSON. The index is kept beside the vectors, for the next run over the same ones.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from usearch.index import Index  # type: ignore[import-not-found]


def main(vectors: str, questions: str, k: str, widths: str) -> None:
    """Build, ask one question at a time at each width, and tell."""
    asked = np.load(questions).astype(np.float16)
    everything = np.memmap(vectors, np.float16, "r").reshape(-1, asked.shape[1])
    before = _resident()
    index, built = _index(everything, Path(vectors))
    told: dict[str, Any] = {"build s": built, "memory GB": _resident() - before}
    for width in widths.split(","):
        index.expansion_search = int(width)
        found, times = [], []
        for counted in (False, True):  # the first round warms what is kept in memory, as ours does
            for vector in asked:
                begun = time.perf_counter()
                keys = index.search(vector, int(k)).keys
                if counted:
                    times.append((time.perf_counter() - begun) * 1000)
                    found.append(keys.tolist())
        told[width] = {"found": found, "ms": times}
    print(json.dumps(told))


def _index(everything: np.ndarray, vectors: Path) -> tuple[Index, float]:
    """The index, and the seconds that it took to build: now, or in the run that kept it."""
    kept, seconds = vectors.with_suffix(".usearch"), vectors.with_suffix(".usearch.s")
    index = Index(ndim=everything.shape[1], metric="cos", dtype="f16", connectivity=16, expansion_add=64)
    if seconds.exists():
        index.load(str(kept))
        if len(index) == len(everything):
            return index, float(seconds.read_text())
        index.clear()
    begun = time.perf_counter()
    index.add(np.arange(len(everything)), np.asarray(everything), threads=2)
    built = time.perf_counter() - begun
    index.save(str(kept))
    seconds.write_text(str(built))
    return index, built


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**30


main(*sys.argv[1:])
