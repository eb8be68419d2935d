"""Reading in processes of their own, because parsers meet hostile files.

A worker that takes too long, too much memory or crashes is killed, and the next file gets a new one.
"""

import asyncio
import os
import sys

import msgspec

from publius.errors import SetupError, UnreadableDocument
from publius.retrieval.passages import Piece
from publius.retrieval.reading import ReadDocument, tesseract
from publius.retrieval.reading.worker import LENGTH, OUT_OF_MEMORY, Job, Reply, Seen

_MODULE = "publius.retrieval.reading.worker"
_replies = msgspec.msgpack.Decoder(Reply)


class Reader:
    """A small pool of reading processes, started when first needed."""

    def __init__(self, *, workers: int | None = None, seconds: float = 60, memory: int = 2 << 30) -> None:
        """
        Args:
            workers: most processes at once; as many as there are cores if not given.
            seconds: most time for one file, on the wall and on the processor; after each scanned page again.
            memory: most address space of one process, in bytes.
        """
        self._turns = asyncio.Semaphore(workers or os.cpu_count() or 1)
        self._seconds = seconds
        self._memory = memory
        self._idle: list[asyncio.subprocess.Process] = []
        self._closed = False

    async def read(self, name: str, data: bytes) -> tuple[ReadDocument, list[Piece]]:
        """Read one file and cut it into passages.

        Raises:
            UnreadableDocument: the file cannot be read; the message names the cause, never the content.
        """
        reply = await self._carry_out(Job(name, data))
        if reply.document is None:
            raise UnreadableDocument(reply.reason, cure=reply.cure)
        return reply.document, reply.pieces

    async def draw(self, kind: str, data: bytes, page: int) -> bytes:
        """Draw a page, by its number from 1, of a file of this media type, as a PNG.

        Raises:
            UnreadableDocument: it cannot be drawn, and why.
        """
        reply = await self._carry_out(Job(kind, data, page))
        if not reply.drawn:
            raise UnreadableDocument(reply.reason, cure=reply.cure)
        return reply.drawn

    async def _carry_out(self, job: Job) -> Reply:
        async with self._turns:
            worker = self._idle.pop() if self._idle else await self._start()
            try:
                reply = await self._answer(worker, job)
                while reply.picture:
                    reply = await self._answer(worker, await _seen(reply.picture, reply.dpi))
            except TimeoutError:
                raise UnreadableDocument(f"The file took more than {self._seconds:.0f} seconds to read.") from None
            except (asyncio.IncompleteReadError, OSError, msgspec.MsgspecError):
                raise UnreadableDocument(_last_words(await _end(worker))) from None
            else:
                if not self._closed:
                    self._idle.append(worker)
            finally:
                if worker not in self._idle:
                    await _end(worker)
        return reply

    async def close(self) -> None:
        """End the processes; those at work end with their file."""
        self._closed = True
        while self._idle:
            await _end(self._idle.pop())

    async def _answer(self, worker: asyncio.subprocess.Process, question: Job | Seen) -> Reply:
        async with asyncio.timeout(self._seconds):
            return await _ask(worker, question)

    async def _start(self) -> asyncio.subprocess.Process:
        # Nothing of the environment is handed down: it may hold passwords, and a parser needs none of it.
        return await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-m", _MODULE, str(self._memory), str(max(1, round(self._seconds))),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            cwd="/", env={}, start_new_session=True,
        )  # fmt: skip


async def _seen(picture: bytes, dpi: int) -> Seen:
    """What Tesseract reads on a picture that a worker asks about."""
    try:
        return Seen(await tesseract.recognise(picture, dpi))
    except (UnreadableDocument, SetupError) as refusal:
        return Seen(reason=refusal.message, cure=refusal.next_step)


async def _ask(worker: asyncio.subprocess.Process, question: Job | Seen) -> Reply:
    if worker.stdin is None or worker.stdout is None:
        raise OSError("the worker has no pipes")
    message = msgspec.msgpack.encode(question)
    worker.stdin.write(LENGTH.pack(len(message)))
    worker.stdin.write(message)
    await worker.stdin.drain()
    (length,) = LENGTH.unpack(await worker.stdout.readexactly(LENGTH.size))
    return _replies.decode(await worker.stdout.readexactly(length))


async def _end(worker: asyncio.subprocess.Process) -> int:
    """Kill the worker if it still runs; returns its exit status."""
    if worker.returncode is None:
        try:
            # One that has closed its pipe is about to end by itself, and its status says why.
            async with asyncio.timeout(0.5 if worker.stdout and worker.stdout.at_eof() else 0):
                return await worker.wait()
        except TimeoutError:
            worker.kill()
    return await worker.wait()


def _last_words(status: int) -> str:
    if status == OUT_OF_MEMORY:
        return "The file needs more memory to read than a document may."
    return "The file is damaged in a way that stops its reader."
