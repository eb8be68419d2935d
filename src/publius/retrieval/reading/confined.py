"""Limits for a process that meets hostile files; run as a program, it takes them on and becomes another program.

Standard library only, and started by its path: so it costs a hundredth of a second, not an import of everything.
"""

import os
import resource
import sys


def confine(memory: int) -> None:
    """No more memory than this, no files written, no processes started, no memory image left after a crash."""
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        lowest = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (lowest, lowest))
    os.nice(5)  # answering comes before reading


def main() -> None:
    """Arguments: bytes of memory, seconds of processor time, and the program with its own arguments."""
    memory, seconds, *command = sys.argv[1:]
    confine(int(memory))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    os.execve(command[0], command, {"OMP_THREAD_LIMIT": "1"})  # noqa: S606 - no shell is what is wanted


if __name__ == "__main__":
    main()
