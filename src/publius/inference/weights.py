"""Weights on this machine: fetched by name, trusted by digest, kept one folder a model."""

import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from publius.errors import DigestMismatch, DiskFull, SetupError, WeightsMissing
from publius.inference import hub as repositories
from publius.inference import sources
from publius.inference.catalog import CatalogModel, WeightsFile
from publius.inference.hub import Hub

Progress = Callable[[int, int], None]  # bytes done, bytes in all

_BLOCK = 1 << 20
_SPARE = 64 << 20  # Room that other programs need while we write.


def folder(models: Path, model: CatalogModel) -> Path:
    """Where the files of a model live: `models` is `settings.home / "models"`."""
    return models / model.name


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def present(models: Path, model: CatalogModel) -> bool:
    """Whether every file is there with its right size. Says nothing of digests: see `verify`."""
    paths = [(folder(models, model) / file.name, file.size) for file in model.files]
    return all(path.is_file() and path.stat().st_size == size for path, size in paths)


def verify(models: Path, model: CatalogModel) -> Path:
    """Hash every file of a model and give its folder.

    Raises:
        WeightsMissing: a file is not there.
        DigestMismatch: a file is not the one that the catalog names.
    """
    home = folder(models, model)
    for file in model.files:
        path = home / file.name
        if not path.is_file():
            raise WeightsMissing(f"The weights of {model.name} are not on this machine: {path} is missing.")
        _check(path, file, model.name)
    return home


def fetch(
    models: Path, model: CatalogModel, progress: Progress = lambda done, total: None, hub: Hub | None = None
) -> Path:
    """Get the files of a model that are missing or wrong, and give the model's folder.

    A file appears under its name only when it is whole and its digest is right. What a repository of `hub` (by
    default the public one) gave before a break is kept, and gone on from.

    Raises:
        DiskFull: too little room; DigestMismatch: the source gave another file;
        SetupError: the source cannot be reached.
    """
    home = folder(models, model)
    home.mkdir(parents=True, exist_ok=True)
    done = furthest = 0

    def report(read: int) -> None:
        nonlocal furthest  # What is counted while pip moves and unpacks goes back and forth; a bar must not.
        furthest = max(furthest, done + read)
        progress(furthest, model.size)

    for file in model.files:
        if not _good(home / file.name, file):
            _room(home, file, model)
            if file.source.startswith("hf:"):
                _resume(home, file, model, report, hub or Hub())
            else:
                _fetch_file(home, file, model, report)
        done += file.size
        report(0)
    return home


def _room(home: Path, file: WeightsFile, model: CatalogModel) -> None:
    free = shutil.disk_usage(home).free
    part = _part(home, file)
    needed = sources.room(file) + _SPARE - (part.stat().st_size if part.is_file() else 0)
    if free < needed:
        raise DiskFull(
            f"Fetching {model.name} needs {needed >> 20} MB in {home}, and {free >> 20} MB are free.",
            cure="Make room there, or set PUBLIUS_HOME to a folder on a larger disk.",
        )


def _part(home: Path, file: WeightsFile) -> Path:
    # By its digest, so that a catalog that now names another file does not go on with this one.
    return home / f".{file.name}.{file.sha256[:16]}.part"


def _resume(home: Path, file: WeightsFile, model: CatalogModel, progress: Callable[[int], None], hub: Hub) -> None:
    part = _part(home, file)
    try:
        with _alone(home, model):
            repositories.fetch(hub, file, part, progress)
            try:
                _check(part, file, model.name)
            except DigestMismatch:
                repositories.forget(part)
                raise
            part.chmod(0o644)
            part.replace(home / file.name)
            repositories.forget(part)
    except OSError as error:
        raise _disk_error(error, home) from error


@contextmanager
def _alone(home: Path, model: CatalogModel) -> Iterator[None]:
    # Two that append to one part would spoil it. The lock goes with the process, however it ends.
    lock = os.open(home / ".fetching", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise SetupError(f"{model.name} is being fetched already.", cure="Wait for it, or end that process.") from None
    try:
        yield
    finally:
        os.close(lock)


def _fetch_file(home: Path, file: WeightsFile, model: CatalogModel, progress: Callable[[int], None]) -> None:
    with _workplace(home) as work:
        found = sources.get(file, work, lambda read: progress(min(read, file.size)))
        _check(found, file, model.name)
        found.chmod(0o644)
        found.replace(home / file.name)


@contextmanager
def _workplace(home: Path) -> Iterator[Path]:
    # Inside the model's folder, so that the last step is a rename on one file system.
    try:
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=home) as name:
            yield Path(name)
    except OSError as error:
        raise _disk_error(error, home) from error


def _disk_error(error: OSError, home: Path) -> SetupError:
    kind = DiskFull if error.errno == errno.ENOSPC else SetupError
    cure = f"See that {home} can be written and has room."
    return kind(f"The weights could not be written: {error.strerror or error}.", cure=cure)


def _good(path: Path, file: WeightsFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size and digest(path) == file.sha256


def _check(path: Path, file: WeightsFile, model: str) -> None:
    found = digest(path)
    if found != file.sha256:
        raise DigestMismatch(
            f"{file.name} of {model} has SHA-256 {found[:16]}…, and the catalog names {file.sha256[:16]}…."
        )
