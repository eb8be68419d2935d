"""A tool's result as an answer may rest on it, and the sealed address of the form where a person sees it computed."""

from collections.abc import Mapping
from typing import Any

import msgspec

from publius.errors import InvalidRequest
from publius.kit import Result, Tool
from publius.missions import phrases
from publius.missions.pack import Pack
from publius.missions.sealed import Kept, Seal
from publius.types import Agency, ToolResult


class Forms:
    """Where one agency's people find the tools' forms with what is known filled in, which no address shows."""

    def __init__(self, secret: bytes, agency: Agency, language: str) -> None:
        self._secret = secret
        self._agency = agency
        self._language = language

    def path(self, pack: Pack, tool: Tool, values: Mapping[str, Any]) -> str:
        """The path of the tool's form with these values, by the names of its fields, sealed in it.

        More than an address can carry is left out: the form is then empty.
        """
        path = form_path(pack, tool)
        known = {name: written(value) for name, value in values.items() if value is not None}
        if not known:
            return path
        try:
            sealed = Seal(self._secret, self._agency, path).close(Kept(known, self._language))
            return f"{path}?a={sealed}&lang=es" if self._language == "es" else f"{path}?a={sealed}"
        except InvalidRequest:
            return path


def form_path(pack: Pack, tool: Tool) -> str:
    """The path of the tool's form, to which its links are sealed."""
    return f"/missions/{pack.id}/tools/{tool.name}"


def computed(pack: Pack, tool: Tool, given: Mapping[str, Any], language: str, forms: Forms) -> ToolResult:
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
        link=forms.path(pack, tool, _paths(plain)),
    )


def written(value: Any) -> str:
    """A value as a form sends it."""
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


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
