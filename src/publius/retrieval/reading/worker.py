"""The process in which files are read: files come in by one pipe, text and passages leave by another.

Started by `sandbox.Reader` with an empty environment. Each message is its length in four bytes and then
MessagePack. A file that breaks its parser ends this process, and nothing else.
"""

import os
import resource
import struct
import sys
from typing import BinaryIO

import msgspec

from publius.errors import UnreadableDocument
from publius.retrieval.passages import Piece, split
from publius.retrieval.reading import ReadDocument, read

LENGTH = struct.Struct("<I")
OUT_OF_MEMORY = 3  # exit status


class Job(msgspec.Struct, array_like=True):
    """One file to read."""

    name: str
    data: bytes


class Reply(msgspec.Struct, array_like=True):
    """What came of it: a document and its pieces, or the reason why there is none."""

    document: ReadDocument | None = None
    pieces: list[Piece] = []
    reason: str = ""
    cure: str = ""


def main() -> None:
    """Serve until the pipe closes. Arguments: bytes of memory, and seconds of processor time a file."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    jobs, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # A library that prints must not write into the pipe.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    _confine(memory)
    try:
        while data := _receive(jobs):
            used = resource.getrusage(resource.RUSAGE_SELF)
            hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
            resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, hard))
            reply = msgspec.msgpack.encode(_carry_out(msgspec.msgpack.decode(data, type=Job)))
            replies.write(LENGTH.pack(len(reply)) + reply)
            replies.flush()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _confine(memory: int) -> None:
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


def _receive(jobs: BinaryIO) -> bytes:
    head = jobs.read(LENGTH.size)
    return jobs.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""


def _carry_out(job: Job) -> Reply:
    try:
        document = read(job.name, job.data)
        return Reply(document, split(document))
    except UnreadableDocument as refusal:
        return Reply(reason=refusal.message, cure=refusal.next_step)


if __name__ == "__main__":
    main()
