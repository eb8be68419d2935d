"""What Publius takes when nothing happens: memory of all its processes, room on disk, seconds to start again."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

from bench.building import fresh_home
from bench.processes import memory as memory_of
from bench.report import Report, Target

PROGRAM = [sys.executable, "-m", "publius.cli", "run"]


def measure() -> Report:
    """Start the real program twice, leave it alone for a while, and look."""
    with fresh_home() as settings:
        _run(settings.home)  # the first start makes the database and the demonstration
        seconds, memory = _run(settings.home)
    disk = sum(path.lstat().st_size for path in Path(sys.prefix).rglob("*") if path.is_file()) / 2**30
    ours = {
        "second start, s": seconds,
        "memory in all processes, GB": sum(memory.values()),
        "by process, GB": {name: round(gb, 3) for name, gb in memory.items()},
        "virtual environment, GB": disk,
    }
    targets = {
        "second start": Target(seconds, 10, "s"),
        "memory": Target(ours["memory in all processes, GB"], 1.5, "GB"),
        "virtual environment": Target(disk, 1, "GB"),
    }
    return Report("idle", ours, targets=targets)


def _run(home: Path) -> tuple[float, dict[str, float]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {**os.environ, "PUBLIUS_HOME": str(home), "PORT": port, "PUBLIUS_METRICS_PORT": "0"}
    begun = time.perf_counter()
    with subprocess.Popen(
        PROGRAM, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as run:
        assert run.stdout is not None
        line = run.stdout.readline()
        seconds = time.perf_counter() - begun
        assert re.match(r"Publius is ready", line), line
        time.sleep(5)
        memory = memory_of(psutil.Process(run.pid), home)
        run.send_signal(signal.SIGINT)
        run.wait(30)
    return seconds, memory
