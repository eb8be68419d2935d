"""How much memory Publius's processes take on this machine, by what they are for."""

from collections.abc import Iterable
from pathlib import Path

import psutil

from publius.storage.server import postmaster

READER = "publius.retrieval.reading"  # stands in the command of a process that reads documents


def memory(home: Path) -> dict[str, int]:
    """Bytes by kind of process: the server (this one), its readers, and the database if it is the embedded one."""
    server = psutil.Process()
    readers = [child for child in server.children() if READER in _command(child)]
    database = postmaster(home / "postgres")
    found = {"server": [server], "readers": readers}
    if database is not None:
        found["database"] = [database, *_children(database)]
    return {kind: _bytes(processes) for kind, processes in found.items()}


def _bytes(processes: Iterable[psutil.Process]) -> int:
    """Pages that processes share are counted once where the system says so (Linux), else not at all."""
    total = 0
    for process in processes:
        try:
            info = process.memory_full_info()
        except psutil.Error:  # it has just ended
            continue
        total += getattr(info, "pss", info.uss)
    return total


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children()
    except psutil.Error:
        return []


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
