"""Walks as OpenTelemetry traces: one span a walk and below it one a room. Imported only where PUBLIUS_TRACES is set.

The spans are made when a walk is over, from what its record noted, so that no room knows of OpenTelemetry and a
walk waits for nobody. They hold no content and no person: an error is its code, never its message. A caller's own
trace is not continued: the request's id, which every answer bears, is on the walk's span to look it up by.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from math import inf
from urllib.parse import urlsplit

import structlog
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

from publius import __version__
from publius.errors import SetupError
from publius.types import Stay, Walked

log = structlog.get_logger("publius.traces")

PATIENCE = 2.0  # seconds for one parcel to the collector, and for what is left at the end
_QUEUE = 4096  # spans that wait for the collector; beyond these the oldest are dropped
_DELAY = 1000.0  # milliseconds between parcels
_NANO = 1e9


class Traces:
    """Sends walks to an OTLP collector, from a thread of its own.

    Args:
        url: where it takes traces over HTTP; a bare address gets the usual path.

    Raises:
        SetupError: that is no address.
    """

    def __init__(self, url: str) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # it would say at length what we say in a line
        self._collector = _Collector(_endpoint(url))
        self._provider = TracerProvider(
            ALWAYS_ON,
            Resource({"service.name": "publius", "service.version": __version__}),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(
                self._collector, max_queue_size=_QUEUE, schedule_delay_millis=_DELAY, max_export_batch_size=512
            )
        )
        self._tracer = self._provider.get_tracer("publius")

    def walked(self, walk: Walked) -> None:
        """Make the spans of one walk and queue them; never waits."""
        root = self._tracer.start_span(
            "walk", kind=SpanKind.SERVER, start_time=walk.began, attributes=_attributes(walk), context=None
        )
        within = set_span_in_context(root)
        for stay in walk.stays:
            at_fault = stay.room == walk.fault
            span = self._tracer.start_span(
                stay.room, within, start_time=_at(walk, stay.began), attributes=_spent(stay, walk.code * at_fault)
            )
            if at_fault and walk.outcome == "error":
                span.set_status(Status(StatusCode.ERROR, walk.code))
            span.end(_at(walk, stay.ended))
        if walk.outcome == "error":  # a refusal is the caller's error: its code is told, and the walk went well
            root.set_status(Status(StatusCode.ERROR, walk.code))
        root.end(_at(walk, walk.seconds))

    def close(self) -> None:
        """Send what is left, if the collector takes it within a few seconds."""
        self._collector.hurry()
        self._provider.shutdown()


class _Collector(SpanExporter):
    """The collector, with one line in the log when it goes away and one when it is back."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._answers = True
        self._until = inf
        self._inner = OTLPSpanExporter(endpoint, timeout=PATIENCE, compression=Compression.NoCompression)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a parcel. One that does not arrive is dropped: traces are worth no memory that walks need."""
        if time.monotonic() > self._until:
            return SpanExportResult.FAILURE
        result = self._inner.export(spans)
        answers = result is SpanExportResult.SUCCESS
        if answers != self._answers:
            self._answers = answers
            self._tell()
        if not answers and self._until < inf:
            self._until = 0.0
        return result

    def hurry(self) -> None:
        """From now on there is little time."""
        self._until = time.monotonic() + PATIENCE

    def shutdown(self) -> None:
        self._inner.shutdown()  # type: ignore[no-untyped-call]

    def _tell(self) -> None:
        host = urlsplit(self._endpoint).netloc.rpartition("@")[2]
        if self._answers:
            log.info("traces_again", collector=host)
        else:
            log.warning("no_traces", collector=host, cure="Start the collector, or unset PUBLIUS_TRACES.")


def _endpoint(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SetupError(
            "PUBLIUS_TRACES is no address.", cure="Set it to one such as http://127.0.0.1:4318/v1/traces, or unset it."
        )
    return parts._replace(path="/v1/traces").geturl() if parts.path in ("", "/") else url


def _attributes(walk: Walked) -> Mapping[str, str | int]:
    """What may be known of a walk by whoever operates the platform."""
    known = {
        "publius.request_id": str(walk.request),
        "publius.door": walk.door.value,
        "publius.agency": walk.agency,
        "publius.model": walk.model,
        "publius.outcome": walk.outcome,
        "publius.passages": walk.passages,
        "gen_ai.usage.input_tokens": walk.usage.prompt_tokens,
        "gen_ai.usage.output_tokens": walk.usage.completion_tokens,
        "error.type": walk.code,
    }
    return {name: value for name, value in known.items() if value != ""}


def _spent(stay: Stay, code: str) -> Mapping[str, str | float]:
    busy = {"publius.busy_ms": round(stay.busy * 1000, 3)}  # a stream goes in and out; its span spans all of it
    return {**busy, "error.type": code} if code else busy


def _at(walk: Walked, seconds: float) -> int:
    return walk.began + int(seconds * _NANO)
