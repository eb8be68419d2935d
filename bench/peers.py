"""Programs that Publius is measured and tested against, each in a virtual environment of its own.

They never run beside Publius's own packages: a peer may want other versions, and none of them is shipped.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "tools" / "peers"
HOMES = ROOT / ".setup" / "peers"


class PeerMissing(Exception):
    """The peer is not on this machine and could not be installed; says why."""


def python_of(name: str) -> Path:
    """The Python of the environment that holds the peer, made from `tools/peers/NAME.lock` on first use.

    Raises:
        PeerMissing: it could not be installed, for example without a network.
    """
    lock, home = LOCKS / f"{name}.lock", HOMES / name
    python, stamp = home / "bin" / "python", home / ".stamp"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    _run([sys.executable, "-m", "venv", "--clear", str(home)])
    _run([str(python), "-m", "pip", "install", "-q", "--require-hashes", "--no-deps", "-r", str(lock)])
    stamp.write_text(wanted)
    return python


def _run(command: list[str]) -> None:
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise PeerMissing((done.stderr.strip().splitlines() or ["it gave no reason"])[-1])
