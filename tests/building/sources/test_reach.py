"""The promise: nothing is reached but what was allowed, and no answer is too much, whatever a site or a name says."""

import asyncio
import gzip
import socket
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import ResolveResult
from tests.building.sources.site import Site, add, names, run

from publius.application import Application
from publius.errors import InvalidRequest, NotFetched, RequestError
from publius.retrieval.sources import fetching, sitemap
from publius.types import Agency


async def test_what_cannot_be_a_source_is_refused_at_once(building: Application, education: Agency) -> None:
    for address in ("ftp://a.gov", "a.gov", "https://u:p@a.gov/", "file:///etc/passwd", "https://", "http://[::1", ""):
        with pytest.raises(RequestError):
            await add(building, education, address)
    for settings in (
        {"hosts": ["*.gov"]},
        {"hosts": ["a.gov/x"]},
        {"pages": 0},
        {"depth": 1},
        {"sitemap": "http://b.gov/"},
    ):
        with pytest.raises(RequestError):
            await add(building, education, "https://a.gov/", settings=settings)
    with pytest.raises(NotFetched, match="not public"):
        await add(building, education, "http://169.254.169.254/latest/meta-data")
    with pytest.raises(InvalidRequest, match="minutes"):
        await add(building, education, "https://a.gov/", every_minutes=-1)
    assert await building.sources.list(education) == ()


async def test_no_redirect_leads_elsewhere(building: Application, education: Agency, site: Site, other: Site) -> None:
    targets = {
        "/loop": "/loop",
        "/other": f"{other.address}/secret",
        "/metadata": "http://169.254.169.254/latest/meta-data/",
        "/decimal": "http://2130706433/",
        "/mapped": f"http://[::ffff:127.0.0.1]:{other.port}/secret",
        "/zero": f"http://0.0.0.0:{other.port}/secret",
        "/file": "file:///etc/passwd",
        "/broken": "http://[",
    }
    for page, target in targets.items():
        site.pages[page] = (302, {"Location": target}, b"")
    site.pages["/near"] = (301, {"Location": "good"}, b"")
    site.html("/good", "A good page.")
    site.map("/near", *targets)
    await add(building, education, site.address)
    done = await run(building, education)
    reasons = {each.name.rpartition("/")[2]: each.reason for each in done.refused}
    assert set(await names(building, education)) == {"near"} and not other.asked
    assert reasons.keys() == {page[1:] for page in targets} and all("redirect" in said for said in reasons.values())


async def test_a_private_address_is_reached_only_where_the_operator_opened_it(
    building: Application, education: Agency, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[list[str]] = []

    async def look_up(host: str, port: int, family: Any) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=each, port=port, family=socket.AF_INET, proto=0, flags=0)
            for each in answers.pop(0)
        ]

    monkeypatch.setattr(fetching, "look_up", look_up)
    await add(building, education, f"http://rules.agency.test:{site.port}/")
    for private in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fd00::1", "64:ff9b::7f00:1"):
        answers.append(["93.184.216.34", private])  # one public address beside it helps nothing
        with pytest.raises(NotFetched, match="not public"):
            await run(building, education)
    assert not site.asked and "not public" in (await building.sources.open(education, "site")).failure


async def test_a_name_that_means_something_else_a_moment_later_leads_nowhere(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first look is public, all later ones this machine: a connection is only made to what was checked."""
    looks: list[str] = []
    reached: list[Any] = []

    async def look_up(host: str, port: int, family: Any) -> list[ResolveResult]:
        looks.append("93.184.216.34" if not looks else "127.0.0.1")
        return [ResolveResult(hostname=host, host=looks[-1], port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def connect(_: Any, __: socket.socket, place: Any) -> None:
        reached.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(fetching, "look_up", look_up)
    monkeypatch.setattr(type(asyncio.get_running_loop()), "sock_connect", connect)
    host = f"rebinding.test:{site.port}"
    async with fetching.client_for([host], frozenset(), pause=0) as client:
        with pytest.raises(NotFetched, match="does not take"):
            await client.get(f"http://{host}/", largest=1000)
        with pytest.raises(NotFetched, match="not public"):
            await client.get(f"http://{host}/", largest=1000)
    assert reached == [("93.184.216.34", site.port)] and looks == ["93.184.216.34", "127.0.0.1"] and not site.asked


async def test_no_sitemap_fills_the_memory(
    building: Application, education: Agency, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "LARGEST", 200_000)
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    start, end = "<urlset><url><loc>", "</loc></url></urlset>"
    bombs = {
        "bomb": f'<!DOCTYPE x [<!ENTITY a0 "lol">{laughs}]>{start}&a9;{end}'.encode(),
        "outside": f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>{start}&a;{end}'.encode(),
        "packed": gzip.compress(b"<urlset>" + b" " * 50_000_000),
        "huge": b"<urlset>" + b" " * 200_000,
        "text": b"hello",
        "page": b"<html><body>soft 404</body></html>",
        "cut": b"<urlset><url>",
        "empty": b"<urlset/>",
        "missing": (404, {}, b""),
    }  # fmt: skip
    await add(building, education, site.address)
    site.html("/a", "A page.")
    site.map("/a")
    await run(building, education)
    for body in bombs.values():
        site.pages["/sitemap.xml"] = body  # type: ignore[assignment]
        with pytest.raises(NotFetched):
            await run(building, education)
    assert set(await names(building, education)) == {"a"}, "and nothing vanishes by it"


async def test_a_server_that_never_ends_its_answer_is_left(
    building: Application, education: Agency, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "TIMES", aiohttp.ClientTimeout(total=0.4, sock_read=0.2))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # which is not asked
    site.slow.add("/slow")
    site.html("/good", "A good page.")
    site.map("/slow", "/good")
    await add(building, education, site.address)
    done = await run(building, education)
    assert [each.reason for each in done.refused] == ["It did not answer in time. Try again later."]
    assert set(await names(building, education)) == {"good"}
