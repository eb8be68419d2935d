"""What is measured: the mock, and before it the whole of Publius or LiteLLM's proxy. Real processes, on loopback."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
from msgspec import Struct

from bench.peers import python_of
from bench.processes import memory, seconds_used
from bench.serving.load import Run
from bench.serving.mock import MODEL
from publius.identity import Identity
from publius.settings import Settings, read
from publius.storage import Database, Owner, storage_ready

AGENCY = "bench"
READY = 120.0  # seconds that a server may take to start
PATIENCE = 60.0  # seconds for one run of load

# LiteLLM looks for news of models and prices when it starts. Here it must not, and could not.
_ALONE = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_POLICY_TEMPLATES": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    "LITELLM_TELEMETRY": "False",
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_LOG": "ERROR",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "127.0.0.1",
}


class Side(Struct):
    """A server that runs: where it listens, the key that it wants, and its processes."""

    port: int
    key: str
    process: psutil.Process
    home: Path | None = None

    def load(self, connections: int, seconds: float, kind: str) -> Run:
        """Load it from another process."""
        command = [sys.executable, "-m", "bench.serving.load", str(self.port), self.key]
        command += [str(connections), str(seconds), kind]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
        if done.returncode:
            raise RuntimeError(done.stderr.strip().splitlines()[-1])
        return msgspec.json.decode(done.stdout, type=Run)

    def memory(self) -> dict[str, float]:
        return memory(self.process, self.home)

    def seconds_used(self) -> float:
        return seconds_used(self.process, self.home)


@contextlib.contextmanager
def mock() -> Iterator[Side]:
    """The mock alone."""
    with _started([sys.executable, "-m", "bench.serving.mock"], {}, subprocess.PIPE) as process:
        assert process.stdout is not None
        yield Side(int(process.stdout.readline()), "none", psutil.Process(process.pid))


@contextlib.contextmanager
def publius(upstream: int) -> Iterator[Side]:
    """`publius run` with a home of its own and one agency with limits that are not reached."""
    with tempfile.TemporaryDirectory(prefix="publius-bench-") as folder:
        home, port = Path(folder), _free_port()
        variables = {
            "PUBLIUS_HOME": folder,
            "PORT": str(port),
            "PUBLIUS_METRICS_PORT": str(_free_port()),
            "PUBLIUS_ENGINE": f"openai:http://127.0.0.1:{upstream}/v1",
            "PUBLIUS_MODEL": MODEL,
        }
        settings = read(variables)
        with storage_ready(settings) as storage:
            Owner(storage.owner).create_agency(AGENCY, "Bench", rate_per_minute=10**7, tokens_per_day=10**12)
            key = asyncio.run(_key(storage.application))
        command = [sys.executable, "-m", "publius.cli", "run", "--no-demonstration"]
        with _started(command, variables, subprocess.DEVNULL) as process:
            _wait(f"http://127.0.0.1:{port}/readyz", process)
            yield Side(port, key, psutil.Process(process.pid), home)


@contextlib.contextmanager
def litellm(upstream: int, workers: int) -> Iterator[Side]:
    """LiteLLM's proxy with a master key and no database."""
    program = python_of("litellm").parent / "litellm"
    port, key = _free_port(), "sk-bench-0123456789"
    model = {"model": f"openai/{MODEL}", "api_base": f"http://127.0.0.1:{upstream}/v1", "api_key": "none"}
    config = {
        "model_list": [{"model_name": MODEL, "litellm_params": model}],
        "general_settings": {"master_key": key},
        "litellm_settings": {"telemetry": False},
    }
    with tempfile.TemporaryDirectory(prefix="litellm-bench-") as folder:
        file = Path(folder) / "config.yaml"
        file.write_bytes(msgspec.json.encode(config))  # JSON is YAML
        command = [str(program), "--config", str(file), "--host", "127.0.0.1", "--port", str(port)]
        command += ["--num_workers", str(workers), "--telemetry", "False"]
        with _started(command, _ALONE, subprocess.DEVNULL) as process:
            _wait(f"http://127.0.0.1:{port}/health/liveliness", process)
            yield Side(port, key, psutil.Process(process.pid))


async def _key(address: str) -> str:
    async with Database(address) as database:
        agency = await database.agency_by_slug(AGENCY)
        token, _ = await Identity(database, session_hours=1).keys.create(agency, "bench")
        return token


def records(settings: Settings) -> int:
    """How many leaves the agency's log has."""
    with storage_ready(settings) as storage:
        return asyncio.run(_records(storage.application))


async def _records(address: str) -> int:
    async with Database(address) as database:
        agency = await database.agency_by_slug(AGENCY)
        async with database.agency(agency) as connection:
            row = await (await connection.execute("SELECT count(*) FROM ledger_records")).fetchone()
    assert row is not None
    return int(row[0])


@contextlib.contextmanager
def _started(command: list[str], variables: dict[str, str], output: int) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(command, env=os.environ | variables, stdout=output, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(url: str, process: "subprocess.Popen[str]") -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < READY and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url):
            return
        time.sleep(0.25)
    raise RuntimeError(f"{url} did not come up.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
