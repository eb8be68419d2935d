"""A caller who asks for a stream and never reads it: dropped after a while, and nobody else waits for it."""

import asyncio
import json
import socket
import time

import httpx
import pytest
from tests.api.test_leaving import recorded
from tests.serving import serving

from publius.api import protocol
from publius.application import Application
from publius.inference.echo import EchoEngine
from publius.types import Agency

STANDSTILL = 0.5


@pytest.fixture
def engine() -> EchoEngine:
    """More than all buffers between the two hold."""
    return EchoEngine(lambda request: f"{'w' * 20_000} " * 1000 if "much" in request.messages[-1].content else "Short.")


async def test_who_never_reads_is_dropped_and_others_are_answered_meanwhile(
    app: Application, engine: EchoEngine, key: str, education: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "LONGEST_STANDSTILL", STANDSTILL)
    async with serving(app) as address, httpx.AsyncClient(base_url=address, timeout=10) as http:
        host, port = address.removeprefix("http://").split(":")
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.connect((host, int(port)))
            slow.sendall(request("much", key))
            await until(lambda: engine_runs(engine, 1))
            begun = time.monotonic()
            others = [http.post("/v1/chat/completions", json=body("hello"), headers=bearer(key)) for _ in range(8)]
            for said in await asyncio.gather(*others):
                assert said.status_code == 200
            await until(lambda: engine_runs(engine, 0))
            assert STANDSTILL / 2 < time.monotonic() - begun < STANDSTILL + 5
    assert "cancelled" in await recorded(app, education)


def body(text: str, **more: object) -> dict[str, object]:
    return {"model": "llama", "messages": [{"role": "user", "content": text}], **more}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def request(text: str, key: str) -> bytes:
    said = json.dumps(body(text, stream=True)).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(said)}\r\n\r\n".encode() + said


async def engine_runs(engine: EchoEngine, number: int) -> bool:
    return (await engine.health()).running == number


async def until(holds: object) -> None:
    for _ in range(1000):
        if await holds():  # type: ignore[operator]
            return
        await asyncio.sleep(0.01)
    raise AssertionError("not within ten seconds")
