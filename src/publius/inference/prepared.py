"""What OpenVINO makes of a GGUF file, kept beside it, so that later starts do not make it again.

Unpacking a GGUF file and building its tokenizer take most of a start. Both results are kept in a folder named
after the weights' SHA-256 and OpenVINO's version. A manifest in it holds the SHA-256 of every file: a folder
that is not exactly what its manifest says, or that somebody else could write to, is made anew and never used.
"""

import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from openvino_genai import py_openvino_genai as genai  # type: ignore[import-untyped]

from publius.inference.weights import digest

_MANIFEST = "manifest.json"
_LAYOUT = 2  # Raise it when what is kept changes.
_SPARE = 64 << 20  # Bytes that other programs need while we write.


def folder(weights: Path, sha256: str) -> Path:
    """Where what was made of these weights by this OpenVINO is, or would be."""
    made_by = f"{_LAYOUT} {sha256} {genai.get_version()}"
    return weights.parent / f"prepared-{hashlib.sha256(made_by.encode()).hexdigest()[:16]}"


def usable(home: Path) -> bool:
    """Whether the folder holds exactly the files of its manifest, and only its owner or root could change them."""
    try:
        owner = home.lstat()
        if home.is_symlink() or owner.st_uid not in (0, os.getuid()) or owner.st_mode & 0o022:
            return False
        wanted = msgspec.json.decode((home / _MANIFEST).read_bytes(), type=dict[str, str])
        return _digests(home) == wanted
    except (OSError, msgspec.DecodeError):
        return False


def prepare(weights: Path, home: Path, make: Callable[[Path], None]) -> bool:
    """Have `make` write into a new folder, which becomes `home` when it is whole; False if it cannot be kept.

    `make` is given the weights by a path in that folder and writes beside it. Nobody waits: where another
    process prepares the same, or there is no room or no right to write, the start goes on without.
    """
    try:
        with _alone(weights.parent) as alone:
            if not alone or shutil.disk_usage(weights.parent).free < 2 * weights.stat().st_size + _SPARE:
                return False
            whole = usable(home)  # Another process may have made it since we looked.
            _clear(weights.parent, keep=home if whole else None)
            if not whole:
                _make(weights, home, make)
            return True
    except (OSError, RuntimeError) as error:  # OpenVINO says a full disk as a RuntimeError.
        print(f"What was made of {weights.name} is not kept: {error}", file=sys.stderr, flush=True)
        return False


def _make(weights: Path, home: Path, make: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory(prefix=".preparing-", dir=weights.parent) as name:
        work = Path(name) / "made"
        work.mkdir(mode=0o755)
        link = work / weights.name
        link.symlink_to(weights.resolve())
        make(link)
        link.unlink()
        (work / _MANIFEST).write_bytes(msgspec.json.encode(_digests(work)))
        work.rename(home)


def _digests(home: Path) -> dict[str, str]:
    return {path.name: digest(path) for path in sorted(home.iterdir()) if path.name != _MANIFEST}


def _clear(models: Path, keep: Path | None) -> None:
    """Remove what other versions and broken attempts left; the lock is ours, so nobody is at work there."""
    for path in (*models.glob("prepared-*"), *models.glob(".preparing-*")):
        if path.is_symlink():
            path.unlink()
        elif path != keep:
            shutil.rmtree(path)


@contextmanager
def _alone(models: Path) -> Iterator[bool]:
    with (models / ".preparing").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
