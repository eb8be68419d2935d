"""The engine process seen from outside: who may start it, and starting and stopping it."""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

import msgspec

from publius.errors import EngineUnavailable, SetupError
from publius.inference.worker_config import WorkerConfig

_LONGEST_SOCKET_PATH = 100  # Bytes; the kernel's own limit is 108, with a zero at the end.
_PATIENCE = 5.0  # Seconds between asking the engine to end and making it.


def socket_path(run: Path) -> Path:
    """Where the engine of this home listens: a folder that only its owner can enter.

    Every process of one home finds the same path, also when the home's own is too long for a socket.

    Raises:
        SetupError: the folder belongs to somebody else.
    """
    path = run / "engine.sock"
    if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
        name = hashlib.sha256(os.fsencode(run)).hexdigest()[:16]
        path = Path(tempfile.gettempdir()) / f"publius-{os.getuid()}-{name}" / "engine.sock"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = path.parent.lstat()
    if owner.st_uid != os.getuid() or path.parent.is_symlink():
        raise SetupError(f"{path.parent} belongs to somebody else.", cure="Remove it, or set PUBLIUS_HOME elsewhere.")
    path.parent.chmod(0o700)
    return path


class EngineProcess:
    """At most one engine runs in a home: whoever holds the lock may start it, and stops it."""

    def __init__(self, config: WorkerConfig) -> None:
        self._config = config
        self._lock: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.has_served = False  # Whether the one that we started came up: then its end is no failed start.
        self.socket = Path(config.socket)  # Where it listens.
        self._log = self.socket.with_name("engine.log")

    @property
    def pid(self) -> int | None:
        """Of the engine that we started; None if we are only attached to another's."""
        return self._process.pid if self._process else None

    def claim(self) -> bool:
        """Take the lock if it is free. The kernel gives it back when we die."""
        if self._lock:
            return True
        lock = self.socket.with_name("engine.lock").open("wb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    def ensure_running(self) -> None:
        """Start the engine unless it is up or on its way up. Call only with the lock claimed."""
        if self._process and self._process.poll() is None:
            return
        command = [sys.executable, "-m", "publius.inference.worker", msgspec.json.encode(self._config).decode()]
        with self._log.open("wb") as log:
            # The engine ends when its standard input does, so it cannot outlive us; and in a session of its
            # own, Ctrl-C at the terminal reaches it only through us.
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
            )
        self.has_served = False

    def check(self) -> None:
        """Raises EngineUnavailable if the engine that we started ended before it came up."""
        if self._process and self._process.poll() is not None:
            self._process = None
            if self.has_served:
                return
            lines = self._log.read_text(errors="replace").strip().splitlines() or ["it gave no reason"]
            raise EngineUnavailable(f"The engine could not start: {lines[-1][:300]}.")

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
