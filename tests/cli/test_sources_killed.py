"""The promise: `kill -9` in the middle of a run of any kind, and after the next start each file is there, once."""

import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from tests.building.sources.beside import beside
from tests.building.sources.catalogue import Catalogue
from tests.building.sources.store import Store, moto
from tests.cli.conftest import Program
from tests.cli.test_jobs import fresh, started

__all__ = ["fresh", "moto"]
pytestmark = pytest.mark.slow  # starts whole programs

FILES = 215  # more than are handed over at once


def text(number: int) -> str:
    return f"# Rule {number}\n\nForm {number} is due in {number} days."


@pytest.fixture(params=["web", "ckan", "bucket"])
def place(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """Where the files are: a source of each kind that is read over HTTP."""
    if request.param == "bucket":
        store: Store = request.getfixturevalue("moto")
        store("empty")
        for number in range(FILES):
            store("put", f"laws/{number}.md", text(number))
        yield {"kind": "bucket", "address": f"{store.address}/rules/laws/", "settings": store.settings}
        return
    with beside(Catalogue) as site:
        for number in range(FILES):
            site.pages[f"/{number}.md"] = text(number).encode()
        pages = [f"/{number}.md" for number in range(FILES)]
        site.map(*pages)
        site.dataset("rules", *({"url": site.address + page, "format": "md", "name": page[1:]} for page in pages))
        wanted = {"pause": 0.01} if request.param == "web" else {"pause": 0.01, "datasets": ["rules"]}
        yield {"kind": request.param, "address": site.address, "settings": wanted}


def test_killed_while_it_fetches_and_while_it_reads(fresh: Program, place: dict[str, Any]) -> None:
    fresh.environment["PUBLIUS_SOURCE_PRIVATE_HOSTS"] = "127.0.0.1"
    key = fresh.json("key", "create", "tests", "--agency", "education", "--role", "administrator")["key"]
    headers, url = {"Authorization": f"Bearer {key}"}, f"http://127.0.0.1:{fresh.environment['PORT']}"
    with httpx.Client(base_url=url, headers=headers, timeout=60) as http:

        def source() -> dict[str, Any]:
            shown: dict[str, Any] = http.get("/v1/sources/rules").raise_for_status().json()
            return shown

        def total() -> int:
            return int(http.get("/v1/documents", params={"limit": 1}).raise_for_status().json()["total"])

        run = started(fresh, http)
        try:
            http.post("/v1/sources", json={"name": "rules", **place}).raise_for_status()
            http.post("/v1/sources/rules/run").raise_for_status()
            until(lambda: source()["begun_at"], run)
            run = killed(run, fresh, http)
            until(lambda: total() >= 20, run)
            run = killed(run, fresh, http)
            until(lambda: total() >= FILES and source()["begun_at"] is None and not source()["wanted"], run)
            jobs = http.get("/v1/jobs").raise_for_status().json()["data"]
            found = http.get("/v1/documents", params={"limit": 1000}).json()
            shown = source()
        finally:
            if run.poll() is None:
                run.terminate()
            run.communicate(timeout=60)
    assert {(each["revision"], each["passages"]) for each in found["data"]} == {(1, 1)} and found["total"] == FILES
    assert sum(job["files"] for job in jobs) == FILES, "none was handed over twice"
    assert (shown["found"], shown["refused"], shown["failure"]) == (FILES, 0, "")
    acts = [(each["who"], each["act"]) for each in fresh.json("ledger", "acts", "--agency", "education")]
    assert 2 <= acts.count(("clock", "source-run")) <= 3, "each time that it was taken up is on record"


def killed(run: "subprocess.Popen[str]", fresh: Program, http: httpx.Client) -> "subprocess.Popen[str]":
    run.kill()
    run.communicate(timeout=60)
    return started(fresh, http)


def until(holds: Callable[[], bool], run: "subprocess.Popen[str]") -> None:
    """Asks now and then only: each request is a line in the server's log, which nobody reads here until its end."""
    deadline = time.monotonic() + 120
    while not holds():
        assert run.poll() is None, run.communicate()
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.3)
