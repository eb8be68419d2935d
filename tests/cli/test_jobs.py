"""The promise: `kill -9` in the middle of a job, and after the next start each file is in the library, once."""

import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.cli.conftest import Program

pytestmark = pytest.mark.slow  # starts whole programs

FILES = 60


@pytest.fixture
def fresh(store: Path) -> Iterator[Program]:
    with tempfile.TemporaryDirectory(prefix="publius-test-") as folder:
        (Path(folder) / "models").symlink_to(store / "models")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        program = Program(Path(folder), {"PORT": str(port)})
        program("agency", "create", "education", "Department of Education")
        yield program


def test_killed_in_the_middle(fresh: Program) -> None:
    key = fresh.json("key", "create", "tests", "--agency", "education", "--role", "administrator")["key"]
    sent = [("files", (f"rule-{n}.md", f"# Rule {n}\n\nForm {n} is due in {n} days.".encode())) for n in range(FILES)]
    headers, url = {"Authorization": f"Bearer {key}"}, f"http://127.0.0.1:{fresh.environment['PORT']}"
    with httpx.Client(base_url=url, headers=headers, timeout=60) as http:
        run = started(fresh, http)
        try:
            job = http.post("/v1/jobs", files=sent).raise_for_status().json()
            assert job["files"] == FILES and job["status"] == "reading"
            for enough in (8, 25):  # twice, so that what was taken again is also killed
                until(lambda enough=enough: look(http, job)["done"] >= enough, run)
                run.kill()
                run.communicate(timeout=60)
                assert 0 < fresh.json("documents", "jobs", "--agency", "education")[0]["done"] < FILES
                run = started(fresh, http)
            until(lambda: look(http, job)["status"] == "finished", run)
            assert look(http, job)["done"] == FILES
            found = http.get("/v1/documents", params={"limit": 1000}).json()
        finally:
            if run.poll() is None:
                run.terminate()
            run.communicate(timeout=60)
    assert found["total"] == FILES
    assert sorted((each["name"], each["revision"], each["passages"]) for each in found["data"]) == sorted(
        (name, 1, 1) for _, (name, _) in sent
    )


def started(fresh: Program, http: httpx.Client) -> "subprocess.Popen[str]":
    run = fresh.start("run", "--no-demonstration", stdin=subprocess.DEVNULL)
    until(lambda: answers(http), run)
    return run


def answers(http: httpx.Client) -> bool:
    try:
        return http.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def look(http: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(http.get(f"/v1/jobs/{job['id']}").raise_for_status().content)
    return shown


def until(holds: Callable[[], bool], run: "subprocess.Popen[str]", seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert run.poll() is None, run.communicate()
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)
