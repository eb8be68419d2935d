"""Finds calls of tools in what a model writes, as it comes.

Text that may be the beginning of a call waits until that is decided; calls come whole. Nothing is lost: what is not
exactly a call of a known tool is text, and the sources of calls and the text between them are all that was written.
"""

import json
import re
import secrets
from collections.abc import Collection

from msgspec import Struct

from publius.inference.dialects import Call, Dialect
from publius.inference.literals import Incomplete, Malformed, Scanner
from publius.types import ToolCall

_SPACE = re.compile(r"\s+")
_GAP = re.compile(r"[\s;,]*")
_LONG = 2000  # Characters after which an unfinished call is not read anew with every token.


class Found(Struct, frozen=True):
    """Calls, and what was written for them. No calls: blank space after the last one."""

    source: str
    calls: tuple[ToolCall, ...]


class Calling:
    """One answer. `names` are the tools that exist."""

    def __init__(self, dialect: Dialect, names: Collection[str]) -> None:
        self._dialect = dialect
        self._names = frozenset(names)
        self._heads = [head for name in self._names for head in dialect.heads(name)]
        self._held = ""
        self._after_call = False
        self._read_again = 0  # how long an unfinished call must have grown before it is read again

    def feed(self, text: str, *, final: bool = False) -> list[str | Found]:
        """What is decided by now, in the order in which it was written."""
        self._held += text
        decided: list[str | Found] = []
        while self._held and (item := self._next(final)):
            if isinstance(item, str) and decided and isinstance(decided[-1], str):
                item = decided.pop() + item  # type: ignore[operator]
            decided.append(item)
        return decided

    def _next(self, final: bool) -> str | Found | None:
        start = self._gap()
        if start == len(self._held):
            return Found(self._take(start), ()) if final else None
        if self._held[start] != self._dialect.opening[0]:
            self._after_call = False
            found = self._held.find(self._dialect.opening[0])
            return self._take(found if found >= 0 else len(self._held))
        return self._call(start, final)

    def _gap(self) -> int:
        gap = _GAP.match(self._held) if self._after_call else None
        return gap.end() if gap else 0

    def _call(self, start: int, final: bool) -> str | Found | None:
        squeezed = _SPACE.sub("", self._held[start:])
        if not any(squeezed.startswith(head) for head in self._heads):
            undecided = any(head.startswith(squeezed) for head in self._heads) and not final
            return None if undecided else self._text(start + 1)
        if len(self._held) < self._read_again and not final:
            return None
        scanner = Scanner(self._held, start)
        try:
            calls = self._dialect.read(scanner)
            if any(name not in self._names for name, _ in calls) or not calls:
                raise Malformed
        except Incomplete:
            self._read_again = len(self._held) * 21 // 20 if len(self._held) > _LONG else 0
            return self._text(len(self._held)) if final else None
        except Malformed:
            return self._text(max(scanner.at, start + 1))
        self._after_call, self._read_again = True, 0
        return Found(self._take(scanner.at), tuple(map(_named, calls)))

    def _text(self, size: int) -> str:
        self._after_call, self._read_again = False, 0
        return self._take(size)

    def _take(self, size: int) -> str:
        taken, self._held = self._held[:size], self._held[size:]
        return taken


def _named(call: Call) -> ToolCall:
    name, arguments = call
    return ToolCall(f"call_{secrets.token_hex(12)}", name, json.dumps(arguments, ensure_ascii=False))
