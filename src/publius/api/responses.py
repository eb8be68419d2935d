"""`POST /v1/responses`: OpenAI's newer form of a question, without anything kept between requests."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, post

from publius import flow
from publius.api.admission import building, known_first, may
from publius.api.body import read
from publius.api.fields import Theirs, told_as
from publius.api.leaving import while_connected
from publius.api.metrics import metrics_of
from publius.api.response_events import ResponseEvents
from publius.api.response_objects import ResponseObjects
from publius.api.response_request import ResponseRequest, names, question
from publius.api.streams import EventStream
from publius.types import Answer, Permission, Question

Web = Request[Any, Any, Any]


@post("/v1/responses", status_code=200, opt=may(Permission.ASK, walk=True))
async def respond_to(request: Web) -> Response[Any]:
    """Answer, streamed if that is asked for."""
    with known_first(request):
        wanted = read(await request.body(), ResponseRequest)
        asked = question(wanted, request.state["request_id"], request.state["credential"])
    app = building(request)
    objects = ResponseObjects(wanted, asked, app.settings.url)
    if wanted.stream:
        events = ResponseEvents(objects)
        return EventStream(_events(asked, events, names(wanted), request), events.failed)
    with told_as(names(wanted)):
        answer = await while_connected(request.receive, flow.answer(asked, app))
    metrics_of(request).answered(asked.door, answer)
    return Response(msgspec.json.encode(objects.whole(answer)), media_type=MediaType.JSON)


async def _events(
    asked: Question, events: ResponseEvents, called: dict[str, Theirs], request: Web
) -> AsyncGenerator[bytes, None]:
    """The events of a streamed answer. The first ones wait for what comes first, so that a refusal is no stream."""
    begun = False
    with told_as(called):
        async with aclosing(flow.stream(asked, building(request))) as walk:
            async for thing in walk:
                for one in () if begun else events.begin():
                    yield one
                begun = True
                for one in events.of(thing):
                    yield one
                if isinstance(thing, Answer):
                    metrics_of(request).answered(asked.door, thing)
