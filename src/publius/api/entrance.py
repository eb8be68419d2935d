"""What happens around every request: an id, headers that protect, one log line, one count."""

import time
from typing import Any
from uuid import uuid4

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from publius.api.metrics import Metrics
from publius.settings import Settings
from publius.types import Door

log = structlog.get_logger("publius.api")

_PROTECTION = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cache-control": b"no-store",
}
_HTTPS = {b"strict-transport-security": b"max-age=31536000; includeSubDomains"}


class Entrance:
    """ASGI application around the routes. A route's own headers win over the protective ones."""

    def __init__(self, inner: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._inner = inner
        self._metrics = metrics
        self._headers = _PROTECTION | (_HTTPS if settings.url.startswith("https:") else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through and tell of it."""
        if scope["type"] != ScopeType.HTTP:
            await self._inner(scope, receive, send)
            return
        state: dict[str, Any] = scope["state"]
        state["request_id"] = uuid4()
        begun = time.perf_counter()
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name.lower() for name, _ in message.get("headers", ())}
                extra = [(name, value) for name, value in self._headers.items() if name not in given]
                request_id = (b"x-request-id", str(state["request_id"]).encode())
                message["headers"] = [*message.get("headers", ()), *extra, request_id]
            await send(message)

        with self._metrics.underway.track_inprogress():
            try:
                await self._inner(scope, receive, sending)
            finally:
                self._tell(scope, status, time.perf_counter() - begun)

    def _tell(self, scope: HTTPScope, status: int, seconds: float) -> None:
        """One line and one count; neither has anything of the request's content, or a credential."""
        handler, principal = scope.get("route_handler"), scope["state"].get("principal")
        door = handler.opt.get("door", Door.API) if handler else Door.API
        self._metrics.requests.labels(door, str(status)).inc()
        log.info(
            "request",
            request_id=str(scope["state"]["request_id"]),
            method=scope["method"],
            route=scope.get("path_template") if handler else None,
            status=status,
            ms=round(seconds * 1000, 1),
            agency=principal.agency.id if principal else None,
            principal=principal.id if principal else None,
        )
