"""What surrounds every request: ids, protective headers, logs without content, health and metrics."""

import asyncio
import socket
from pathlib import Path

import httpx
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs
from tests.serving import serving

from publius.api.catalogue import CATALOGUE
from publius.api.metrics import Metrics
from publius.application import Application
from publius.errors import WeightsMissing
from publius.inference.echo import EchoEngine
from publius.inference.engine import Health
from publius.inference.load import Durations, Load
from publius.settings import Settings, read
from publius.types import Agency

SECRET = "the heron flies at midnight"
ASK = {"model": "llama", "messages": [{"role": "user", "content": SECRET}]}


async def test_every_answer_has_an_id_and_protects_itself(http: httpx.AsyncClient) -> None:
    said = [
        await http.get("/healthz"),
        await http.get("/v1/nothing"),
        await http.post("/v1/chat/completions", json=ASK),
    ]
    assert len({answer.headers["x-request-id"] for answer in said}) == 3
    for answer in said:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "access-control-allow-origin" not in answer.headers
        assert "server" not in answer.headers


async def test_an_answer_bears_its_requests_id(http: httpx.AsyncClient) -> None:
    said = await http.post("/v1/chat/completions", json=ASK)
    assert said.json()["id"] == "chatcmpl-" + said.headers["x-request-id"].replace("-", "")


async def test_one_log_line_a_request_and_no_content_in_it(
    http: httpx.AsyncClient, key: str, education: Agency
) -> None:
    with capture_logs() as lines:
        await http.post("/v1/chat/completions", json=ASK)
        await http.post("/v1/chat/completions", json=ASK | {"model": SECRET})
        await http.get(f"/v1/{SECRET}?q={SECRET}", headers={"Authorization": "Bearer " + SECRET})
    assert [(line["status"], line["route"]) for line in lines] == [
        (200, "/v1/chat/completions"),
        (404, "/v1/chat/completions"),
        (404, "/v1/{path}"),
    ]
    assert lines[0]["agency"] == education.id
    assert lines[0]["principal"].startswith("key:")
    assert "heron" not in str(lines) and key not in str(lines)


async def test_an_error_nobody_foresaw_says_nothing_of_the_inside(
    app: Application, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"at /secret/path: {SECRET}")

    monkeypatch.setattr(app.retrieval, "list", broken)
    with capture_logs() as lines:
        said = await http.get("/v1/documents")
    assert said.status_code == 500
    assert said.json()["error"]["code"] == "internal_error"
    assert "secret" not in said.text and "heron" not in said.text
    [error] = [line for line in lines if line["event"] == "unexpected"]
    assert error["request_id"] == said.headers["x-request-id"]
    assert error["error"] == "RuntimeError" and "documents.py" in str(error["where"])
    assert "heron" not in str(error)


