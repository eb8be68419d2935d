"""`POST /v1/chat/completions`: the question goes through the whole building, whole or sentence by sentence."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, post
from litestar.types import ASGIApp, Receive, Scope, Send

from publius import flow
from publius.api.admission import building, may
from publius.api.completions import Chunks, completion
from publius.api.errors import ClientGone, told
from publius.api.leaving import while_connected
from publius.api.metrics import metrics_of
from publius.api.questions import ChatRequest, question, read
from publius.types import Answer, Claim, Permission, Question

Web = Request[Any, Any, Any]


@post("/v1/chat/completions", status_code=200, opt=may(Permission.ASK, walk=True))
async def chat(request: Web) -> Response[Any]:
    """Answer a chat request, streamed if it asks for that."""
    wanted = read(await request.body(), ChatRequest)
    asked = question(wanted, request.state["request_id"], request.state["credential"])
    if wanted.stream:
        return EventStream(_events(asked, request, usage=wanted.includes_usage))
    app = building(request)
    answer = await while_connected(request.receive, flow.answer(asked, app))
    metrics_of(request).answered(asked.door, answer)
    return Response(msgspec.json.encode(completion(answer, app.settings.url)), media_type=MediaType.JSON)


async def _events(asked: Question, request: Web, *, usage: bool) -> AsyncGenerator[bytes, None]:
    """The chunks of a streamed answer as server-sent events."""
    app = building(request)
    chunks = Chunks(asked.id, asked.model)
    sent = ""
    async with aclosing(flow.stream(asked, app)) as walk:
        async for thing in walk:
            piece = _leaving(thing, sent)
            if piece:
                sent += piece
                yield _event(chunks.text(piece))
            if isinstance(thing, Answer):
                metrics_of(request).answered(asked.door, thing)
                yield _event(chunks.last(thing, app.settings.url))
                if usage:
                    yield _event(chunks.usage(thing))
    yield b"data: [DONE]\n\n"


def _leaving(thing: Claim | str | Answer, sent: str) -> str:
    """The text that goes out now: a piece, a released sentence, or at the end what no sentence held."""
    match thing:
        case str():
            return thing
        case Claim(released=True):
            marks = "".join(f"[{citation.number}]" for citation in thing.citations)
            between = ("\n" if thing.breaks else " ") if sent else ""
            return f"{between}{thing.text} {marks}"
        case Answer() if not sent:
            return thing.checked.text
    return ""


def _event(chunk: dict[str, Any]) -> bytes:
    return b"data: " + msgspec.json.encode(chunk) + b"\n\n"


class EventStream(Response[None]):
    """Server-sent events. Its status is sent with the first event, so that a refusal is still an ordinary answer."""

    def __init__(self, events: AsyncGenerator[bytes, None]) -> None:
        super().__init__(None)
        self._events = events
        self._begun = False

    def to_asgi_response(self, app: Any, request: Web, **_: Any) -> ASGIApp:  # type: ignore[override]
        """The ASGI application that sends them."""

        async def respond(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await while_connected(receive, self._send(request, send))
            except ClientGone:
                if not self._begun:
                    raise

        return respond

    async def _send(self, request: Web, send: Send) -> None:
        async with aclosing(self._events) as events:
            event = await anext(events)
            headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
            self._begun = True
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": event, "more_body": True})
            with metrics_of(request).streams.track_inprogress():
                async for event in told(events, request):
                    await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
