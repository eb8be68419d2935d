"""What the rooms themselves know when somebody looks: queues, cache, memory, the ledger's counts."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import accumulate
from typing import Any

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from publius.api.catalogue import CATALOGUE
from publius.api.memory import memory
from publius.application import Application
from publius.errors import StorageUnavailable
from publius.inference.load import BOUNDS, Durations, Load

PATIENCE = 3.0  # seconds for the engine's answer, after which the page comes without it; a step of its may take one

_FAMILY: dict[str, Any] = {
    "counter": CounterMetricFamily,
    "gauge": GaugeMetricFamily,
    "histogram": HistogramMetricFamily,
}


class RoomsOwn(Collector):
    """Read by the metrics' own thread. What is not known is left out; a 0 is a 0 that somebody counted."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._slugs: dict[int, str] = {}  # of agencies seen with a request: an empty queue is 0 from then on
        self.loop: asyncio.AbstractEventLoop | None = None

    def describe(self) -> Iterable[Metric]:
        """Nothing is promised: a name that an engine cannot fill is absent."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """One page's worth; waits for the engine, but not for long."""
        counters, pace = self._app.ledger.counters, self._app.inference.pace
        yield _single("publius_ledger_appends", counters.records)
        yield _single("publius_ledger_failures", counters.failures)
        yield _histogram("publius_time_to_first_token_seconds", pace.first)
        yield _histogram("publius_time_between_tokens_seconds", pace.between)
        load, ready = self._asked()
        yield _single("publius_engine_ready", int(ready))
        yield from self._queues(load)
        yield from _engine(load)
        processes = memory(self._app.settings.home) | ({} if load.memory is None else {"engine": load.memory})
        yield _labelled("publius_memory_bytes", processes)

    def _asked(self) -> tuple[Load, bool]:
        """What the engine says in the server's own loop; nothing if the server does not run or is busy."""
        if self.loop is None:
            return Load(), False
        asking = asyncio.run_coroutine_threadsafe(self._ask(), self.loop)
        try:
            return asking.result(PATIENCE)
        except TimeoutError:
            asking.cancel()
            return Load(), False

    async def _ask(self) -> tuple[Load, bool]:
        load, ready = await asyncio.gather(self._app.engine.load(), self._ready())
        if {*(load.waiting or ()), *(load.running or ())} - self._slugs.keys():
            with suppress(StorageUnavailable):
                self._slugs |= {agency.id: agency.slug for agency in await self._app.database.agencies()}
        return load, ready

    async def _ready(self) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE - 0.5):  # an upstream that is away can take longer
                return (await self._app.engine.health()).ready
        return False

    def _queues(self, load: Load) -> Iterator[Metric]:
        for name, requests in (("waiting", load.waiting), ("running", load.running)):
            if requests is not None:
                by_slug = {slug: requests.get(id, 0) for id, slug in self._slugs.items()}
                yield _labelled(f"publius_queue_{name}", by_slug)
        if load.waited is not None:
            yield _histogram("publius_queue_wait_seconds", load.waited)


def _engine(load: Load) -> Iterator[Metric]:
    if load.running is not None:
        yield _single("publius_engine_running", sum(load.running.values()))
    tokens = {"read": load.read_tokens, "cached": load.cached_tokens, "written": load.written_tokens}
    yield _labelled("publius_engine_tokens", {kind: count for kind, count in tokens.items() if count is not None})
    for name, value in (
        ("publius_engine_cache_used_ratio", load.cache_used),
        ("publius_engine_cache_bytes", load.cache_bytes),
        ("publius_engine_restarts", load.restarts),
    ):
        if value is not None:
            yield _single(name, value)


def _single(name: str, value: float) -> Metric:
    return _labelled(name, {"": value})


def _labelled(name: str, values: Mapping[str, float]) -> Metric:
    """A family with at most one label, as the catalogue describes it."""
    measure = CATALOGUE[name]
    family: Metric = _FAMILY[measure.kind](name, measure.help, labels=measure.labels)
    for label, value in values.items():
        family.add_metric([label] if measure.labels else [], value)  # type: ignore[attr-defined]
    return family


def _histogram(name: str, durations: Durations) -> Metric:
    bounds = [*map(str, BOUNDS), "+Inf"]
    buckets = list(zip(bounds, accumulate(durations.counts), strict=True))
    return HistogramMetricFamily(name, CATALOGUE[name].help, buckets=buckets, sum_value=durations.total)
