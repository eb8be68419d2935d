"""Somebody at a browser without scripts, and what they read there."""

import html
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx

ASKED = "What is the travel allowance a day?"
FALSE = "The travel allowance is $999 a day."


@dataclass
class Person:
    """Somebody at a browser without scripts."""

    http: httpx.AsyncClient
    session: str = ""

    async def get(self, path: str, **more: object) -> httpx.Response:
        return await self.http.get(path, **more)  # type: ignore[arg-type]

    async def token(self) -> str:
        """The token that this browser's forms carry."""
        page = await self.http.get("/settings" if self.session else "/sign-in")
        return re.findall(r'name="csrf" value="([0-9a-f]+)"', page.text)[0]

    async def post(self, path: str, fields: dict[str, str] | None = None, **more: object) -> httpx.Response:
        """Send a form as this browser would."""
        data = {"csrf": await self.token(), **(fields or {})}
        return await self.http.post(path, data=data, **more)  # type: ignore[arg-type]

    async def ask(self, question: str = ASKED, **fields: str) -> httpx.Response:
        """Ask with a plain form, and see the page that it leads to."""
        return await self.post("/ask", {"question": question, "model": "library", **fields}, follow_redirects=True)


Come = Callable[..., Awaitable[Person]]


def words(page: httpx.Response | str) -> str:
    """What a reader sees of a page, in one line."""
    text = page if isinstance(page, str) else page.text
    text = re.sub(r"(?s)<(script|style|template)\b.*?</\1>", " ", text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())
