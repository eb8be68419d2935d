"""The promise: the embedded PostgreSQL starts by itself, survives crashes, and stops when nobody needs it."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from publius.errors import MigrationFailed
from publius.storage import EmbeddedServer, migrate
from publius.storage.migrate import MIGRATIONS

HEAD = max(file.name for file in (MIGRATIONS / "versions").glob("0*.py"))[:4]  # the project's newest migration

pytestmark = pytest.mark.slow  # starts whole programs


def test_it_starts_twice_and_the_last_to_leave_stops_it(home: Path) -> None:
    first, second = EmbeddedServer(home), EmbeddedServer(home)
    address = first.start()
    assert second.start() == address
    first.stop()
    _answers(address)
    second.stop()
    assert not (home / "postgres" / "postmaster.pid").exists()


def test_a_user_that_was_killed_does_not_keep_it_running(home: Path) -> None:
    code = "import sys, time; from pathlib import Path; from publius.storage import EmbeddedServer\n"
    code += "EmbeddedServer(Path(sys.argv[1])).start(); print('up', flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", code, str(home)], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None and other.stdout.readline() == "up\n"
    other.kill()
    other.wait()
    server = EmbeddedServer(home)
    _answers(server.start())
    server.stop()
    assert not (home / "postgres" / "postmaster.pid").exists()


def test_it_starts_after_a_crash_that_left_its_lock_to_a_reused_process_id(home: Path) -> None:
    server = EmbeddedServer(home)
    address = server.start()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    lock = home / "postgres" / "postmaster.pid"
    left = lock.read_text()
    os.kill(int(left.split("\n", 1)[0]), signal.SIGKILL)
    time.sleep(0.5)
    server.stop()
    lock.write_text("\n".join([str(os.getpid()), *left.split("\n")[1:]]))  # the id now belongs to this very process
    again = EmbeddedServer(home)
    with psycopg.connect(again.start()) as connection:
        row = connection.execute("SELECT answer FROM kept").fetchone()
    again.stop()
    assert row == (42,)


def test_an_interrupted_first_start_is_made_good(home: Path) -> None:
    (home / "postgres").mkdir()
    (home / "postgres" / "half").write_text("made")
    server = EmbeddedServer(home)
    _answers(server.start())
    server.stop()


def test_a_long_home_still_has_a_private_socket(home: Path) -> None:
    deep = home / ("long" * 20)
    deep.mkdir()
    server = EmbeddedServer(deep)
    address = server.start()
    _answers(address)
    folder = Path(psycopg.conninfo.conninfo_to_dict(address)["host"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    server.stop()


def test_nobody_gets_in_without_the_password(home: Path) -> None:
    server = EmbeddedServer(home)
    address = server.start()
    try:
        for password in ("", "guess"):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(psycopg.conninfo.make_conninfo(address, password=password))
        assert stat.S_IMODE((home / "keys" / "postgres").stat().st_mode) == 0o600
    finally:
        server.stop()


def test_a_migration_that_fails_changes_nothing(owner_address: str, tmp_path: Path) -> None:
    scripts = _scripts(tmp_path, "op.execute('CREATE TABLE half (x int)'); op.execute('SELECT 1/0')")
    with pytest.raises(MigrationFailed, match="division by zero"):
        migrate(owner_address, "secret", scripts=scripts)
    with psycopg.connect(owner_address) as connection:
        assert connection.execute("SELECT to_regclass('half')").fetchone() == (None,)
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)


def test_a_newer_database_is_refused(owner_address: str, tmp_path: Path) -> None:
    migrate(owner_address, "secret", scripts=_scripts(tmp_path, "op.execute('CREATE TABLE newer (x int)')"))
    with pytest.raises(MigrationFailed, match="9999"):
        migrate(owner_address, "secret")


def _scripts(folder: Path, body: str) -> Path:
    """The project's migrations with one more at the end."""
    import shutil

    scripts = folder / "storage" / "migrations"
    shutil.copytree(MIGRATIONS.parent, scripts.parent)
    (scripts / "versions" / "9999_more.py").write_text(
        f"from alembic import op\nrevision = '9999'\ndown_revision = '{HEAD}'\ndef upgrade():\n    {body}\n"
    )
    return scripts


def _answers(address: str) -> None:
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
