"""A command waits for what it uses, and for no room that it does not open."""

import subprocess
import sys

import pytest

HEAVY = ("publius.application", "litestar", "openvino", "alembic", "aiohttp")


@pytest.mark.parametrize("command", ["agency", "user", "key", "engine"])
def test_a_command_that_opens_no_room_imports_none(command: str) -> None:
    program = f"import sys, publius.cli, publius.cli.{command}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not [name for name in HEAVY if name in done.stdout.split()]
