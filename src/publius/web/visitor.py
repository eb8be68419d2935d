"""Who sits at the browser: the session's cookie, and the token in each form."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, UploadFile

from publius.application import Application
from publius.errors import Forbidden
from publius.types import Principal
from publius.web.conversations import Conversations
from publius.web.rendering import Templates

AnyRequest = Request[Any, Any, Any]
Connection = ASGIConnection[Any, Any, Any, Any]


class FormTooOld(Forbidden):
    """A form came without this browser's token: another site sent it, or the session has changed since."""

    code = "form_too_old"
    cure = "Go back, load the page again, and send it once more."


@dataclass(frozen=True)
class Site:
    """What every page works with."""

    app: Application
    conversations: Conversations
    templates: Templates

    @property
    def https(self) -> bool:
        return self.app.settings.public_url.startswith("https:")

    @property
    def session_cookie(self) -> str:
        # The prefix makes browsers refuse the cookie unless it is Secure and this host's alone.
        return "__Host-publius" if self.https else "publius"

    @property
    def visitor_cookie(self) -> str:
        return self.session_cookie + "-visitor"

    def cookie(self, name: str, value: str, *, lasts: int | None = None) -> Cookie:
        """A cookie that no script reads and no other site's form carries."""
        return Cookie(name, value=value, max_age=lasts, secure=self.https, httponly=True, samesite="lax")

    def session(self, connection: Connection) -> str | None:
        """The session's token, as the browser sent it."""
        return connection.cookies.get(self.session_cookie)

    def form_token(self, browser: str) -> str:
        """The token in forms for the browser with this cookie; nobody can make it without the cookie and our secret."""
        return hmac.digest(self.app.secret, b"form:" + browser.encode(), hashlib.sha256).hex()

    def browser(self, connection: Connection) -> str:
        """What ties a form to a browser: its session, or before there is one, a cookie of the sign-in page."""
        return self.session(connection) or connection.cookies.get(self.visitor_cookie) or ""


def site_of(connection: Connection) -> Site:
    """The site that this connection came to."""
    site: Site = connection.app.state.site
    return site


def viewer(connection: Connection) -> Principal:
    """Who is signed in, on a page that demands a permission."""
    principal: Principal = connection.state.principal
    return principal


def session(connection: Connection) -> str | None:
    """Where the guard finds the credential of a page: the session's cookie."""
    return site_of(connection).session(connection)


async def check_form(request: AnyRequest) -> None:
    """Before anything that changes something: the form must carry this browser's token.

    Raises:
        FormTooOld: it does not.
    """
    if request.method in ("GET", "HEAD"):
        return
    site = site_of(request)
    browser = site.browser(request)
    sent = str((await request.form()).get("csrf"))
    if not browser or not hmac.compare_digest(sent.encode(), site.form_token(browser).encode()):
        raise FormTooOld("This form does not belong to your present session.")


def plain(sent: Any) -> str:
    """What somebody sent in a field or an address, without what no database keeps and no reader sees."""
    return str(sent or "").replace("\0", "").strip() if not isinstance(sent, UploadFile) else ""


def sign_in_address(request: AnyRequest) -> str:
    """The sign-in page, which leads back here afterwards."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/sign-in" if request.method != "GET" or here == "/" else f"/sign-in?next={quote(here, safe='')}"


def own_path(wanted: str) -> str:
    """A path on this site, or the first page: an address of another site is never followed."""
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if plain else "/"


def new_browser() -> str:
    """A fresh value for the visitor's cookie."""
    return secrets.token_urlsafe(24)
