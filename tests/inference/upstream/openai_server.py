"""An HTTP server of the tests' own on loopback, which speaks OpenAI's stream and has bad days."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

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
        self.reason = "tool_calls"

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

    async def send(self, request: web.Request, *events: dict[str, Any]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for event in events:
            await response.write(b"data: %b\n\n" % msgspec.json.encode(event))
        await response.write(b"data: [DONE]\n\n")
        return response

    async def call_two_tools(self, request: web.Request) -> web.StreamResponse:
        fragments = [
            {"index": 0, "id": "a", "type": "function", "function": {"name": "weather", "arguments": ""}},
            {"index": 1, "id": "b", "type": "function", "function": {"name": "clock", "arguments": '{"zo'}},
            {"index": 0, "function": {"arguments": '{"city": "'}},
            {"index": 0, "function": {"arguments": 'Oslo"}'}},
            {"index": 1, "function": {"arguments": 'ne": "UTC"}'}},
        ]
        events = [{"choices": [{"delta": {"tool_calls": [fragment]}}]} for fragment in fragments]
        end = {"choices": [{"delta": {}, "finish_reason": self.reason}]}
        details = {"cached_tokens": 64}
        usage = {
            "choices": [],
            "usage": {"prompt_tokens": 70, "completion_tokens": 9, "prompt_tokens_details": details},
        }
        return await self.send(request, *events, end, usage)

    async def write_one_line_for_ever(self, request: web.Request) -> web.StreamResponse:
        response = await self.begin(request)
        while True:
            await response.write(b"data: " + b"x" * 65536)

    async def chatter(self, request: web.Request) -> web.StreamResponse:
        response = await self.begin(request)
        while True:
            await response.write(b'data: {"choices": [{"delta": {"content": "more "}}]}\n\n' * 50)

    async def only_say_that_it_lives(self, request: web.Request) -> web.StreamResponse:
        response = await self.begin(request)
        while True:
            await response.write(b": ping\n\n")
            await asyncio.sleep(0.02)


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
