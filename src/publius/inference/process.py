"""The engine process seen from outside: who may start it, and starting and stopping it."""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

import msgspec
import structlog

from publius.errors import EngineUnavailable, SetupError
from publius.inference.worker_config import WorkerConfig

_LONGEST_SOCKET_PATH = 100  # Bytes; the kernel's own limit is 108, with a zero at the end.
_PATIENCE = 5.0  # Seconds between asking the engine to end and making it.
_SLOWEST_START = 180.0  # Seconds after which an engine that has not come up is ended.
_STEADY = 60.0  # Seconds of serving after which earlier ends no longer count.
_FIRST_PAUSE = 1.0  # Seconds between the second start and the third; twice as long before each further one.
_LONGEST_PAUSE = 60.0  # Seconds between two starts at most.
_WORTH_WAITING = 5.0  # Seconds of such a pause that a request sits out.

WORKER = "publius.inference.worker"

log = structlog.get_logger("publius.inference")


def socket_path(run: Path, engine: str = "engine") -> Path:
    """Where this engine of the home listens: a folder that only its owner can enter.

    Every process of one home finds the same path, also when the home's own is too long for a socket.

    Raises:
        SetupError: the folder belongs to somebody else.
    """
    path = run / f"{engine}.sock"
    if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
        name = hashlib.sha256(os.fsencode(run)).hexdigest()[:16]
        path = Path(tempfile.gettempdir()) / f"publius-{os.getuid()}-{name}" / path.name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = path.parent.lstat()
    if owner.st_uid != os.getuid() or path.parent.is_symlink():
        raise SetupError(f"{path.parent} belongs to somebody else.", cure="Remove it, or set PUBLIUS_HOME elsewhere.")
    path.parent.chmod(0o700)
    return path


class EngineProcess:
    """At most one engine of a name runs in a home: whoever holds the lock may start it, and stops it.

    One that ends is started again at once; if that one ends soon too, after 1, 2, 4 … 60 seconds.
    """

    def __init__(self, config: WorkerConfig) -> None:
        self._config = config
        self._lock: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._served: float | None = None  # when the one that we started came up
        self._began = 0.0
        self._ends = 0  # one soon after another
        self._not_before = 0.0
        self.trouble = ""  # Why there is no engine now, for an operator; empty when all is well.
        self.socket = Path(config.socket)  # Where it listens.
        self._log = self.socket.with_suffix(".log")

    @property
    def pid(self) -> int | None:
        """Of the engine that we started; None if we are only attached to another's."""
        return self._process.pid if self._process else None

    @property
    def pause(self) -> float:
        """Seconds until it may be started again."""
        return max(self._not_before - time.monotonic(), 0.0)

    def claim(self) -> bool:
        """Take the lock if it is free. The kernel gives it back when we die."""
        if self._lock:
            return True
        lock = self.socket.with_suffix(".lock").open("wb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    def ensure_running(self) -> None:
        """Start the engine unless it is up, on its way up, or to be left alone for a while. Claim the lock first."""
        if self._process and self._process.poll() is None:
            if self._served is None and time.monotonic() - self._began > _SLOWEST_START:
                self._process.kill()
            return
        self._note_the_end()
        if self.pause:
            return
        command = [sys.executable, "-m", WORKER, msgspec.json.encode(self._config).decode()]
        with self._log.open("wb") as output:
            # The engine ends when its standard input does, so it cannot outlive us; and in a session of its
            # own, Ctrl-C at the terminal reaches it only through us.
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True
            )
        self._served, self._began = None, time.monotonic()

    def serves(self) -> None:
        """It came up, ours or another's."""
        self._served, self.trouble = time.monotonic(), ""

    def check(self) -> None:
        """Raises EngineUnavailable if the engine that we started did not come up, or will not soon."""
        if self._process and self._process.poll() is not None:
            came_up = self._served is not None
            self._note_the_end()
            if not came_up:
                raise EngineUnavailable(self.trouble)
        if self.pause > _WORTH_WAITING:
            raise EngineUnavailable(self.trouble, retry_after=int(self.pause) + 1)

    def _note_the_end(self) -> None:
        """Take note that our engine ended, and of when the next may start."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        now = time.monotonic()
        steady = self._served is not None and now - self._served > _STEADY
        self._ends = 1 if steady else self._ends + 1
        self._not_before = now + (
            min(_FIRST_PAUSE * 2.0 ** (self._ends - 2), _LONGEST_PAUSE) if self._ends > 1 else 0.0
        )
        how = "The engine ended" if self._served else "The engine could not start"
        self.trouble = f"{how}: {self._reason(process.returncode)}."
        log.error("engine_ended", pid=process.pid, reason=self.trouble, ends=self._ends, pause_s=round(self.pause, 1))

    def _reason(self, status: int) -> str:
        if status == -signal.SIGALRM:
            return f"it did nothing for {self._config.patience:.0f} seconds"
        if status < 0:
            return f"it was killed by {signal.Signals(-status).name}"
        lines = self._log.read_text(errors="replace").strip().splitlines() or ["it gave no reason"]
        return lines[-1][:300]

    def stop(self) -> None:
        """End the engine if it is ours, and give back the lock."""
        if process := self._process:
            process.terminate()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdin:
                process.stdin.close()
            self._process = None
            self.socket.unlink(missing_ok=True)
        if self._lock:
            self._lock.close()
            self._lock = None
