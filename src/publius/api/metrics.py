"""What Prometheus may count: numbers about walks, never about what was asked. Served on loopback alone."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import structlog
from litestar.connection import ASGIConnection
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from publius.inference.engine import Engine
from publius.ledger.ledger import Ledger
from publius.types import Answer, Door

log = structlog.get_logger("publius.api")

_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)
HOST = "127.0.0.1"


class Metrics:
    """The counters of one server. Every label has few values: no agency, person or address is one."""

    def __init__(self, ledger: Ledger, engine: Engine) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter("publius_requests", "Requests.", ["door", "status"], registry=registry)
        self.answers = Counter("publius_answers", "Answers.", ["door", "model", "outcome"], registry=registry)
        self.rooms = Histogram("publius_room_seconds", "Time in a room.", ["room"], buckets=_SECONDS, registry=registry)
        self.tokens = Counter("publius_tokens", "Tokens read and written.", ["kind"], registry=registry)
        self.withheld = Counter("publius_withheld_sentences", "Sentences withheld.", ["reason"], registry=registry)
        self.underway = Gauge("publius_requests_underway", "Requests being answered now.", registry=registry)
        self._rooms = _RoomsOwn(ledger, engine)

    def answered(self, door: Door, answer: Answer) -> None:
        """Count one answer; for every door that gives one."""
        checked = answer.checked
        outcome = "quoted" if checked.quoted else "answered" if checked.answered else "not_answered"
        self.answers.labels(door, answer.model, outcome).inc()
        self.tokens.labels("prompt").inc(answer.usage.prompt_tokens)
        self.tokens.labels("completion").inc(answer.usage.completion_tokens)
        for room, seconds in answer.timing.items():
            self.rooms.labels(room).observe(seconds)
        for claim in checked.withheld:
            self.withheld.labels(claim.reason).inc()

    @contextmanager
    def served(self, port: int) -> Iterator[None]:
        """Serve them at `http://127.0.0.1:port/metrics` for as long as this lasts.

        If another program listens there, the log says so and the rest runs without metrics.
        """
        self._rooms.loop = asyncio.get_running_loop()
        self.registry.register(self._rooms)
        try:
            server, thread = start_http_server(port, HOST, self.registry)
        except OSError as error:
            log.warning("no_metrics", port=port, reason=error.strerror, cure="Set PUBLIUS_METRICS_PORT to a free port.")
            yield
            return
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _RoomsOwn(Collector):
    """What ledger and engine count for themselves; read when somebody looks, which is in the metrics' own thread."""

    def __init__(self, ledger: Ledger, engine: Engine) -> None:
        self._ledger = ledger
        self._engine = engine
        self.loop: asyncio.AbstractEventLoop | None = None

    def collect(self) -> Iterator[Metric]:
        """One figure a time, none of which waits for long."""
        counters = self._ledger.counters
        yield CounterMetricFamily("publius_ledger_appends", "Records appended.", value=counters.records)
        yield CounterMetricFamily("publius_ledger_failures", "Appends that failed.", value=counters.failures)
        if self.loop is not None:
            health = asyncio.run_coroutine_threadsafe(self._engine.health(), self.loop)
            with suppress(TimeoutError):
                running = health.result(timeout=1).running
                yield GaugeMetricFamily("publius_engine_running", "Answers being written now.", value=running)


def metrics_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Metrics:
    """The counters of the server behind this connection."""
    metrics: Metrics = connection.app.state["metrics"]
    return metrics
