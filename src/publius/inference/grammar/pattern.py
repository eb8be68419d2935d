"""A JSON Schema `pattern` as a grammar of the inside of a JSON string.

The part of regular expressions that forms and identifiers need: literals, classes, groups, choices and counts. What
looks ahead or back is refused.
"""

import re
from collections.abc import Iterable

from publius.errors import InvalidRequest
from publius.inference.grammar.ebnf import CHARACTER, EMPTY, PLAIN, Chars, Node, Repeat, Word, one_of, seq

_DOT = one_of([Chars(f"{PLAIN}\\u2028\\u2029"), seq(Word("\\"), Chars('"\\\\/bft', wide=False))])

Ranges = list[tuple[int, int]]
_TOP, _ASCII = 0x10FFFF, 0x7F  # What is not a digit in one script may be one in another: there only ASCII is sure.
_NAMED: dict[str, Ranges] = {
    "d": [(48, 57)],
    "w": [(48, 57), (65, 90), (95, 95), (97, 122)],
    "s": [(32, 32)],  # Of all blank space the one that a JSON string need not escape.
}
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_COUNT = re.compile(r"\{(\d{1,4})(?:(,)(\d{1,4})?)?\}")
_HEX = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})")
_DEEPEST, _LONGEST = 16, 500


def pattern_node(pattern: str) -> Node:
    """The grammar of JSON strings, without their quotes, in which the pattern is found.

    Raises:
        InvalidRequest: the pattern uses something else than what the module's docstring names.
    """
    if len(pattern) > _LONGEST:
        raise InvalidRequest(f"A pattern in the schema is longer than {_LONGEST} characters.")
    before, after = not pattern.startswith("^"), not re.search(r"(?<!\\)(?:\\\\)*\$$", pattern)
    reader = _Reader(pattern[0 if before else 1 : None if after else -1])
    node = reader.choice(0)
    if reader.at < len(reader.text):
        raise reader.refusal()
    return seq(*([Repeat(CHARACTER)] if before else []), node, *([Repeat(CHARACTER)] if after else []))


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def refusal(self) -> InvalidRequest:
        return InvalidRequest(
            f"A pattern in the schema uses what an answer cannot be held to, at its character {self.at + 1}.",
            cure="Use literals, classes, groups, choices and counts; anchor the whole pattern with ^ and $.",
        )

    def choice(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise self.refusal()
        choices = [self._sequence(depth)]
        while self._accept("|"):
            choices.append(self._sequence(depth))
        return one_of(choices)

    def _sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self._counted(self._atom(depth)))
        return seq(*parts) if parts else EMPTY

    def _counted(self, atom: Node) -> Node:
        found = _COUNT.match(self.text, self.at)
        if found:
            self.at = found.end()
            least = int(found[1])
            most = (int(found[3]) if found[3] else None) if found[2] else least
        elif (sign := self.text[self.at : self.at + 1]) and sign in "*+?":
            self.at += 1
            least, most = int(sign == "+"), 1 if sign == "?" else None
        else:
            return atom
        self._accept("?")  # Whether it is greedy changes nothing in what is allowed.
        if most is not None and least > most:
            raise self.refusal()
        return Repeat(atom, least, most)

    def _atom(self, depth: int) -> Node:
        if self._accept("("):
            if self._accept("?") and not self._accept(":"):
                raise self.refusal()
            inside = self.choice(depth + 1)
            if not self._accept(")"):
                raise self.refusal()
            return inside
        if self._accept("["):
            return self._class()
        if self._accept("."):
            return _DOT
        if self.text[self.at] in "^$*+?{}":
            raise self.refusal()
        return _in_string(self._ranges())

    def _ranges(self) -> Ranges:
        """One character or one named class."""
        character = self._take()
        if character != "\\":
            return [(ord(character), ord(character))]
        if found := _HEX.match(self.text, self.at):
            self.at = found.end()
            return [(int(found[1] or found[2], 16),) * 2]
        escaped = self._take()
        if escaped.lower() in _NAMED:
            named = _NAMED[escaped.lower()]
            return named if escaped.islower() else _complement(named, _ASCII)
        if escaped.isalnum() and escaped not in _ESCAPES:
            raise self.refusal()
        code = ord(_ESCAPES.get(escaped, escaped))
        return [(code, code)]

    def _class(self) -> Node:
        negated = self._accept("^")
        ranges: Ranges = []
        top = _TOP
        while not self._accept("]"):
            top = _ASCII if self.text.startswith("\\", self.at) else top
            first = self._ranges()
            if self.text[self.at : self.at + 1] == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                last = self._ranges()
                if first[0][0] > last[0][1] or len(first) > 1 or len(last) > 1:
                    raise self.refusal()
                first = [(first[0][0], last[0][1])]
            ranges += first
        return _in_string(_complement(ranges, top) if negated else ranges)

    def _accept(self, word: str) -> bool:
        found = self.text.startswith(word, self.at)
        self.at += len(word) * found
        return found

    def _take(self) -> str:
        if self.at >= len(self.text):
            raise self.refusal()
        self.at += 1
        return self.text[self.at - 1]


def _complement(ranges: Ranges, top: int = _TOP) -> Ranges:
    gaps, start = [], 0
    for low, high in sorted(ranges):
        if low > start:
            gaps.append((start, low - 1))
        start = max(start, high + 1)
    return [*gaps, (start, top)] if start <= top else gaps


def _in_string(ranges: Ranges) -> Node:
    """One character of these ranges, as a JSON string spells it."""
    within = [code for code in (34, 92) if any(low <= code <= high for low, high in ranges)]
    choices: list[Node] = [Word(f"\\{chr(code)}") for code in within]
    short = {8: "b", 9: "t", 10: "n", 12: "f", 13: "r"}
    choices += [Word(f"\\{short[code]}") for low, high in ranges for code in short if low <= code <= high <= 127]
    plain = list(_without(ranges, [(0, 31), (34, 34), (92, 92), (0xD800, 0xDFFF)]))
    if plain:
        inside = "".join(f"{_code(low)}-{_code(high)}" for low, high in plain)
        choices.append(Chars(inside, wide=sum(high - low for low, high in plain) > 100))
    if not choices:
        raise InvalidRequest("The pattern in the schema wants a character that no JSON text may hold.")
    return one_of(choices)


def _without(ranges: Ranges, holes: Ranges) -> Iterable[tuple[int, int]]:
    for low, high in sorted(ranges):
        for hole_low, hole_high in sorted(holes):
            if hole_high < low or hole_low > high:
                continue
            if low < hole_low:
                yield low, hole_low - 1
            low = hole_high + 1
        if low <= high:
            yield low, high


def _code(code: int) -> str:
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
