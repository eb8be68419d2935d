"""The promise: whoever operates a machine sees at a terminal, in a pipe or in a script what its Publius does now."""

import fcntl
import json
import os
import pty
import re
import select
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cli.conftest import Program

pytestmark = pytest.mark.slow  # starts whole programs

SECRET = "the heron flies at midnight"


@dataclass
class Served:
    """A Publius that runs, and a key of its agency education."""

    program: Program
    url: str
    key: str

    def ask(self, text: str, key: str | None = None) -> int:
        body = json.dumps({"model": "llama", "messages": [{"role": "user", "content": text}]}).encode()
        headers = {"Authorization": f"Bearer {key or self.key}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/v1/chat/completions", body, headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


@pytest.fixture(scope="module")
def served(store: Path) -> Iterator[Served]:
    with tempfile.TemporaryDirectory(prefix="publius-test-") as folder:
        (Path(folder) / "models").symlink_to(store / "models")
        ports = {"PORT": str(_free_port()), "PUBLIUS_METRICS_PORT": str(_free_port())}
        program = Program(Path(folder), ports)
        with program.start("run") as run:
            assert run.stdout is not None
            ready = re.search(r"ready: (\S+) .*(pb-education-\w+)", run.stdout.readline())
            assert ready
            yield Served(program, ready[1], ready[2])
            run.terminate()
            run.wait(30)


def test_one_frame_for_a_script_says_what_happened_and_nothing_of_what_was_asked(served: Served) -> None:
    before = served.program.json("top")
    assert served.ask(SECRET) == 200
    assert served.ask(SECRET, key="pb-education-guess") == 401
    frame = served.program.json("top")
    assert frame["ready"] and frame["seconds"] >= 1
    assert frame["refusals"]["invalid_api_key"] == before["refusals"].get("invalid_api_key", 0) + 1
    assert {queue["agency"] for queue in frame["queues"]} <= {"education"}
    assert frame["first_token"]["p95"] >= frame["first_token"]["p50"] > 0
    assert frame["memory_bytes"]["server"] > 20 << 20 and frame["memory_bytes"]["database"] > 1 << 20
    assert frame["cache_used"] is None
    assert "heron" not in json.dumps(frame)


def test_one_frame_in_a_pipe_is_plain_text(served: Served) -> None:
    for words in (("top", "--once"), ("top",)):
        page = served.program(*words)
        assert page.startswith("Publius  ready") and "tokens/s" in page and "memory" in page
        assert "\x1b" not in page and "q quit" not in page


def test_a_line_of_json_at_each_interval(served: Served) -> None:
    with served.program.start("top", "--json", "--interval", "0.3") as top:
        assert top.stdout is not None
        frames = [json.loads(top.stdout.readline()) for _ in range(3)]
        top.terminate()
    assert all(0.3 <= frame["seconds"] < 10 for frame in frames)
    assert [frame["at"] for frame in frames] == sorted({frame["at"] for frame in frames})


def test_where_there_is_nothing_to_see_it_says_what_to_do(served: Served) -> None:
    def said(**environment: str) -> str:
        program = Program(served.program.home, environment)
        program("top", "--once", code=1)
        assert "Traceback" not in program.said
        return program.said

    assert "publius run" in said(PUBLIUS_METRICS_PORT=str(_free_port()))
    assert "turned off" in said(PUBLIUS_METRICS_PORT="0")
    assert "is not Publius" in said(PUBLIUS_METRICS_PORT=served.program.environment["PORT"])
    served.program("top", "--interval", "0.01", code=1)
    assert "at least" in served.program.said


class Terminal:
    """A terminal with `publius top` in it, as a person has one."""

    def __init__(self, served: Served, rows: int = 24, columns: int = 80) -> None:
        self._ours, self._theirs = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(self._theirs)
        environment = {**os.environ, **served.program.environment, "PUBLIUS_HOME": str(served.program.home)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "publius.cli", "top", "--interval", "0.3"],
            env={**environment, "TERM": "xterm-256color"},
            stdin=self._theirs, stdout=self._theirs, stderr=self._theirs, start_new_session=True,
        )  # fmt: skip
        self.shown = ""

    @property
    def now(self) -> list[object]:
        return termios.tcgetattr(self._theirs)

    def resize(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def press(self, key: str) -> None:
        self.shown = ""
        os.write(self._ours, key.encode())

    def until(self, seen: Callable[[str], bool]) -> None:
        """Read on until it shows this; fails after half a minute."""
        end = time.monotonic() + 30
        while not seen(self.shown):
            assert time.monotonic() < end, self.shown[-2000:]
            if select.select([self._ours], [], [], 0.2)[0]:
                self.shown += os.read(self._ours, 65536).decode(errors="replace")

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._ours)
        os.close(self._theirs)


@pytest.fixture
def terminal(served: Served) -> Iterator[Terminal]:
    opened = Terminal(served)
    yield opened
    opened.close()


def test_at_a_terminal_it_is_live_hears_keys_and_leaves_the_terminal_as_it_was(
    served: Served, terminal: Terminal
) -> None:
    terminal.until(lambda shown: shown.count("sort (by waiting)") >= 2)  # it draws again by itself
    assert "\x1b[?1049h" in terminal.shown and "heron" not in terminal.shown
    assert not terminal.now[3] & termios.ICANON  # keys come without Enter
    terminal.press("s")
    terminal.until(lambda shown: "sort (by running)" in shown)
    terminal.press("p")
    terminal.until(lambda shown: "paused" in shown and "p go on" in shown)
    terminal.press("p")
    terminal.until(lambda shown: "p pause" in shown)
    terminal.shown = ""
    terminal.resize(10, 40)
    terminal.until(lambda shown: "sort (by running)" in shown)
    terminal.press("\x1bOQ")  # F2, which is no q
    terminal.press("ps")
    terminal.until(lambda shown: "p go on   s sort (by name)" in shown)
    terminal.press("q")
    assert terminal.process.wait(20) == 0
    terminal.until(lambda shown: "\x1b[?1049l" in shown and "\x1b[?25h" in shown)
    assert terminal.now == terminal.before


@pytest.mark.parametrize("how", ["interrupt", "terminate"])
def test_however_it_ends_the_terminal_is_as_it_was(terminal: Terminal, how: str) -> None:
    terminal.until(lambda shown: "q quit" in shown)
    if how == "terminate":
        terminal.process.terminate()
    else:
        terminal.process.send_signal(2)
    assert terminal.process.wait(20) == {"interrupt": 130, "terminate": 143}[how]
    terminal.until(lambda shown: "\x1b[?1049l" in shown and "\x1b[?25h" in shown)
    assert terminal.now == terminal.before


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
