"""An S3-compatible store in a process of its own, for tests; skipped where moto cannot be had."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bench.peers import PeerMissing, python_of

SERVER = Path(__file__).with_name("bucket.py")


class Store:
    """A bucket that whoever runs the test can change, beside a key that may only read it."""

    def __init__(self, process: subprocess.Popen[str], told: dict[str, str]) -> None:
        self._process = process
        self.address = told["address"]
        self.key, self.secret = told["key"], told["secret"]
        self.port = int(self.address.rpartition(":")[2])

    def __call__(self, act: str, *words: str) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps([act, *words]) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"

    @property
    def settings(self) -> dict[str, Any]:
        return {"key": self.key, "secret": self.secret}


@pytest.fixture(scope="module")
def moto() -> Iterator[Store]:
    try:
        python = python_of("moto")
    except PeerMissing as missing:
        pytest.skip(f"moto is not there: {missing}")
    process = subprocess.Popen(
        [python, SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={"PATH": os.environ["PATH"]}
    )
    assert process.stdout
    yield Store(process, json.loads(process.stdout.readline()))
    process.terminate()
    process.wait()
