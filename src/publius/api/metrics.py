"""What Prometheus may count: numbers about walks, never about what was asked. Served on loopback alone."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from litestar.connection import ASGIConnection
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from publius.api.catalogue import CATALOGUE
from publius.api.gauges import RoomsOwn
from publius.application import Application
from publius.types import Answer, Door, Walked

log = structlog.get_logger("publius.api")

_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)
HOST = "127.0.0.1"


class Metrics:
    """The counters of one server; `catalogue.py` says what each means and which labels it may have."""

    def __init__(self, application: Application) -> None:
        self.registry = CollectorRegistry()
        self.requests = self._counter("publius_requests")
        self.answers = self._counter("publius_answers")
        self.refusals = self._counter("publius_refusals")
        self.tokens = self._counter("publius_tokens")
        self.withheld = self._counter("publius_withheld_sentences")
        self.underway = self._gauge("publius_requests_underway")
        self.streams = self._gauge("publius_streams_underway")
        rooms = CATALOGUE["publius_room_seconds"]
        self.rooms = Histogram(
            "publius_room_seconds", rooms.help, rooms.labels, buckets=_SECONDS, registry=self.registry
        )
        self._rooms = RoomsOwn(application)
        application.ledger.watchers.append(self._walked)

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

    def _walked(self, walked: Walked) -> None:
        """Count a walk that came to no answer, whichever door it came through and however it was told."""
        if walked.code:
            self.refusals.labels(walked.door, walked.code).inc()

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

    def _counter(self, name: str) -> Counter:
        return Counter(name, CATALOGUE[name].help, CATALOGUE[name].labels, registry=self.registry)

    def _gauge(self, name: str) -> Gauge:
        return Gauge(name, CATALOGUE[name].help, CATALOGUE[name].labels, registry=self.registry)


def metrics_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Metrics:
    """The counters of the server behind this connection."""
    metrics: Metrics = connection.app.state["metrics"]
    return metrics
