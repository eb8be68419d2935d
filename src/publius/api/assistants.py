"""`POST /mcp`: the tools of all missions that are on, for other assistants, by the Model Context Protocol.

The official SDK speaks the protocol; here it is let in. It has no sessions: each request comes with its key, and what
the key's agency may use is looked up anew.
"""

import asyncio
from functools import partial
from importlib import import_module
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, post
from litestar.types import ASGIApp, Receive, Scope, Send

from publius.api.admission import building, may, principal_of
from publius.api.errors import respond
from publius.api.metrics import metrics_of
from publius.types import Door, Permission

Web = Request[Any, Any, Any]
MEGABYTE = 1_000_000
REFUSED = -32600  # JSON-RPC's "invalid request"


class Exchange(Response[None]):
    """One message of an assistant, and what is said to it."""

    def to_asgi_response(self, app: Any, request: Web, **_: Any) -> ASGIApp:  # type: ignore[override]
        """The ASGI application that reads the one and sends the other."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            # Imported when the first assistant comes, beside the loop: the SDK takes a second and 26 MB.
            server = await asyncio.to_thread(import_module, "publius.api.mcp_server")
            rooms, note = building(request), partial(metrics_of(request).answered, Door.MCP)
            tools = server.Tools(rooms, principal_of(request), lambda: request.state["request_id"], note)
            await server.exchange(tools, rooms.settings.max_body_mb * MEGABYTE, scope, receive, send)

        return answer


def refuse(request: Web, error: Exception) -> Response[bytes]:
    """The envelope of an exception as an error of the protocol, so that an assistant can show what it says."""
    said = respond(request, error)
    told = msgspec.json.decode(said.content)["error"]
    failed = {"jsonrpc": "2.0", "id": None, "error": {"code": REFUSED, "message": told["message"], "data": told}}
    return Response(
        msgspec.json.encode(failed), status_code=said.status_code, headers=said.headers, media_type=MediaType.JSON
    )


@post("/mcp", status_code=200, opt=may(Permission.ASK), exception_handlers={Exception: refuse})
async def assistants(request: Web) -> Exchange:
    """Answer one message of an assistant."""
    return Exchange(None)
