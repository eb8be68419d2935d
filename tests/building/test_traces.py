"""The promise: traces show where a walk's time went and where it failed, hold nothing of it, and cost it nothing."""

import asyncio
import http.server
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from structlog.testing import capture_logs

from publius import flow
from publius.application import Application, open_application
from publius.errors import EngineUnavailable, Forbidden, SetupError, Unauthenticated
from publius.inference.echo import EchoEngine
from publius.inference.engine import Request
from publius.settings import Settings, read
from publius.storage import Storage
from publius.types import Agency, Door, Message, Principal, Question, Role

DOCUMENT = b"# Herons\n\nA heron flies at midnight over forty-five marshes. The permit is form SF-118.\n"
ASKED = "At what hour does a heron fly over the marshes?"
CONTENT = (b"heron", b"midnight", b"marsh", b"forty", b"SF-118", b"Ada", b"user:1", b"You said", b"pb-education")
ROOMS = ["identity", "policy", "retrieval", "inference", "verification", "ledger"]


class Collector(http.server.ThreadingHTTPServer):
    """What a collector is: it takes OTLP over HTTP, and here keeps it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.bodies: list[bytes] = []
        self.paths: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def spans(self) -> list[Span]:
        found = []
        for body in self.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                found += [span for scope in resource.scope_spans for span in scope.spans]
        return found

    def walk(self) -> tuple[Span, list[Span]]:
        """The one walk that was sent: its root, and its rooms in the order of their beginning."""
        [root] = [span for span in self.spans() if not span.parent_span_id]
        rooms = sorted((s for s in self.spans() if s.parent_span_id), key=lambda span: span.start_time_unix_nano)
        assert root.name == "walk"
        assert {room.parent_span_id for room in rooms} == {root.span_id}
        assert {room.trace_id for room in rooms} == {root.trace_id}
        for room in rooms:
            assert root.start_time_unix_nano <= room.start_time_unix_nano <= room.end_time_unix_nano
            assert room.end_time_unix_nano <= root.end_time_unix_nano
        assert not any(word in body for body in self.bodies for word in CONTENT)
        return root, rooms


class _Taking(http.server.BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        self.server.paths.add(self.path)
        self.server.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


Building = Callable[..., "asyncio._AsyncGeneratorContextManager[Application]"]


@pytest.fixture
def traced(settings: Settings, storage: Storage, store: object, education: Agency) -> Building:
    """A building that sends traces to `url`; leaving it sends what is left."""
    (settings.home / "models").symlink_to(store / "models")  # type: ignore[operator]

    @asynccontextmanager
    async def opened(url: str, engine: EchoEngine | None = None) -> AsyncIterator[Application]:
        chosen = read({}, home=settings.home, engine="echo", metrics_port=0, traces=url)
        async with open_application(chosen, storage, engine=engine or EchoEngine()) as app:
            yield app

    return opened  # type: ignore[return-value]


def asking(who: Principal | str, model: str = "library", text: str = ASKED) -> Question:
    return Question(id=uuid4(), door=Door.API, model=model, messages=(Message("user", text),), credential=who)


def member(agency: Agency, role: Role = Role.MEMBER) -> Principal:
    return Principal("user:1", "Ada", agency, role)


def said(span: Span) -> dict[str, object]:
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in span.attributes}


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
async def test_a_walk_is_one_span_and_each_room_one_below_it(
    traced: Building, collector: Collector, education: Agency, streamed: bool
) -> None:
    question = asking(member(education))
    async with traced(collector.url) as app:
        await app.retrieval.add(education, "user:1", "herons.md", DOCUMENT)
        if streamed:
            assert [step async for step in flow.stream(question, app)]
        else:
            assert (await flow.answer(question, app)).checked.answered
    root, rooms = collector.walk()
    assert [room.name for room in rooms] == ROOMS
    assert collector.paths == {"/v1/traces"}
    told = said(root)
    assert told.pop("gen_ai.usage.input_tokens") > 10 and told.pop("gen_ai.usage.output_tokens") > 3  # type: ignore[operator]
    assert told == {
        "publius.request_id": str(question.id),
        "publius.door": "api",
        "publius.agency": "education",
        "publius.model": "library",
        "publius.outcome": "answered",
        "publius.passages": 1,
    }
    assert all(said(room).keys() == {"publius.busy_ms"} for room in rooms)
    for room in rooms:
        length = (room.end_time_unix_nano - room.start_time_unix_nano) / 1e6
        assert 0 <= said(room)["publius.busy_ms"] <= length + 0.01  # type: ignore[operator]


async def test_a_refusal_names_its_room_and_code_and_no_more(
    traced: Building, collector: Collector, education: Agency
) -> None:
    async with traced(collector.url) as app:
        with pytest.raises(Forbidden):
            await flow.answer(asking(member(education, Role.AUDITOR)), app)
    root, rooms = collector.walk()
    assert [room.name for room in rooms] == ["identity", "policy", "ledger"]
    assert said(root)["publius.outcome"] == "refused" and said(root)["error.type"] == "permission_denied"
    assert said(rooms[1])["error.type"] == "permission_denied" and "error.type" not in said(rooms[2])
    assert root.status.code == Status.STATUS_CODE_UNSET and "publius.model" not in said(root)


async def test_who_nobody_knows_is_the_platforms(traced: Building, collector: Collector) -> None:
    async with traced(collector.url) as app:
        with pytest.raises(Unauthenticated):
            await flow.answer(asking("pb-education-guess", model="heron"), app)
    root, rooms = collector.walk()
    assert said(root)["publius.agency"] == "platform" and "publius.model" not in said(root)
    assert [room.name for room in rooms] == ["identity", "ledger"]


async def test_an_error_is_its_code_and_never_its_message(
    traced: Building, collector: Collector, education: Agency
) -> None:
    def broken(request: Request) -> str:
        raise EngineUnavailable("It broke at: a heron at midnight.")

    async with traced(collector.url, EchoEngine(broken)) as app:
        with pytest.raises(EngineUnavailable):
            await flow.answer(asking(member(education), "llama"), app)
    root, rooms = collector.walk()
    assert [room.name for room in rooms] == ["identity", "policy", "retrieval", "inference", "ledger"]
    for span in (root, rooms[3]):
        assert span.status.code == Status.STATUS_CODE_ERROR and span.status.message == "engine_unavailable"
        assert not span.events
    assert rooms[4].status.code == Status.STATUS_CODE_UNSET


async def test_a_reader_who_leaves_is_no_error(traced: Building, collector: Collector, education: Agency) -> None:
    async with traced(collector.url, EchoEngine(delay=0.01)) as app:
        steps = flow.stream(asking(member(education), "llama"), app)
        await anext(steps)
        await steps.aclose()
    root, rooms = collector.walk()
    assert said(root)["publius.outcome"] == "cancelled" and root.status.code == Status.STATUS_CODE_UNSET
    assert not any("error.type" in said(span) for span in (root, *rooms))


class TestADeadCollector:
    """It takes nothing from a walk: no time, no answer, and no more of the log than a line."""

    @pytest.fixture(params=["refuses", "hangs"])
    def dead(self, request: pytest.FixtureRequest) -> Iterator[str]:
        with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
            port = listener.getsockname()[1]
            if request.param == "refuses":
                listener.close()
            yield f"http://127.0.0.1:{port}"

    @pytest.mark.slow  # waits for the patience of the exporter
    async def test_walks_go_on_and_the_building_closes_in_time(
        self, traced: Building, dead: str, education: Agency, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with capture_logs() as lines:
            async with traced(dead) as app:
                answers = []
                while len(answers) < 5 or not lines:
                    begun = time.monotonic()
                    answers.append(await flow.answer(asking(member(education), "llama"), app))
                    assert time.monotonic() - begun < 1.5  # less than the exporter's own patience
                    await asyncio.sleep(0.1)
                    assert len(answers) < 300, "the log never said that the collector is away"
                begun = time.monotonic()
            assert time.monotonic() - begun < 10
        assert [line["event"] for line in lines] == ["no_traces"]
        assert all(answer.checked.text for answer in answers)
        assert "Traceback" not in capfd.readouterr().err


async def test_what_is_no_address_is_said_before_anything_starts(traced: Building) -> None:
    with pytest.raises(SetupError, match="PUBLIUS_TRACES"):
        async with traced("localhost:4318"):
            pass


@pytest.mark.slow
def test_where_no_traces_are_wanted_nothing_of_opentelemetry_is_loaded() -> None:
    look = "import sys, publius.cli, publius.web, publius.inference.worker; "
    look += "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
