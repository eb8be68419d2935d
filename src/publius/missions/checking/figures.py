"""The law's figures in `tables/`: each stands in a block that says where it is from and how far it is verified."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from publius.missions import parts
from publius.missions.checking.finding import Finding
from publius.missions.faults import BrokenMission

_ABOUT = ("source", "status")


def of_tables(folder: Path) -> Iterator[Finding]:
    """Every TOML file below `tables/`, in the form that `publius.kit.load` reads."""
    for path in sorted((folder / "tables").rglob("*.toml")):
        name = path.relative_to(folder).as_posix()
        try:
            text = parts.text_of(folder, name)
            data = tomllib.loads(text)
        except BrokenMission as error:
            yield Finding(error.file, error.line, error.said)
        except tomllib.TOMLDecodeError as error:
            yield Finding(name, 0, f"it is not TOML ({error})")
        else:
            yield from _of_block(name, text, (), data)


def _of_block(name: str, text: str, place: tuple[str, ...], block: dict[str, Any]) -> Iterator[Finding]:
    """A block has a source and a status, or is only a place for other blocks."""
    where = ".".join(place) or "the file"
    if "source" in block or "status" in block:
        for about in _ABOUT:
            if not str(block.get(about, "")).strip():
                yield Finding(name, _line(text, place), f"{where} has no {about}")
        return
    figures = [key for key, held in block.items() if not isinstance(held, dict)]
    if figures:
        said = f"{where} has figures ({', '.join(figures[:3])}), and no source and no status"
        yield Finding(name, _line(text, place), said)
    for key, held in block.items():
        if isinstance(held, dict):
            yield from _of_block(name, text, (*place, key), held)


def _line(text: str, place: tuple[str, ...]) -> int:
    heading = f"[{'.'.join(place)}]"
    return next((at for at, line in enumerate(text.splitlines(), 1) if line.strip() == heading), 0)
