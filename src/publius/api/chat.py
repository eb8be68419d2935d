"""`POST /v1/chat/completions`: the question goes through the whole building, whole or sentence by sentence."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, post

from publius import flow
from publius.api.admission import building, known_first, may
from publius.api.body import read
from publius.api.completions import Chunks, completion
from publius.api.leaving import while_connected
from publius.api.metrics import metrics_of
from publius.api.questions import ChatRequest, question
from publius.api.streams import EventStream, event, leaving
from publius.types import Answer, Delta, Permission, Question

Web = Request[Any, Any, Any]


@post("/v1/chat/completions", status_code=200, opt=may(Permission.ASK, walk=True))
async def chat(request: Web) -> Response[Any]:
    """Answer a chat request, streamed if it asks for that."""
    with known_first(request):
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
            if isinstance(thing, Delta):
                yield event(chunks.delta(thing))
                continue
            if piece := leaving(thing, sent):
                sent += piece
                yield event(chunks.text(piece))
            if isinstance(thing, Answer):
                metrics_of(request).answered(asked.door, thing)
                for chunk in chunks.last(thing, app.settings.url):
                    yield event(chunk)
                if usage:
                    yield event(chunks.usage(thing))
    yield b"data: [DONE]\n\n"
