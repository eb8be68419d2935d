"""The program as a person runs it: its own process, a home of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import new_home


@dataclass
class Program:
    """`publius` in one home. The echo engine answers, so that these tests are about the command line."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *words: str, **options: Any) -> "subprocess.Popen[str]":
        """The running program; the caller ends it."""
        environment = {
            **os.environ,
            "PUBLIUS_HOME": str(self.home),
            "PUBLIUS_ENGINE": "echo",
            "PUBLIUS_METRICS_PORT": "0",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "publius.cli", *words],
            env={**environment, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def __call__(self, *words: str, code: int = 0) -> str:
        """What it printed on standard output; what it said otherwise is kept in `said`."""
        with self.start(*words, stdin=subprocess.DEVNULL) as process:
            output, self.said = process.communicate(timeout=120)
        assert process.returncode == code, f"exit {process.returncode}: {output}{self.said}"
        return output

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self(*words, "--json", code=code))


@pytest.fixture(scope="module")
def publius(store: Path) -> Iterator[Program]:
    """A home with the weights, one agency and nothing else; the database stays up between the commands."""
    from publius.storage import EmbeddedServer

    with new_home() as folder:
        home = Path(folder)
        (home / "models").symlink_to(store / "models")
        server = EmbeddedServer(home)
        server.start()
        program = Program(home)
        program("agency", "create", "education", "Department of Education")
        yield program
        server.stop()
