"""The gateway: the whole of Publius before an instant model server, beside LiteLLM's proxy before the same.

Publius checks the key, counts the request, keeps its budget and seals its record; LiteLLM checks its master key.
Mock, server, database and load share the machine's cores, and rounds are interleaved. Takes about three minutes, and
installs LiteLLM into an environment of its own the first time.
"""

import sys
from collections import defaultdict
from contextlib import ExitStack
from statistics import median
from typing import Any

from bench.report import Report, Target
from bench.serving import sides
from bench.serving.load import Run
from bench.serving.sides import Side
from publius.settings import read

ROUNDS = 3
SECONDS = {16: 3.0, 1: 1.5}  # of load, by connections
WARM = 1.0
KINDS = ("whole", "stream")
WORKERS = (1, 2)

Runs = dict[tuple[str, str, int], list[Run]]  # by side, kind and connections


def measure() -> Report:
    """Start everything, load one after the other, and see that each answer has its record."""
    print("  (LiteLLM is installed into an environment of its own the first time)", file=sys.stderr, flush=True)
    with ExitStack() as stack:
        mock = stack.enter_context(sides.mock())
        ours = stack.enter_context(sides.publius(mock.port))
        peers = {f"litellm {n}": stack.enter_context(sides.litellm(mock.port, n)) for n in WORKERS}
        runs, spent = _rounds({"mock": mock, "publius": ours, **peers})
        answered = sum(run.requests for (side, _, _), each in runs.items() if side == "publius" for run in each)
        assert ours.home is not None
        sealed = sides.records(read(home=ours.home))
        if sealed != answered:
            raise RuntimeError(f"{answered} requests were answered and {sealed} have their record.")
        memory = {name: side.memory() for name, side in {"publius": ours, **peers}.items()}
    return _report(runs, spent, memory, sealed)


def _rounds(all_sides: dict[str, Side]) -> tuple[Runs, dict[str, list[float]]]:
    """Interleaved runs, the first of each only to warm up, and Publius's processor time a request in ms."""
    runs: Runs = defaultdict(list)
    spent: dict[str, list[float]] = defaultdict(list)
    for round in range(ROUNDS + 1):
        for kind in KINDS:
            for name, side in all_sides.items():
                for connections, seconds in SECONDS.items():
                    if name == "mock" and connections > 1:
                        continue
                    before = side.seconds_used()
                    run = side.load(connections, seconds if round else WARM, kind)
                    runs[name, kind, connections].append(run)
                    if name == "publius" and connections > 1 and round:
                        spent[kind].append((side.seconds_used() - before) * 1000 / run.requests)
    return runs, spent


def _report(runs: Runs, spent: dict[str, list[float]], memory: dict[str, dict[str, float]], sealed: int) -> Report:
    ours = _figures(runs, "publius") | {
        "processor ms a request, server and database": {kind: round(median(ms), 3) for kind, ms in spent.items()},
        "records sealed, one for each answer": sealed,
        "memory, GB": _rounded(memory["publius"]),
    }
    names = [f"litellm {n}" for n in WORKERS]
    peers = {name: _figures(runs, name) | {"memory, GB": _rounded(memory[name])} for name in names}
    ratios, targets = {}, {}
    for kind in KINDS:
        best = max(_of(runs, name, kind, 16, "per_second") for name in names)
        ratio = _of(runs, "publius", kind, 16, "per_second") / best
        added = _of(runs, "publius", kind, 1, "median") - _of(runs, "mock", kind, 1, "median")
        ratios[f"requests a second, {kind}"] = ratio
        targets[f"requests a second against LiteLLM, {kind}"] = Target(ratio, 15, "times", most=False)
        targets[f"added median latency, {kind}"] = Target(added, 3, "ms")
        targets[f"p99 latency, {kind}"] = Target(_of(runs, "publius", kind, 1, "p99"), 15, "ms")
    least = min(sum(memory[name].values()) for name in names)
    ratios["memory"] = sum(memory["publius"].values()) / least
    peers["mock"] = _figures(runs, "mock")
    return Report("gateway", ours, peers, ratios, targets)


def _figures(runs: Runs, name: str) -> dict[str, Any]:
    """Medians over the rounds: requests a second and latencies in ms, by kind and connections."""
    wanted = ("per_second", "median", "p99")
    return {
        f"{kind}, {connections} at once": {what: round(_of(runs, name, kind, connections, what), 2) for what in wanted}
        for side, kind, connections in runs
        if side == name
    }


def _of(runs: Runs, name: str, kind: str, connections: int, what: str) -> float:
    return median(getattr(run, what) for run in runs[name, kind, connections][1:])


def _rounded(memory: dict[str, float]) -> dict[str, float]:
    return {name: round(gb, 3) for name, gb in memory.items()}
