"""A tool's result as an answer may rest on it, with the address where a person sees it computed."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from publius.kit import Result, Tool
from publius.missions import phrases
from publius.missions.pack import Pack
from publius.types import ToolResult


def computed(pack: Pack, tool: Tool, given: Mapping[str, Any], language: str) -> ToolResult:
    """The tool's result, as an answer may rest on it.

    Raises:
        InvalidInput: it cannot be computed with what is given.
    """
    values = tool.read(given, language)
    result: Result[Any] = tool(**values)
    plain = tool.plain(values)
    return ToolResult(
        name=tool.name,
        title=phrases.title(tool, language),
        value=_plain(result.value),
        says=result.told(language),
        text=result.text(language),
        arguments=plain,
        derivation=tuple(_plain(line) for line in result.lines(language)),
        link=form_path(pack, tool, _paths(plain)),
    )


def form_path(pack: Pack, tool: Tool, values: Mapping[str, Any]) -> str:
    """The path of the tool's form with these values filled in, each by the name of its field."""
    known = {path: "yes" if value is True else "no" if value is False else value for path, value in values.items()}
    query = f"?{urlencode(known)}" if known else ""
    return f"/missions/{pack.id}/tools/{tool.name}{query}"


def _paths(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments by the names of a form's fields."""
    found: dict[str, Any] = {}
    for name, value in plain.items():
        if isinstance(value, list):
            found |= {f"{name}.{at}.{field}": each for at, row in enumerate(value) for field, each in row.items()}
        else:
            found[name] = value
    return found


def _plain(value: Any) -> Any:
    """A value as JSON has it, with the names of its parts."""
    if hasattr(value, "_asdict"):
        return {name: _plain(each) for name, each in value._asdict().items()}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return msgspec.to_builtins(value)
