"""Another server as the engine: a real HTTP server on loopback that speaks OpenAI's stream, and its bad days."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import msgspec
import pytest
from aiohttp import web

from publius.errors import EngineFailed, EngineUnavailable, PromptTooLong
from publius.inference.engine import Finish, Piece, Request
from publius.inference.upstream import UpstreamEngine
from publius.types import Message

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """What it was asked, and what it does next."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[dict[str, Any]] = []
        self.owner = "vllm"
        self.behave: Handler = self.answer
        self.hung_up = asyncio.Event()

    async def models(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer secret"
        return web.json_response({"data": [{"id": "big", "owned_by": self.owner, "max_model_len": 4096}]})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        return await self.behave(request)

    async def begin(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b": a comment, which means nothing\n\n")
        for word in ("Water ", "is "):
            await response.write(b"data: %b\n\n" % msgspec.json.encode({"choices": [{"delta": {"content": word}}]}))
        return response

    async def answer(self, request: web.Request) -> web.StreamResponse:
        response = await self.begin(request)
        usage = {"prompt_tokens": 9, "completion_tokens": 3}
        last = {"choices": [{"delta": {"content": "wet."}, "finish_reason": "length"}], "usage": usage}
        await response.write(b"data: %b\n\ndata: [DONE]\n\n" % msgspec.json.encode(last))
        return response

    async def die(self, request: web.Request) -> web.StreamResponse:
        response = await self.begin(request)
        await asyncio.sleep(0.05)  # So that what was written arrives before the connection breaks.
        assert request.transport
        request.transport.abort()
        return response

    async def end_early(self, request: web.Request) -> web.StreamResponse:
        return await self.begin(request)

    async def talk_rubbish(self, request: web.Request) -> web.StreamResponse:
        response = await self.begin(request)
        await response.write(b"data: {not json\n\n")
        return response

    async def complain(self, request: web.Request) -> web.StreamResponse:
        response = await self.begin(request)
        await response.write(b'data: {"error": {"message": "CUDA died on: the whole prompt"}}\n\n')
        return response

    async def go_on_for_ever(self, request: web.Request) -> web.StreamResponse:
        response = await self.begin(request)
        try:
            while True:
                await response.write(b'data: {"choices": [{"delta": {"content": "more "}}]}\n\n')
                await asyncio.sleep(0.01)
        finally:
            self.hung_up.set()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    application = web.Application()
    application.add_routes([web.get("/v1/models", server.models), web.post("/v1/chat/completions", server.chat)])
    runner = web.AppRunner(application, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def engine(server: Server) -> AsyncIterator[UpstreamEngine]:
    engine = UpstreamEngine(server.url + "/v1/", "big", "secret")
    await engine.start()
    yield engine
    await engine.stop()


def request(**changes: Any) -> Request:
    values = {
        "messages": (Message("user", "What is water?"),),
        "salt": b"\x01\xff",
        "max_tokens": 50,
        "agency": 1,
        "user": "me",
    } | changes
    return Request(**values)


async def all_of(engine: UpstreamEngine, asked: Request) -> list[Piece | Finish]:
    return [item async for item in engine.generate(asked)]


async def test_a_stream_is_given_on_piece_by_piece(engine: UpstreamEngine) -> None:
    items = await all_of(engine, request())
    assert [item.text for item in items if isinstance(item, Piece)] == ["Water ", "is ", "wet."]
    assert isinstance(items[-1], Finish)
    assert items[-1].reason == "length"
    assert (items[-1].usage.prompt_tokens, items[-1].usage.completion_tokens) == (9, 3)
    assert engine.context == 4096
    assert (await engine.health()).ready


async def test_only_what_publius_decided_is_sent(engine: UpstreamEngine, server: Server) -> None:
    await all_of(engine, request(temperature=0.5, top_p=0.9, seed=3, stop=("END",)))
    assert server.asked == [
        {
            "model": "big",
            "messages": [{"role": "user", "content": "What is water?"}],
            "max_tokens": 50,
            "temperature": 0.5,
            "top_p": 0.9,
            "seed": 3,
            "stop": ["END"],
            "stream": True,
            "stream_options": {"include_usage": True},
            "cache_salt": "01ff",
            "priority": 0,
        }
    ]


async def test_a_server_that_does_not_know_cache_salt_gets_it_at_the_head_of_the_prompt(server: Server) -> None:
    server.owner = "llamacpp"
    engine = UpstreamEngine(server.url, "big", "secret")
    await engine.start()
    for salt in (b"one" * 10, b"one" * 10, b"two" * 10):
        await all_of(engine, request(salt=salt))
    await engine.stop()
    assert "cache_salt" not in server.asked[0]
    one, same, other = (asked["messages"][0]["content"] for asked in server.asked)
    assert one == same
    assert one[:20] != other[:20]
    assert one.endswith("\nWhat is water?")


@pytest.mark.parametrize("bad_day", ["die", "end_early", "talk_rubbish", "complain"])
async def test_a_stream_that_breaks_is_an_error_after_what_had_come(
    engine: UpstreamEngine, server: Server, bad_day: str
) -> None:
    server.behave = getattr(server, bad_day)
    seen: list[Piece | Finish] = []
    with pytest.raises(EngineFailed) as caught:
        async for item in engine.generate(request()):
            seen.append(item)
    assert [item.text for item in seen if isinstance(item, Piece)] == ["Water ", "is "]
    assert "prompt" not in caught.value.message, "an upstream's words may repeat content"


async def test_closing_hangs_up_on_the_server(engine: UpstreamEngine, server: Server) -> None:
    server.behave = server.go_on_for_ever
    async with aclosing(engine.generate(request())) as stream:
        await anext(stream)
    async with asyncio.timeout(5):
        await server.hung_up.wait()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, "This model's maximum context length is 4096 tokens", PromptTooLong),
        (400, "bad request", EngineFailed),
        (401, "wrong key", EngineFailed),
        (404, "no such model", EngineFailed),
        (429, "slow down", EngineUnavailable),
        (500, "broken", EngineFailed),
        (503, "loading", EngineUnavailable),
    ],
)
async def test_refusals_become_our_errors_without_the_servers_words(
    engine: UpstreamEngine, server: Server, status: int, body: str, error: type[Exception]
) -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    server.behave = refuse
    with pytest.raises(error) as caught:
        await all_of(engine, request())
    assert body not in str(caught.value)


async def test_a_server_that_is_not_there_is_unavailable_and_may_come_later() -> None:
    engine = UpstreamEngine("http://127.0.0.1:9", "big")
    await engine.start()
    assert not (await engine.health()).ready
    with pytest.raises(EngineUnavailable, match="cannot be reached"):
        await all_of(engine, request())
    await engine.stop()


async def test_a_server_without_our_model_is_not_ready(server: Server) -> None:
    engine = UpstreamEngine(server.url, "other", "secret")
    await engine.start()
    health = await engine.health()
    await engine.stop()
    assert not health.ready
    assert "has no model other" in health.detail
