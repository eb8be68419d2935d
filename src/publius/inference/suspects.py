"""Requests that were in the engine when it died: which are tried alone, and which are not tried again.

A crash does not say which of the requests under way caused it. So each of them gets a mark, and one that later
comes to its end loses it. One that was there at two deaths is a suspect. If it has more marks than any other
that was there, it did it, and is refused; if several have as many, each is tried alone from then on, so that the
next death has one suspect only.

Kept in a file, for every process of this home and across restarts: digests and times, no content.
"""

import asyncio
import fcntl
import hmac
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct

from publius.errors import EndsEngine
from publius.inference.engine import Request

MEMORY = 24 * 3600.0  # Seconds after the last death that a mark lasts.
MOST = 1000  # Digests that are kept; the oldest go first.
ENOUGH = 2  # Deaths that make a suspect.

log = structlog.get_logger("publius.inference")


class Suspect(Struct):
    """One digest: the engines that died with it under way, and when (Unix time) the last did."""

    engines: list[str]
    last: float
    refused: bool = False


Marks = dict[str, Suspect]


def suspects_file(home: Path) -> Path:
    """Where they are kept."""
    return home / "engine" / "suspects.json"


def fingerprint(request: Request) -> str:
    """32 hexadecimal digits over what reaches the engine, keyed by the agency's secret: they say nothing of it."""
    said = msgspec.msgpack.encode((request.agency, request.messages, request.prompt, request.form))
    return hmac.digest(request.salt, said, "sha256").hex()[:32]


class Suspects:
    """The marks in one file, which need not be there yet."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = file.with_suffix(".lock")
        self._alone = asyncio.Lock()
        self._seen: tuple[int, int] | None = None  # the version of the file that `_marks` is
        self._marks: Marks = {}

    @asynccontextmanager
    async def trying(self, digest: str) -> AsyncIterator[None]:
        """Around a request's time in the engine: a suspect waits here until no other is tried.

        Raises:
            EndsEngine: it has ended the engine twice.
        """
        if len(self._engines(digest)) < ENOUGH:
            yield
            return
        async with self._alone:
            self._engines(digest)  # while it waited, another with this digest may have been found out
            yield

    def cleared(self, digest: str) -> None:
        """It came to its end, so it was not this one."""
        if digest in self._current():
            with self._changing() as marks:
                marks.pop(digest, None)

    def died(self, engine: str, present: Iterable[str]) -> None:
        """Mark what was under way when this engine died, and refuse from now on what must have done it.

        `engine` names one engine process: two clients of it report the same death.
        """
        with self._changing() as marks:
            for digest in present:
                suspect = marks.setdefault(digest, Suspect([], 0.0))
                if engine not in suspect.engines:
                    suspect.engines.append(engine)
                suspect.last = time.time()
            there = {digest: len(mark.engines) for digest, mark in marks.items() if engine in mark.engines}
            most = max(there.values(), default=0)
            worst = [digest for digest, count in there.items() if count == most]
            if most >= ENOUGH and len(worst) == 1 and not marks[worst[0]].refused:
                marks[worst[0]].refused = True
                log.error(
                    "request_refused_from_now_on",
                    digest=worst[0],
                    deaths=most,
                    cure=f"publius engine pardon {worst[0]}",
                )

    def pardon(self, digest: str | None = None) -> list[str]:
        """Forget one digest (its beginning is enough), or all. Returns those that were forgotten."""
        with self._changing() as marks:
            forgotten = [known for known in marks if digest is None or known.startswith(digest)]
            for known in forgotten:
                del marks[known]
        return forgotten

    def all(self) -> Marks:
        """Every digest with a mark that still lasts."""
        return dict(self._current())

    def _engines(self, digest: str) -> list[str]:
        mark = self._current().get(digest)
        if mark is None:
            return []
        if mark.refused:
            until = f"{datetime.fromtimestamp(mark.last + MEMORY, UTC):%H:%M UTC on %d %B}"
            raise EndsEngine(
                f"This request ended the engine {len(mark.engines)} times and is refused until {until}.",
                cure=f"Word or shorten it differently. An operator can let it in again: publius engine pardon {digest}",
            )
        return mark.engines

    def _current(self) -> Marks:
        try:
            state = self._file.stat()
        except FileNotFoundError:
            return {}
        version = (state.st_mtime_ns, state.st_ino)
        if version != self._seen:
            self._marks, self._seen = self._read(), version
        old = time.time() - MEMORY
        return {digest: mark for digest, mark in self._marks.items() if mark.last > old}

    def _read(self) -> Marks:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Marks)
        except FileNotFoundError:
            return {}
        except msgspec.DecodeError:
            log.warning("suspects_unreadable", file=str(self._file), cure="It is written anew.")
            return {}

    @contextmanager
    def _changing(self) -> Iterator[Marks]:
        """The marks of all processes, to change: one process at a time, and never half of a file."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            old = time.time() - MEMORY
            marks = {digest: mark for digest, mark in self._read().items() if mark.last > old}
            yield marks
            newest = sorted(marks.items(), key=lambda item: item[1].last)[-MOST:]
            written = self._file.with_suffix(".new")
            written.write_bytes(msgspec.json.encode(dict(newest)))
            written.replace(self._file)
