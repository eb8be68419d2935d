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
from publius.retrieval.reading.confined import confine
from publius.retrieval.reading.drawing import draw
from publius.retrieval.reading.recognition import Recognise

LENGTH = struct.Struct("<I")
OUT_OF_MEMORY = 3  # exit status


class Job(msgspec.Struct, array_like=True):
    """One file to read, by its name; or, of that media type, a page to draw."""

    name: str
    data: bytes
    page: int = 0


class Seen(msgspec.Struct, array_like=True):
    """What stands on a picture that the worker asked about, or why that cannot be told."""

    hocr: bytes = b""
    reason: str = ""
    cure: str = ""


class Reply(msgspec.Struct, array_like=True):
    """What came of it: a document and its pieces, or a drawn page (PNG), or the reason why there is neither.

    Before a document there may be pictures of its pages (PGM), since no other program is started in here: each is to be
    answered with what is seen on it.
    """

    document: ReadDocument | None = None
    pieces: list[Piece] = []
    reason: str = ""
    cure: str = ""
    drawn: bytes = b""
    picture: bytes = b""
    dpi: int = 0


def main() -> None:
    """Serve until the pipe closes.

    Arguments: bytes of memory, and seconds of processor time, for a file and again after each picture in it.
    """
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    jobs, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # A library that prints must not write into the pipe.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    confine(memory)

    def send(reply: Reply) -> None:
        message = msgspec.msgpack.encode(reply)
        replies.write(LENGTH.pack(len(message)) + message)
        replies.flush()

    def recognise(picture: bytes, dpi: int) -> bytes:
        send(Reply(picture=picture, dpi=dpi))
        seen = msgspec.msgpack.decode(_receive(jobs), type=Seen)
        _allow(seconds)
        if seen.reason:
            raise UnreadableDocument(seen.reason, cure=seen.cure)
        return seen.hocr

    try:
        while data := _receive(jobs):
            _allow(seconds)
            send(_carry_out(msgspec.msgpack.decode(data, type=Job), recognise))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _allow(seconds: int) -> None:
    """Let this process use so much processor time from now on, and no more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, hard))


def _receive(jobs: BinaryIO) -> bytes:
    head = jobs.read(LENGTH.size)
    return jobs.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""


def _carry_out(job: Job, recognise: Recognise) -> Reply:
    try:
        if job.page:
            return Reply(drawn=draw(job.name, job.data, job.page))
        document = read(job.name, job.data, recognise)
        return Reply(document, split(document))
    except UnreadableDocument as refusal:
        return Reply(reason=refusal.message, cure=refusal.next_step)


if __name__ == "__main__":
    main()
