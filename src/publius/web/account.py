"""Coming in and going out: the sign-in page, one-time links, and a person's own settings."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from publius.errors import PubliusError
from publius.types import Permission
from publius.web.missions.speech import told
from publius.web.pages import MISSIONS, go, mission_language, page
from publius.web.visitor import AnyRequest, own_path, plain, site_of, viewer

OPEN = {"permission": Permission.NONE}
SIGNED_IN = {"permission": Permission.SIGN_IN}


@get("/sign-in", opt=OPEN)
async def sign_in_page(request: AnyRequest) -> Response[Any]:
    """The form with agency, username and password."""
    return _door(request, next=own_path(request.query_params.get("next", "/")))


@post("/sign-in", opt=OPEN)
async def sign_in(request: AnyRequest) -> Response[Any]:
    """Open a session, and go where the person wanted to."""
    form = await request.form()
    agency, username = plain(form.get("agency")).lower(), plain(form.get("username"))
    wanted = own_path(str(form.get("next") or "/"))
    try:
        token = await site_of(request).app.identity.sign_in(agency, username, str(form.get("password") or ""))
    except PubliusError as error:
        return _door(request, agency=agency, username=username, next=wanted, error=error)
    return _let_in(request, token, wanted)


@get("/sign-in/{link:str}", opt=OPEN)
async def link_page(request: AnyRequest, link: FromPath[str]) -> Response[Any]:
    """A one-time link opens a page with a button: programs that look links up in advance press no buttons."""
    return page(request, "link.html")


@post("/sign-in/{link:str}", opt=OPEN)
async def redeem_link(request: AnyRequest, link: FromPath[str]) -> Response[Any]:
    """Use the link up for a session."""
    try:
        token = await site_of(request).app.identity.redeem(link)
    except PubliusError as error:
        return _door(request, error=error)
    return _let_in(request, token, "/")


@post("/sign-out", opt=SIGNED_IN)
async def sign_out(request: AnyRequest) -> Response[Any]:
    """End this session."""
    site = site_of(request)
    await site.app.identity.sign_out(site.session(request) or "")
    return _let_out(request)


@get("/settings", opt=SIGNED_IN)
async def settings(request: AnyRequest) -> Response[Any]:
    """The person's own account."""
    return page(request, "settings.html", here="/settings", changed="changed" in request.query_params, problems={})


@post("/settings/password", opt=SIGNED_IN)
async def change_password(request: AnyRequest) -> Response[Any]:
    """Set a new password; every other session of the person ends."""
    site, principal = site_of(request), viewer(request)
    form = await request.form()
    current, new, again = (str(form.get(name) or "") for name in ("current", "password", "again"))
    if new != again:
        return _settings_again(request, {"again": "The two new passwords differ. Type the same one twice."})
    try:
        await site.app.identity.users.change_password(
            principal.agency, _user(principal.id), current, new, keep=site.session(request)
        )
    except PubliusError as error:
        return _settings_again(request, {error.param or "password": str(error)})
    return go("/settings?changed")


@post("/settings/sign-out-everywhere", opt=SIGNED_IN)
async def sign_out_everywhere(request: AnyRequest) -> Response[Any]:
    """End every session of this person, on every device."""
    principal = viewer(request)
    await site_of(request).app.identity.users.end_sessions(principal.agency, _user(principal.id))
    return _let_out(request)


def _settings_again(request: AnyRequest, problems: dict[str, str]) -> Response[Any]:
    return page(request, "settings.html", status=422, here="/settings", changed=False, problems=problems)


def _user(principal: str) -> UUID:
    return UUID(principal.removeprefix("user:"))


def _door(
    request: AnyRequest, *, agency: str = "", username: str = "", next: str = "/", error: PubliusError | None = None
) -> Response[Any]:
    language = mission_language(next, request)
    sentence = f"{told(error.message, language)} {told(error.next_step, language)}" if error else ""
    problems = {"" if error.status == 401 else "username": sentence} if error else {}
    return page(
        request,
        "sign_in.html",
        status=error.status if error else 200,
        language=language,
        to_mission=next.startswith(f"{MISSIONS}/"),
        agency=agency or request.query_params.get("agency", ""),
        username=username,
        next=next,
        problems=problems,
    )


def _let_in(request: AnyRequest, token: str, wanted: str) -> Response[Any]:
    """A new session always has a new cookie, so that nobody can be made to use one known to somebody else."""
    site = site_of(request)
    response = go(wanted)
    response.set_cookie(site.cookie(site.session_cookie, token, lasts=site.app.settings.session_hours * 3600))
    response.set_cookie(site.cookie(site.visitor_cookie, "", lasts=0))
    return response


def _let_out(request: AnyRequest) -> Response[Any]:
    site = site_of(request)
    response = go("/sign-in")
    response.set_cookie(site.cookie(site.session_cookie, "", lasts=0))
    return response