async def test_a_part_that_is_not_set_up_names_no_path_to_callers(
    app: Application, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def missing(_: object) -> None:
        raise WeightsMissing("The model is not on this machine: /srv/secret lacks it.")

    monkeypatch.setattr(app.embedder, "embed", missing)
    said = await http.post("/v1/embeddings", json={"model": "minilm-l6", "input": "x"})
    assert said.status_code == 503
    assert "secret" not in said.text and "publius doctor" in said.text


async def test_health_needs_no_key_and_tells_what_is_missing(
    app: Application, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with httpx.AsyncClient(base_url=address) as nobody:
        assert (await nobody.get("/healthz")).json() == {"status": "ok"}
        assert (await nobody.get("/readyz")).json()["checks"] == {"database": True, "engine": True, "ledger": True}

        async def starting() -> Health:
            return Health(False, "It starts.")

        monkeypatch.setattr(app.engine, "health", starting)
        waiting = await nobody.get("/readyz")
        assert waiting.status_code == 503
        assert waiting.json()["checks"]["engine"] is False
        assert (await nobody.get("/healthz")).status_code == 200


class TestMetrics:
    """They are on a loopback port of their own, and name an agency nowhere but at the queues."""

    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        return read({}, home=tmp_path / "home", engine="echo", metrics_port=port)

    async def test_walks_are_counted(self, settings: Settings, http: httpx.AsyncClient) -> None:
        await http.post("/v1/chat/completions", json=ASK)
        await http.post("/v1/chat/completions", json=ASK | {"model": SECRET})
        assert "publius_answers" not in (await http.get("/metrics")).text
        lines = await _metrics(settings)
        assert 'publius_answers_total{door="api",model="llama",outcome="answered"} 1.0' in lines
        assert 'publius_requests_total{door="api",status="404"} 1.0' in lines
        assert 'publius_room_seconds_count{room="inference"} 1.0' in lines
        assert "publius_ledger_appends_total 2.0" in lines
        assert "publius_engine_running 0.0" in lines
        assert 'publius_refusals_total{code="model_not_found",door="api"} 1.0' in lines
        assert not [line for line in lines if "heron" in line or "education" in line]

    async def test_what_the_engine_did_is_counted_and_what_nobody_knows_is_absent(
        self, settings: Settings, http: httpx.AsyncClient
    ) -> None:
        said = (await http.post("/v1/chat/completions", json=ASK)).json()["usage"]
        lines = await _metrics(settings)
        assert {
            "publius_engine_ready 1.0",
            f'publius_engine_tokens_total{{kind="read"}} {said["prompt_tokens"]}.0',
            f'publius_engine_tokens_total{{kind="written"}} {said["completion_tokens"]}.0',
            "publius_time_to_first_token_seconds_count 1.0",
            f"publius_time_between_tokens_seconds_count {said['completion_tokens'] - 1}.0",
        } <= set(lines)
        names = {line.split("{")[0].split(" ")[0] for line in lines}
        for unknown in ("publius_engine_cache_used_ratio", "publius_queue_waiting", "publius_engine_restarts_total"):
            assert unknown not in names
        memory = {line.split('"')[1]: float(line.split()[-1]) for line in lines if line.startswith("publius_memory_")}
        assert memory["server"] > 20 << 20

    async def test_an_engine_that_says_nothing_is_not_ready_and_the_rest_is_told(
        self, settings: Settings, app: Application, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def silent() -> Health:
            await asyncio.sleep(60)
            return Health(True, "")

        monkeypatch.setattr(app.engine, "health", silent)
        monkeypatch.setattr("publius.api.gauges.PATIENCE", 0.7)
        lines = await _metrics(settings)
        assert "publius_engine_ready 0.0" in lines and "publius_engine_running 0.0" in lines

    async def test_an_agency_is_named_at_the_queues_alone(
        self, settings: Settings, app: Application, engine: EchoEngine, http: httpx.AsyncClient
    ) -> None:
        engine._delay = 0.05
        async with http.stream("POST", "/v1/chat/completions", json=ASK | {"stream": True}) as streaming:
            events = streaming.aiter_lines()
            await anext(events)
            lines = await _metrics(settings)
            assert "publius_streams_underway 1.0" in lines
            assert [line for line in lines if "education" in line] == ['publius_queue_running{agency="education"} 1.0']
        async with asyncio.timeout(10):
            while "publius_streams_underway 0.0" not in lines:
                lines = await _metrics(settings)
        assert 'publius_queue_running{agency="education"} 0.0' in lines
        assert {name for name, measure in CATALOGUE.items() if "agency" in measure.labels} == {
            "publius_queue_waiting",
            "publius_queue_running",
        }

    async def test_every_metric_of_the_page_is_in_the_catalogue_with_its_labels(
        self, settings: Settings, app: Application, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        agency = 1
        full = Load(
            waiting={agency: 1}, running={agency: 1}, waited=Durations(), read_tokens=1, cached_tokens=1,
            written_tokens=1, cache_used=0.5, cache_bytes=1, memory=1, restarts=1,
        )  # fmt: skip

        async def knows_everything() -> Load:
            return full

        monkeypatch.setattr(app.engine, "load", knows_everything)
        await http.post("/v1/chat/completions", json=ASK)
        page = "\n".join(await _metrics(settings)) + "\n"
        found = {family.name: family for family in text_string_to_metric_families(page)}
        made_by_the_client = {name for name in found if name.endswith("_created")}
        assert found.keys() - made_by_the_client == CATALOGUE.keys()
        for name, measure in CATALOGUE.items():
            labels = {label for sample in found[name].samples for label in sample.labels} - {"le"}
            assert labels <= set(measure.labels), name


async def _metrics(settings: Settings) -> list[str]:
    """The lines of the page."""
    async with httpx.AsyncClient() as client:
        return (await client.get(f"http://127.0.0.1:{settings.metrics_port}/metrics")).text.splitlines()


async def test_a_taken_metrics_port_stops_nothing_and_is_told(app: Application) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, capture_logs() as lines:
        port = taken.getsockname()[1]
        with Metrics(app).served(port):
            pass
    assert [(line["event"], line["port"], line["log_level"]) for line in lines] == [("no_metrics", port, "warning")]


async def test_logs_are_json_lines(app: Application, engine: EchoEngine, capfd: pytest.CaptureFixture[str]) -> None:
    async with serving(app) as address, httpx.AsyncClient(base_url=address) as client:
        await client.get("/healthz")
        await asyncio.sleep(0)
    lines = [msgspec.json.decode(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    assert [line["route"] for line in lines if line["event"] == "request"] == ["/healthz"]
