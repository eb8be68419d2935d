"""Responses of the site: a page in its frame, a redirect, a failure; all with the same strict headers."""

from typing import Any, NamedTuple
from urllib.parse import parse_qs

import structlog
from litestar import MediaType, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from publius.errors import InvalidRequest, NotFound, PubliusError, TooLarge, Unauthenticated
from publius.policy.roles import allowed
from publius.types import Permission, Principal, Role
from publius.web.missions.speech import language_of
from publius.web.visitor import AnyRequest, new_browser, sign_in_address, site_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
MISSIONS = "/missions"  # where their pages are, which speak two languages
log = structlog.get_logger("publius.web")


class Place(NamedTuple):
    """One entry of the main navigation."""

    href: str
    label: str


def places(principal: Principal) -> list[Place]:
    """Where this person can go, in order of use."""
    may = allowed(principal)
    found = [
        (Permission.ASK in may, Place("/", "Ask")),
        (Permission.ASK in may, Place("/conversations", "Conversations")),
        (Permission.READ_LEDGER in may, Place("/ledger", "Ledger")),
        (Permission.LIST_DOCUMENTS in may, Place("/documents", "Documents")),
        (Permission.ASK in may, Place("/missions", "Missions")),
        (Permission.MANAGE_AGENCY in may, Place("/manage", "Manage")),
        (principal.role is Role.OPERATOR, Place("/platform", "Platform")),
        (True, Place("/settings", "Settings")),
    ]
    return [place for open_to_them, place in found if open_to_them]


def page(
    request: AnyRequest, template: str, *, status: int = 200, here: str = "", language: str = "en", **context: Any
) -> Response[str]:
    """A whole page; `here` is the place in the navigation that it belongs to. Its frame too is in `language`."""
    site = site_of(request)
    principal: Principal | None = request.state.get("principal")
    browser = site.browser(request)
    cookies = []
    if not browser:
        browser = new_browser()
        cookies.append(site.cookie(site.visitor_cookie, browser))
    html = site.templates.render(
        template,
        viewer=principal,
        token=site.form_token(browser),
        places=places(principal) if principal else (),
        here=here,
        language=language,
        **context,
    )
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=HEADERS, cookies=cookies)


def part(request: AnyRequest, template: str, **context: Any) -> Response[str]:
    """A part of a page, for our script to put in place of the one that is there."""
    site = site_of(request)
    html = site.templates.render(template, token=site.form_token(site.browser(request)), **context)
    return Response(html, media_type=MediaType.HTML, headers=HEADERS)


def go(path: str) -> Response[Any]:
    """See another page, after something was done."""
    return Redirect(path, status_code=303, headers=HEADERS)


def failure(request: AnyRequest, error: PubliusError) -> Response[Any]:
    """What a person sees when something did not work: what happened and what to do next."""
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    if wants_json(request):
        words = "Your session has ended. Sign in again." if isinstance(error, Unauthenticated) else str(error)
        response: Response[Any] = Response({"ok": False, "words": words}, status_code=error.status, headers=HEADERS)
    elif isinstance(error, Unauthenticated) and "principal" not in request.state and request.url.path != "/sign-in":
        return _to_sign_in(request)
    elif from_script(request):
        html = site_of(request).templates.render("failed.html", error=error)
        response = Response(html, status_code=error.status, media_type=MediaType.HTML, headers=HEADERS)
    else:
        response = page(request, "failure.html", status=error.status, error=error, language=_spoken(request))
    response.headers.update(headers)
    return response


def _spoken(request: AnyRequest) -> str:
    return mission_language(f"{request.url.path}?{request.url.query}", request)


def mission_language(address: str, request: AnyRequest) -> str:
    """The language that a mission's address asks for, or else the browser; English for any other address.

    For a page that stands in another's place: one that could not be shown, or the sign-in before it.
    """
    path, _, query = address.partition("?")
    if not path.startswith(MISSIONS):
        return "en"
    asked = parse_qs(query).get("lang", [""])[0]
    return language_of(asked or request.headers.get("accept-language", "")[:2].lower())


def from_script(request: AnyRequest) -> bool:
    """Whether our script asked, which puts what it gets into the page that is open."""
    return "hx-request" in request.headers


def wants_json(request: AnyRequest) -> bool:
    """Whether a script of ours asked, which reads JSON, and not a browser on its way to a page."""
    return request.headers.get("accept", "").startswith("application/json")


def http_failure(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """What the framework refuses, in our words."""
    if error.status_code in (404, 405):
        return failure(request, NotFound("There is no such page.", cure="Start from the first page."))
    if error.status_code == 413:
        return failure(request, TooLarge("That is more than can be sent at once."))
    if error.status_code < 500:
        return failure(request, InvalidRequest("This address or form is not complete.", cure="Go back and try again."))
    return unexpected(request, error)


def unexpected(request: AnyRequest, error: Exception) -> Response[Any]:
    """The one place where the pages meet an error that nobody foresaw: it is logged, without content."""
    log.error("unexpected", path=request.url.path, error=type(error).__name__, exc_info=error)
    return failure(request, PubliusError("Something went wrong on our side."))


def _to_sign_in(request: AnyRequest) -> Response[Any]:
    address = sign_in_address(request)
    if from_script(request):
        # A script's request would follow the redirect by itself and put the sign-in page into a corner of this one.
        return Response(None, status_code=200, headers={**HEADERS, "HX-Redirect": address})
    return go(address)
