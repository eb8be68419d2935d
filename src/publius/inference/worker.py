"""The engine process: `python -m publius.inference.worker CONFIG`.

One thread: a step of the batch, then a look at the sockets, and again. Every client sees only what it asked
for; when it goes, its generations are cancelled before the next step. The process ends when its parent does
(its standard input closes) and on SIGTERM. If a step does not end, the kernel's alarm ends the process. Once it
serves, its log says what broke and where, never an exception's message: that may quote what somebody wrote.
"""

import asyncio
import os
import resource
import secrets
import signal
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from publius.errors import PubliusError
from publius.inference import wire
from publius.inference.batch import Batch
from publius.inference.schedule import Entry, Schedule
from publius.inference.worker_config import WorkerConfig

_SLOW_READER = 4 << 20  # Bytes that a client may leave unread before it is dropped.


class Client:
    """One connection."""

    def __init__(self, worker: "Worker", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._worker = worker
        self._reader = reader
        self._writer = writer
        self.entries: dict[int, Entry] = {}

    def send(self, message: wire.FromEngine) -> None:
        """Queue a frame. A client that leaves too much unread is dropped, so that memory stays bounded."""
        self._writer.write(wire.pack(message))
        transport = self._writer.transport
        if transport.get_write_buffer_size() > _SLOW_READER:
            transport.abort()

    async def serve(self) -> None:
        """Answer frames until the client goes or sends something that is not one."""
        decoder = msgspec.msgpack.Decoder(wire.ToEngine)
        try:
            while message := await wire.read_frame(self._reader, decoder):
                self._answer(message)
        except wire.BadFrame as error:
            self.send(wire.Failure(0, "bad_frame", f"This connection is closed: {error}."))
        finally:
            for entry in self.entries.values():
                self._worker.schedule.end(entry)
            self.entries.clear()
            self._writer.close()

    def _answer(self, message: wire.ToEngine) -> None:
        try:
            match message:
                case wire.Generate(id, request):
                    self.entries[id] = self._worker.schedule.add(request)
                    self._worker.work.set()
                case wire.Cancel(id):
                    if entry := self.entries.pop(id, None):
                        self._worker.schedule.end(entry)
                        self.send(wire.End(id, "cancelled", entry.usage))
                case wire.Count(id, texts):
                    self.send(wire.Counts(id, tuple(len(self._worker.batch.vocabulary.encode(t)) for t in texts)))
                case wire.Ping(id):
                    schedule = self._worker.schedule
                    self.send(wire.Pong(id, schedule.running, _memory(), schedule.load()))
        except PubliusError as error:
            self._fail(message.id, error)

    def _fail(self, id: int, error: PubliusError) -> None:
        self.send(wire.Failure(id, error.code, error.message, error.retry_after, error.next_step, error.param))

    def deliver(self) -> None:
        """Send what the last step wrote."""
        for id, entry in list(self.entries.items()):
            if entry.error:
                del self.entries[id]
                self._fail(id, entry.error)
            if not entry.generation or entry.error:
                continue
            piece = entry.generation.read()
            self._worker.schedule.wrote(entry, piece.tokens)
            if piece.text or piece.tokens or piece.calls:
                self.send(wire.Text(id, piece.text, piece.tokens, piece.calls, piece.logprobs))
            if entry.generation.finished:
                del self.entries[id]
                self._worker.schedule.end(entry)
                self.send(wire.End(id, entry.generation.finished, entry.usage))


class Worker:
    """The batch, the queue before it, and its clients."""

    def __init__(self, config: WorkerConfig, batch: Batch, schedule: Schedule) -> None:
        self.config = config
        self.batch = batch
        self.schedule = schedule
        self.work = asyncio.Event()
        self._instance = secrets.token_hex(8)
        self._clients: set[Client] = set()

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Welcome a client and serve it until it goes."""
        client = Client(self, reader, writer)
        self._clients.add(client)
        config, limits = self.config, self.config.limits
        silence = limits.wait + limits.answer + config.patience  # By then the engine has said so itself, or ended.
        client.send(wire.Welcome(config.name, config.sha256, self.batch.context, os.getpid(), self._instance, silence))
        try:
            await client.serve()
        finally:
            self._clients.discard(client)

    def say_goodbye(self) -> None:
        """Tell every client that this end is meant."""
        for client in self._clients:
            client.send(wire.Goodbye())

    async def generate(self) -> None:
        """Step for as long as there is work; wait when there is none. Returns when the process should start anew."""
        loop = asyncio.get_running_loop()

        def go_on() -> None:
            loop.call_soon_threadsafe(self.work.set)

        self.batch.compiler.when_over = go_on
        while True:
            with suppress(TimeoutError):  # Who waits for his grammar is told when he has waited too long.
                async with asyncio.timeout(None if self.schedule.idle else 1.0):
                    await self.work.wait()
            self.work.clear()
            while self.schedule.busy:
                self.schedule.step()
                for client in list(self._clients):
                    client.deliver()
                await _let_sockets_speak()
            if self.batch.compiler.worn and self.schedule.idle:
                return


async def _let_sockets_speak() -> None:
    # A new connection, its first frame and its answer each need a turn of the loop.
    for _ in range(4):
        await asyncio.sleep(0)


def _memory() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return pages * resource.getpagesize()


async def _parent_gone() -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


async def _beat(patience: float) -> None:
    """Put off the alarm that ends this process for as long as the loop turns: a hung step lets nothing else run."""
    while True:
        signal.setitimer(signal.ITIMER_REAL, patience)
        await asyncio.sleep(patience / 4)


def _tell(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """Where it broke, without the exception's message."""
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    print(*places, f"{kind.__name__} in a step or at a socket", sep="\n", file=sys.stderr, flush=True)


def _end(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """The last thing that this process does, so that the last line of its log is the reason."""
    _tell(kind, error, trace)
    os._exit(1)


def _tell_of(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if error:
        _tell(type(error), error, error.__traceback__)


async def serve(config: WorkerConfig, batch: Batch, schedule: Schedule) -> None:
    """Serve until SIGTERM or until the parent is gone."""
    worker = Worker(config, batch, schedule)
    socket = Path(config.socket)
    socket.unlink(missing_ok=True)
    os.umask(0o177)
    server = await asyncio.start_unix_server(worker.connect, socket)
    works = (_parent_gone(), worker.generate(), _beat(config.patience))
    ends = [asyncio.ensure_future(work) for work in works]
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_tell_of)
    sys.excepthook = _end
    threading.excepthook = lambda args: _end(args.exc_type, args.exc_value, args.exc_traceback)
    loop.add_signal_handler(signal.SIGTERM, ends[0].cancel)
    try:
        done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        with suppress(asyncio.CancelledError):
            done.pop().result()  # A step that failed ends the process, with its place in the log.
        worker.say_goodbye()
    finally:
        server.close()
        socket.unlink(missing_ok=True)


def main() -> None:
    """Load the model, then serve."""
    config = msgspec.json.decode(sys.argv[1], type=WorkerConfig)
    batch = Batch(Path(config.weights), config.sha256, config.template, config.context, config.cache_gb)
    asyncio.run(serve(config, batch, Schedule(batch, config.limits)))
    if batch.compiler.worn:
        print("it starts anew, to free the memory of many schemas", file=sys.stderr, flush=True)
    os._exit(0)  # A grammar that is being compiled cannot be called back, and would be waited for.


if __name__ == "__main__":
    main()
