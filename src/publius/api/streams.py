"""Answers as server-sent events."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.types import ASGIApp, Receive, Scope, Send

from publius.api.errors import ClientGone, last_event, told
from publius.api.leaving import while_connected
from publius.api.metrics import metrics_of
from publius.errors import PubliusError
from publius.types import Answer, Claim, Delta

Web = Request[Any, Any, Any]


def event(data: dict[str, Any], name: str = "") -> bytes:
    """One event."""
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + msgspec.json.encode(data) + b"\n\n"


def leaving(thing: Claim | Delta | Answer, sent: str) -> str:
    """The text of a grounded answer that goes out now: a released sentence, or at the end what no sentence held."""
    match thing:
        case Claim(released=True):
            marks = "".join(f"[{citation.number}]" for citation in thing.citations)
            between = ("\n" if thing.breaks else " ") if sent else ""
            return f"{between}{thing.text} {marks}"
        case Answer() if thing.checked.grounded and not sent:
            return thing.checked.text
    return ""


class EventStream(Response[None]):
    """Server-sent events. Its status is sent with the first event, so that a refusal is still an ordinary answer."""

    def __init__(
        self, events: AsyncGenerator[bytes, None], failure: Callable[[PubliusError], bytes] = last_event
    ) -> None:
        super().__init__(None)
        self._failure = failure
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
                async for event in told(events, request, self._failure):
                    await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
