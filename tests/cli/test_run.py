"""The promise: one command starts everything and says where to go; Ctrl-C stops every process it started."""

import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.cli.conftest import Program

pytestmark = pytest.mark.slow  # starts whole programs

READY = re.compile(
    r"Publius is ready: (http://\S+) +sign in once: (http://\S+/sign-in/pl-education-\S+) .*(pb-education-\w+)"
)


@pytest.fixture
def fresh(store: Path) -> Iterator[Program]:
    with tempfile.TemporaryDirectory(prefix="publius-test-") as folder:
        (Path(folder) / "models").symlink_to(store / "models")
        yield Program(Path(folder), {"PORT": str(_free_port())})


def test_it_starts_says_where_to_go_and_leaves_nothing_behind(fresh: Program) -> None:
    with fresh.start("run") as run:
        assert run.stdout is not None
        url, link, key = _ready(run).groups()
        request = urllib.request.Request(f"{url}/v1/models", headers={"Authorization": f"Bearer {key}"})
        models = urllib.request.urlopen(request).read()
        assert b'"library"' in models and b'"mission:student_aid"' in models
        fresh("missions", "off", "student_aid", "--agency", "education")
        assert b'"mission:' not in urllib.request.urlopen(request).read()
        assert urllib.request.urlopen(link).status == 200
        fresh.environment["PORT"] = "1"  # another shell knows nothing of the server's port
        assert fresh("user", "create", "ada", "--agency", "education").startswith(f"{url}/sign-in/")
        fresh.environment["PORT"] = url.rpartition(":")[2]
        run.send_signal(signal.SIGINT)
        run.wait(30)
    assert run.returncode == 0
    assert _processes(fresh.home) == []
    begun = time.monotonic()
    with fresh.start("run") as run:
        assert run.stdout is not None and READY.search(run.stdout.readline())
        assert time.monotonic() - begun < 10
        assert {row["slug"] for row in fresh.json("agency", "list")} == {"education", "state", "defense", "gsa"}
        assert [row["on"] for row in fresh.json("missions", "list", "--agency", "education")] == [False]  # still
        run.send_signal(signal.SIGTERM)
        run.wait(30)
    assert _processes(fresh.home) == []


def test_a_taken_port_is_said_in_one_sentence(fresh: Program) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(fresh.environment["PORT"])))
        other.listen()
        fresh("run", code=1)
    assert "cannot be listened on" in fresh.said and "PORT=" in fresh.said
    assert _processes(fresh.home) == []


def test_missing_weights_are_said_in_one_sentence(fresh: Program) -> None:
    (fresh.home / "models").unlink()
    fresh.environment["PUBLIUS_ENGINE"] = "embedded"
    fresh("run", code=1)
    assert "publius models fetch" in fresh.said and "Traceback" not in fresh.said
    assert _processes(fresh.home) == []


def test_a_migration_that_cannot_finish_refuses_to_start(fresh: Program) -> None:
    import psycopg

    from publius.storage import EmbeddedServer

    fresh("agency", "list")
    server = EmbeddedServer(fresh.home)
    with psycopg.connect(server.start()) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from-the-future'")
    server.stop()
    fresh("run", code=1)
    assert "could not be brought to this version" in fresh.said and "Nothing was changed" in fresh.said


def _ready(run: "subprocess.Popen[str]") -> "re.Match[str]":
    assert run.stdout is not None
    line = run.stdout.readline()
    ready = READY.search(line)
    assert ready, f"{line}{run.stderr.read() if run.stderr and run.poll() is not None else ''}"
    return ready


def _processes(home: Path) -> list[str]:
    """What still runs for this home."""
    return [
        " ".join(p.info["cmdline"])
        for p in psutil.process_iter(["cmdline"])
        if str(home) in " ".join(p.info["cmdline"] or [])
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
