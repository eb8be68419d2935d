"""The pages of the student-aid interview: the time from a request to its whole answer, without the network."""

import asyncio
import re
import time
from statistics import median

import httpx

from bench.building import fresh_home
from publius.application import Application, open_application
from publius.inference.echo import EchoEngine
from publius.storage import Owner, storage_ready
from publius.types import Role
from publius.web import create_app

ROUNDS = 40
PDF = "the result as PDF"
START = "/missions/student_aid/interview"
# A dependent student of two parents with one tax return: the most questions that most people meet.
FAMILY = {
    "award_year": "2026-27",
    "birth_year": "2007",
    "family_size": "4",
    "parents_married": "yes",
    "state": "VA",
    "parents_filed": "us",
    "parents_filing_status": "joint",
    "parents_income": "85000",
    "parents_earned": "85000",
    "parents_tax": "5000",
}


def pages() -> dict[str, float]:
    """Milliseconds of each kind of page, the median; Llama has no part in them, so the echo stands in its place."""
    return asyncio.run(_pages())


async def _pages() -> dict[str, float]:
    with fresh_home() as settings, storage_ready(settings) as storage:
        Owner(storage.owner).create_agency("education", "Education", rate_per_minute=10**6, tokens_per_day=10**12)
        async with (
            open_application(settings, storage, engine=EchoEngine()) as app,
            httpx.AsyncClient(
                transport=httpx.ASGITransport(create_app(app)), base_url="http://127.0.0.1", follow_redirects=True
            ) as http,
        ):
            await _sign_in(app, http)
            return await _walk(http)


async def _sign_in(app: Application, http: httpx.AsyncClient) -> None:
    education = await app.database.agency_by_slug("education")
    await app.missions.turn(education, "student_aid", True, "local:bench")
    user = await app.identity.users.create(education, "ana", name="Ana", role=Role.MEMBER)
    http.cookies.set("publius", await app.identity.sessions.open(education, user.id))


async def _walk(http: httpx.AsyncClient) -> dict[str, float]:
    """Through the interview once, every page timed, and then the last pages again and again."""
    page = await http.get(START)
    page = await http.post(START, data={"csrf": _token(page)})
    taken: dict[str, list[float]] = {"a question": [], "an answer taken": []}
    while found := re.search(r"/ask/([\w.]+)$", page.url.path):
        answer = FAMILY.get(found[1], "no" if 'value="no"' in page.text else "")
        sent = {"csrf": _token(page), found[1]: answer}
        began = time.perf_counter()
        went = await http.post(page.url.path, data=sent, follow_redirects=False)
        taken["an answer taken"].append(time.perf_counter() - began)
        page = await _timed(http, went.headers["location"], taken["a question"])
    last = page.url.path.replace("/check", "/ask/student_business_farm")
    for _ in range(ROUNDS):
        for kind, path in (
            ("the last question", last),
            ("all answers", page.url.path),
            ("the result", page.url.path.replace("/check", "/result")),
            (PDF, page.url.path.replace("/check", "/result.pdf")),
        ):
            await _timed(http, path, taken.setdefault(kind, []))
    return {kind: 1_000 * median(times) for kind, times in taken.items()}


async def _timed(http: httpx.AsyncClient, path: str, into: list[float]) -> httpx.Response:
    began = time.perf_counter()
    page = await http.get(path)
    into.append(time.perf_counter() - began)
    if page.status_code != 200 or page.url.path != path:
        raise RuntimeError(f"{path} answered {page.status_code} at {page.url}.")
    return page


def _token(page: httpx.Response) -> str:
    return re.findall(r'name="csrf" value="([0-9a-f]+)"', page.text)[0]
