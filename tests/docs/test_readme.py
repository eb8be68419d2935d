"""Every command of the README is typed, in its order, against a Publius that runs as it says."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.quality.tree import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|python)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
COMMANDS = [
    (language, command)
    for language, block in BLOCKS
    for command in ([block] if language == "python" else re.sub(r"\\\n\s*", "", block).strip().splitlines())
]
SHOWS = {  # What a reader of the README sees, by a word of the command.
    "ask": "$7,395",
    "curl": "3 years",
    "OpenAI": "-1,500",
    "documents list": "README.md",
    "user link": "/sign-in/",
    "ledger verify": "proved",
    "ledger verify education.jsonl": "proved",
}
pytestmark = pytest.mark.model


class Running(NamedTuple):
    """A Publius of its own: where it is, and what its commands need in their environment and folder."""

    url: str
    environment: dict[str, str]
    folder: Path


@pytest.fixture(scope="module")
def running(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`publius run` with the echo engine, on a free port and in a home of its own, until its line is printed."""
    folder = tmp_path_factory.mktemp("newcomer")
    home = tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(store / "models")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("decisions"))  # they take a minute
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {**os.environ, "PUBLIUS_HOME": str(home), "PORT": port, "PUBLIUS_METRICS_PORT": "0"}
    environment |= {"PUBLIUS_ENGINE": "echo"}
    program = str(Path(sys.executable).parent / "publius")
    server = subprocess.Popen([program, "run"], stdout=subprocess.PIPE, text=True, env=environment, cwd=folder)
    assert server.stdout is not None
    line = next((line for line in server.stdout if "sign-in/" in line), "")
    key = re.search(r"pb-\S+", line)
    assert key, "publius run did not print its line"
    try:
        yield Running(f"http://127.0.0.1:{port}", {**environment, "PUBLIUS_KEY": key[0]}, folder)
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0


@pytest.mark.parametrize(("language", "command"), COMMANDS, ids=[" ".join(text.split()[:4]) for _, text in COMMANDS])
def test_a_command_of_the_readme_does_what_it_says(running: Running, language: str, command: str) -> None:
    if command.startswith("make "):
        assert f"\n{command.split()[1]}:" in (ROOT / "Makefile").read_text()
        return
    text = command.replace("http://127.0.0.1:8080", running.url)
    interpreter = [sys.executable, "-c"] if language == "python" else ["bash", "-euc"]
    done = subprocess.run(
        [*interpreter, text], capture_output=True, text=True, env=running.environment, cwd=running.folder, timeout=240
    )
    assert done.returncode == 0, done.stderr
    for word, shown in SHOWS.items():
        assert word not in command or shown in done.stdout, done.stdout
