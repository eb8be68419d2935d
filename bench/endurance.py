"""Memory over ten thousand requests: private memory of server, engine and database, again and again, while they answer.

The web process answers all ten thousand with the echo engine behind it. The engine process answers as many as fit
into the time with the real Llama; how many those were stands in the result.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import aiohttp
import psutil

from bench.building import building, fresh_home
from bench.report import Report, Target
from publius.settings import Settings
from publius.types import Agency

REQUESTS = 10_000
SECONDS = 75  # for the real Llama
TOGETHER = 16
SAMPLES = 10
WARM = 3  # samples before which caches, pools and arenas may still fill
BOUND = 16.0  # MB that private memory may grow between then and the end
TEXT = "Leave policy: sick leave is one hundred and four hours a year, and unused hours are carried over."


def measure() -> Report:
    """Two servers, one after the other, in one home."""
    with fresh_home() as settings:
        key = asyncio.run(_key(settings))
        with _server(settings, "echo") as (address, server):
            web = asyncio.run(_load(address, key, server, most=REQUESTS, seconds=150))
        with _server(settings, "embedded") as (address, server):
            llama = asyncio.run(_load(address, key, server, most=REQUESTS, seconds=SECONDS))
    ours = {"echo": web, "llama": llama}
    grown = {
        f"{who} ({run})": memory[-1] - memory[WARM]
        for run, figures in ours.items()
        for who, memory in figures["MB"].items()
    }
    targets = {"requests through the whole building": Target(web["requests"], REQUESTS, "requests", most=False)}
    targets |= {f"growth of the {who}": Target(mb, BOUND, "MB") for who, mb in grown.items()}
    return Report("endurance", ours, targets=targets)


async def _key(settings: Settings) -> str:
    async with building(settings, start_engine=False) as app:
        agency: Agency = (await app.database.agencies())[0]
        return (await app.identity.keys.create(agency, "bench"))[0]


@contextmanager
def _server(settings: Settings, engine: str) -> Iterator[tuple[str, psutil.Process]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {
        "PUBLIUS_HOME": str(settings.home),
        "PORT": port,
        "PUBLIUS_METRICS_PORT": "0",
        "PUBLIUS_ENGINE": engine,
        "PUBLIUS_ENGINE_CACHE_GB": "0.1",  # Full while it warms up: a cache that still fills is no leak.
    }
    command = [sys.executable, "-m", "publius.cli", "run", "--no-demonstration"]
    with subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as run:
        try:
            assert run.stdout and "ready" in run.stdout.readline()
            yield f"http://127.0.0.1:{port}", psutil.Process(run.pid)
        finally:
            run.terminate()
            run.wait(30)


async def _load(address: str, key: str, server: psutil.Process, *, most: int, seconds: float) -> dict[str, Any]:
    """Requests of three kinds at sixteen connections, and private memory at even intervals of them or of time."""
    memory: dict[str, list[float]] = {}
    numbers, begun, done = count(), time.monotonic(), 0

    async def caller(session: aiohttp.ClientSession) -> None:
        nonlocal done
        while (number := next(numbers)) < most and time.monotonic() - begun < seconds:
            message = {"role": "user", "content": f"{TEXT} Request {number}."}
            body = {"model": "llama", "messages": [message], "max_tokens": 4, "stream": number % 2 == 0}
            if number % 10 == 9:
                body["model"] = "library"
            async with session.post("/v1/chat/completions", json=body) as response:
                response.raise_for_status()
                await response.read()
            done += 1

    async def sampling() -> None:
        for number in range(SAMPLES + 1):
            while done < most * number / SAMPLES and time.monotonic() - begun < seconds * number / SAMPLES:
                await asyncio.sleep(0.05)
            for who, megabytes in _private(server).items():
                memory.setdefault(who, []).append(megabytes)

    headers = {"Authorization": f"Bearer {key}"}
    connector = aiohttp.TCPConnector(limit=TOGETHER)
    async with aiohttp.ClientSession(address, headers=headers, connector=connector) as session:
        watching = asyncio.create_task(sampling())
        await asyncio.gather(*(caller(session) for _ in range(TOGETHER)))
        took = time.monotonic() - begun
        await watching
    return {
        "requests": done,
        "seconds": round(took, 1),
        "MB": {who: [round(mb, 1) for mb in all_] for who, all_ in memory.items()},
    }


def _private(server: psutil.Process) -> dict[str, float]:
    """MB that no other process shares, by kind of process; so without the shared buffers, whose size is set."""
    found = {"server": server.memory_full_info().uss}
    for process in psutil.process_iter(["name", "cmdline"]):
        try:
            line = " ".join(process.info["cmdline"] or [])
            if server in process.parents() and "publius.inference.worker" in line:
                found["engine"] = process.memory_full_info().uss
        except psutil.Error:
            continue
    found["database"] = sum(_uss(each) for each in _database(server))
    return {who: size / 2**20 for who, size in found.items()}


def _database(server: psutil.Process) -> list[psutil.Process]:
    """The server's backends: PostgreSQL runs as nobody's child, and is known by the home in its command line."""
    home = server.environ()["PUBLIUS_HOME"]
    for process in psutil.process_iter(["cmdline"]):
        if f"{home}/postgres" in (process.info["cmdline"] or []):
            return [process, *process.children()]
    return []


def _uss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().uss)
    except psutil.Error:
        return 0
