"""All processes that belong to one program: their memory, and the processor time that they have used."""

from collections.abc import Iterator
from pathlib import Path

import psutil


def family(server: psutil.Process, home: Path | None = None) -> Iterator[psutil.Process]:
    """The server, its descendants, and whatever runs on its `home`, which is how its database is known."""
    for process in psutil.process_iter():
        try:
            ancestry = [process, *process.parents()]
            if server in ancestry or (home and any(str(home) in " ".join(each.cmdline()) for each in ancestry)):
                yield process
        except psutil.Error:
            continue


def memory(server: psutil.Process, home: Path | None = None) -> dict[str, float]:
    """Proportional set size by kind of process, GB: pages that processes share are counted once."""
    found: dict[str, float] = {}
    for process in family(server, home):
        try:
            name = "server" if process == server else "database" if "postgres" in process.name() else "others"
            found[name] = found.get(name, 0) + process.memory_full_info().pss / 2**30
        except psutil.Error:
            continue
    return found


def seconds_used(server: psutil.Process, home: Path | None = None) -> float:
    """Processor time of all of them so far, in seconds."""
    total = 0.0
    for process in family(server, home):
        try:
            used = process.cpu_times()
            total += used.user + used.system
        except psutil.Error:
            continue
    return total
