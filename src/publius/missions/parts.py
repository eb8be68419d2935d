"""Reads a file of a pack as data of a known shape, and says which file, line and field is wrong where it is not."""

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from publius.missions.faults import BrokenMission

Shape = TypeVar("Shape")

_WORDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "date": "a date such as 2026-11-25",
    "array": "a list",
    "object": "a table",
    "null": "nothing",
}


def text_of(folder: Path, name: str) -> str:
    """The text of the pack's file `name`.

    Raises:
        BrokenMission: it is missing, empty or no UTF-8 text.
    """
    try:
        text = (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BrokenMission(name, 0, "the file is missing") from None
    except UnicodeDecodeError as error:
        line = (folder / name).read_bytes()[: error.start].count(b"\n") + 1
        raise BrokenMission(name, line, "it is not UTF-8 text") from None
    except OSError as error:
        raise BrokenMission(name, 0, f"it cannot be read ({error.strerror})") from None
    if not text.strip():
        raise BrokenMission(name, 0, "the file is empty")
    return text


def toml(text: str, shape: type[Shape], name: str, before: int = 0) -> Shape:
    """TOML text as a `shape`; `before` lines of the file come before it.

    Raises:
        BrokenMission: it is no TOML, or not of that shape.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said, _, place = str(error).partition(" (at ")
        line = re.match(r"line (\d+)", place)
        at = int(line[1]) if line else text.count("\n") + 1
        raise BrokenMission(name, before + at, f"it is not TOML ({said[:1].lower()}{said[1:]})") from None
    try:
        return msgspec.convert(data, shape)
    except msgspec.ValidationError as error:
        field, said = explained(error)
        raise BrokenMission(name, before + line_of(field, text), said) from None


def explained(error: msgspec.ValidationError) -> tuple[str, str]:
    """The field at fault ("" for none) and a clause that says what is wrong with it."""
    said, _, place = str(error).partition(" - at ")
    path = place.strip("`").removeprefix("$").replace("[...]", "").lstrip(".")
    inner = f"{path}." if path else ""
    if missing := re.match(r"Object missing required field `(.+)`", said):
        return path, f"{inner}{missing[1]} is missing"
    if unknown := re.match(r"Object contains unknown field `(.+)`", said):
        return f"{inner}{unknown[1]}", f"{inner}{unknown[1]} is no field of it"
    if "length >= 1" in said:
        return path, f"{path} is empty"
    said = re.sub(r"`(\w+)(?: \| \w+)*`", lambda match: _WORDS.get(match[1], match[1]), said)
    return path, f"{path or 'it'}: {said[:1].lower()}{said[1:]}"


def line_of(field: str, text: str) -> int:
    """The line, from 1, on which a field of TOML or YAML stands; 1 where it cannot be told."""
    last = re.escape(field.rpartition(".")[2])
    found = re.search(rf"^[\s\[-]*{last}\s*[=:\]]", text, re.MULTILINE) if field else None
    return text.count("\n", 0, found.end()) + 1 if found else 1


def member(value: Any, choices: tuple[str, ...], field: str, name: str, text: str) -> None:
    """Raise BrokenMission unless `value` is one of the choices."""
    if value not in choices:
        said = f"{field} is {value!r}, and may be {' or '.join(choices)}"
        raise BrokenMission(name, line_of(field, text), said)
