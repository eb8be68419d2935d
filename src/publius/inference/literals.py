"""Values as JSON or Python writes them, and nothing else: no names, no operators, nothing that could act.

A scanner stands at a place in a text. Each method reads what it is named after and moves on, or raises
Incomplete where the text ended too early, or Malformed where no further text could help.
"""

import json
import math
import re
from typing import Any

_DEEPEST = 32
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_SPACE = re.compile(r"[ \t\r\n]*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_NUMERIC = re.compile(r"[-+.0-9eE]*")
_ESCAPE = re.compile(r'\\.|"', re.DOTALL)
_LONGEST_NUMBER = 400  # Characters; Python refuses to read whole numbers of more than 4,300 digits.
_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_STRINGS = {
    '"': re.compile(r'"(?:[^"\\\n]|\\.)*"', re.DOTALL),
    "'": re.compile(r"'(?:[^'\\\n]|\\.)*'", re.DOTALL),
}


class Incomplete(Exception):
    """The text ended before the value did."""


class Malformed(Exception):
    """It is not such a value, whatever may follow."""


class Scanner:
    """`at` is where it stands: an index into `text`."""

    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.at = at

    def expect(self, word: str) -> None:
        """Blank space, then this word."""
        if not self.accept(word):
            raise Malformed

    def accept(self, word: str) -> bool:
        """Move over blank space and this word, if it stands there; say whether it did."""
        self._over_space()
        rest = self.text[self.at : self.at + len(word)]
        if rest == word:
            self.at += len(word)
            return True
        if word.startswith(rest) and self.at + len(rest) == len(self.text):
            raise Incomplete
        return False

    def name(self) -> str:
        """The name of a tool or of an argument."""
        self._over_space()
        found = _NAME.match(self.text, self.at)
        if not found:
            raise Malformed if self.at < len(self.text) else Incomplete
        self.at = found.end()
        self._more()
        return found[0]

    def value(self, depth: int = 0) -> Any:
        """Any value: object, list, string, number, true, false or null, in JSON's or Python's spelling."""
        if depth > _DEEPEST:
            raise Malformed
        self._over_space()
        self._more()
        match self.text[self.at]:
            case "{":
                return self._object(depth)
            case "[":
                return self._list(depth)
            case '"' | "'" as quote:
                return self._string(quote)
            case first if first in "-0123456789":
                return self._number()
            case _:
                return self._word()

    def _object(self, depth: int) -> dict[str, Any]:
        self.expect("{")
        found: dict[str, Any] = {}
        while not self.accept("}"):
            if found:
                self.expect(",")
            key = self.value(depth + 1)
            if not isinstance(key, str):
                raise Malformed
            self.expect(":")
            found[key] = self.value(depth + 1)
        return found

    def _list(self, depth: int) -> list[Any]:
        self.expect("[")
        found: list[Any] = []
        while not self.accept("]"):
            if found:
                self.expect(",")
            found.append(self.value(depth + 1))
        return found

    def _string(self, quote: str) -> str:
        found = _STRINGS[quote].match(self.text, self.at)
        if not found:
            raise Malformed if "\n" in self.text[self.at :] else Incomplete
        self.at = found.end()
        return _unquoted(found[0])

    def _number(self) -> int | float:
        run = _NUMERIC.match(self.text, self.at)
        assert run
        if len(run[0]) > _LONGEST_NUMBER:
            raise Malformed
        self.at = run.end()
        self._more()
        if not _NUMBER.fullmatch(run[0]):
            raise Malformed
        value: int | float = json.loads(run[0])
        if not math.isfinite(value):
            raise Malformed
        return value

    def _word(self) -> bool | None:
        for word, value in _WORDS.items():
            if self.accept(word):
                return value
        raise Malformed

    def _over_space(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _more(self) -> None:
        """A name or number at the very end may go on."""
        if self.at >= len(self.text):
            raise Incomplete


def _unquoted(literal: str) -> str:
    """What a quoted string says, by JSON's rules; single quotes are Python's addition."""
    if literal[0] == "'":
        literal = f'"{_ESCAPE.sub(_in_double_quotes, literal[1:-1])}"'
    try:
        value: str = json.loads(literal, strict=False)
        value.encode()  # Half a surrogate pair is no text.
    except ValueError:
        raise Malformed from None
    return value


def _in_double_quotes(found: re.Match[str]) -> str:
    return {"\\'": "'", '"': '\\"'}.get(found[0], found[0])


def python_text(value: Any) -> str:
    """As `llama-models` writes it, except where that would not be read back: quotes in text, and dictionaries."""
    if isinstance(value, str):
        return f'"{value}"' if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(python_text, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{python_text(key)}: {python_text(each)}' for key, each in value.items())}}}"
    return str(value)
