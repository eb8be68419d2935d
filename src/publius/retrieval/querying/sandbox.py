"""Runs each query in a process of its own, which is ended when it is over, too slow, or too large."""

import asyncio
import contextlib
import os
import sys

import msgspec

from publius.errors import InvalidRequest
from publius.retrieval.querying.job import Job, Reply
from publius.retrieval.reading.worker import LENGTH, OUT_OF_MEMORY

_MODULE = "publius.retrieval.querying.worker"
_replies = msgspec.msgpack.Decoder(Reply)


class Queries:
    """At most as many processes at once as there are cores."""

    def __init__(self, *, at_once: int | None = None, seconds: float = 15, memory: int = 1 << 30) -> None:
        """
        Args:
            at_once: most processes; as many as there are cores if not given.
            seconds: most time for one query with the loading of its tables, on the wall and on the processor.
            memory: most address space of one process, in bytes.
        """
        self._turns = asyncio.Semaphore(at_once or os.cpu_count() or 1)
        self._seconds = seconds
        self._memory = memory

    async def run(self, job: Job) -> Reply:
        """What comes of a job; a `problem` in it is the caller's to mend.

        Raises:
            InvalidRequest: it took too long, or too much memory.
        """
        async with self._turns:
            worker = await self._start()
            try:
                async with asyncio.timeout(self._seconds):
                    return await _ask(worker, job)
            except TimeoutError:
                raise InvalidRequest(
                    f"The query took more than {self._seconds:.0f} seconds.", cure="Ask for less.", param="sql"
                ) from None
            except (asyncio.IncompleteReadError, OSError, msgspec.MsgspecError):
                raise await _ended(worker) from None
            finally:
                if worker.returncode is None:
                    with contextlib.suppress(ProcessLookupError):
                        worker.kill()
                    await worker.wait()

    async def _start(self) -> asyncio.subprocess.Process:
        # Nothing of the environment is handed down: it may hold passwords, and a query needs none of it.
        return await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-m", _MODULE, str(self._memory), str(max(1, round(self._seconds))),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            cwd="/", env={}, start_new_session=True,
        )  # fmt: skip


async def _ask(worker: asyncio.subprocess.Process, job: Job) -> Reply:
    if worker.stdin is None or worker.stdout is None:
        raise OSError("the process has no pipes")
    message = msgspec.msgpack.encode(job)
    worker.stdin.write(LENGTH.pack(len(message)))
    worker.stdin.write(message)
    await worker.stdin.drain()
    (length,) = LENGTH.unpack(await worker.stdout.readexactly(LENGTH.size))
    return _replies.decode(await worker.stdout.readexactly(length))


async def _ended(worker: asyncio.subprocess.Process) -> InvalidRequest:
    """Why a process ended without an answer: it ran out of memory, of time, or broke."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            if await worker.wait() == OUT_OF_MEMORY:
                return InvalidRequest(
                    "The query needs more memory than one may take.", cure="Ask for less.", param="sql"
                )
    return InvalidRequest("The query was ended: it took too much time or memory.", cure="Ask for less.", param="sql")
