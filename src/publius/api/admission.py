"""Who may use which route. Each route declares its permission; one guard asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from publius.application import Application
from publius.errors import InvalidRequest, Unauthenticated
from publius.types import Permission, Principal

Connection = ASGIConnection[Any, Any, Any, Any]


def may(permission: Permission, *, walk: bool = False) -> dict[str, Any]:
    """What a route puts into its `opt`.

    A route with `walk` hands the question to the flow, which asks for the credential and the permission
    itself, so that refusals are recorded too.
    """
    return {"permission": permission, "walk": walk}


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let nobody into a route without its permission.

    A route takes its credential from the Authorization header, unless its router names another place in
    `opt["credential"]`: a cookie must never be enough where no form token is checked.

    Raises:
        Unauthenticated: no valid credential.
        Forbidden: its principal may not.
        RateLimited: too many questions of nobody known.
    """
    # What OPTIONS says, which methods there are, Litestar answers by itself for every route.
    if connection.scope.get("method") == "OPTIONS" or handler.opt["permission"] is Permission.NONE:
        return
    app = building(connection)
    credential = handler.opt.get("credential", bearer)(connection)
    connection.state["credential"] = credential
    try:
        principal = await app.identity.authenticate(credential)
    except Unauthenticated as refusal:
        if not handler.opt.get("walk"):
            raise
        connection.state["refusal"] = refusal
        await app.policy.admit_stranger()
        return
    connection.state["credential"] = connection.state["principal"] = principal
    if not handler.opt.get("walk"):
        app.policy.require(principal, handler.opt["permission"])


@contextmanager
def known_first(connection: Connection) -> Iterator[None]:
    """While a request is read: a stranger hears that nobody knows them, not what is wrong with it.

    Raises:
        Unauthenticated: there is something wrong with it, and its caller is unknown.
    """
    try:
        yield
    except InvalidRequest:
        if "refusal" in connection.state:
            raise connection.state["refusal"] from None
        raise


def bearer(connection: Connection) -> str | None:
    """The token of `Authorization: Bearer …`; the scheme in any case."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def building(connection: Connection) -> Application:
    """The rooms behind this door."""
    app: Application = connection.app.state["application"]
    return app


def principal_of(request: Request[Any, Any, Any]) -> Principal:
    """Whom the guard let in."""
    principal: Principal = request.state["principal"]
    return principal
