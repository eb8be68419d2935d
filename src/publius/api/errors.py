"""Every error as callers read it: OpenAI's envelope, with what to do next. The one place that catches everything."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, InternalServerException

from publius.api.logs import whereabouts
from publius.errors import (
    InvalidInputs,
    InvalidRequest,
    NotFound,
    PubliusError,
    RequestError,
    ServiceError,
    SetupError,
    TooLarge,
    Unauthenticated,
)

log = structlog.get_logger("publius.api")


class WrongMethod(RequestError):
    """There is something at this address, but not for this method."""

    code = "method_not_allowed"
    status = 405
    cure = "Use one of the methods in the Allow header."


class ClientGone(RequestError):
    """The caller hung up; nobody reads this but the log."""

    code = "client_gone"
    status = 499


def respond(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer with the envelope of any exception that a route let through."""
    known = recognised(error, request)
    headers = {}
    if known.retry_after is not None:
        headers["Retry-After"] = str(known.retry_after)
    if isinstance(known, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, HTTPException) and error.headers:
        headers |= {name: value for name, value in error.headers.items() if name.lower() == "allow"}
    return Response(envelope(known), status_code=known.status, headers=headers, media_type=MediaType.JSON)


def envelope(error: PubliusError) -> bytes:
    """OpenAI's envelope as JSON; `message` includes the cure, because most clients show nothing else."""
    said: dict[str, Any] = {
        "message": str(error),
        "type": error.type,
        "code": error.code,
        "param": error.param,
        "next_step": error.next_step,
    }
    if isinstance(error, InvalidInputs):
        said["problems"] = error.problems
    return msgspec.json.encode({"error": said})


def last_event(error: PubliusError) -> bytes:
    """The envelope as the last event of a stream."""
    return b"data: " + envelope(error) + b"\n\n"


async def told(
    events: AsyncIterator[bytes],
    request: Request[Any, Any, Any],
    failure: Callable[[PubliusError], bytes] = last_event,
) -> AsyncIterator[bytes]:
    """The events of a stream that has begun; if it breaks, its last one is the error, in the words of `failure`."""
    try:
        async for event in events:
            yield event
    except Exception as error:  # noqa: BLE001 (the status is sent: nothing else is left to say it)
        yield failure(recognised(error, request))


def recognised(error: Exception, request: Request[Any, Any, Any]) -> PubliusError:
    """The error to show. One that nobody raised on purpose is logged with the request's id, and says nothing."""
    if isinstance(error, PubliusError) and not isinstance(error, SetupError):
        return error
    if isinstance(error, HTTPException):
        known = _framework(error, request)
        if known is not None:
            return known
    return unforeseen(error, str(request.scope["state"].get("request_id")))


def unforeseen(error: Exception, request_id: str) -> PubliusError:
    """The error to show for one that is not the caller's to read: logged with the request's id, and without content."""
    log.error("unexpected", request_id=request_id, error=type(error).__name__, where=whereabouts(error))
    if isinstance(error, SetupError):  # its message is for the person at the terminal, and may name a path
        return ServiceError("A part of the platform is not set up.", cure="The operator should run 'publius doctor'.")
    return PubliusError("Something went wrong on our side.")


def _framework(error: HTTPException, request: Request[Any, Any, Any]) -> PubliusError | None:
    """What Litestar itself refuses, in our words."""
    match error.status_code:
        case 404:
            return NotFound("There is nothing at this address.", cure="The API's addresses begin with /v1/.")
        case 405:
            return WrongMethod(f"{request.method} cannot be used here.")
        case 413:
            limit = request.route_handler.resolve_request_max_body_size() or 0
            return TooLarge(f"The request is larger than {limit // 1_000_000:,} MB.")
        case status if 400 <= status < 500:
            return InvalidRequest("The request cannot be read.")
    if isinstance(error, InternalServerException) and "disconnected" in error.detail:
        return ClientGone("The request broke off.")
    return None
