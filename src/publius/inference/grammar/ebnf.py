"""Grammars as trees, and how they are written for the engine (xgrammar's EBNF).

Only trees that are made here reach the engine, never text of a caller: a grammar that it cannot read would end every
answer under way. A grammar is bounded too: preparing it takes the processor from running answers, and what is prepared
stays in memory.
"""

from collections.abc import Sequence

from msgspec import Struct

from publius.errors import InvalidRequest

# What one grammar may cost to prepare, in places where any character may stand; other places cost less
# (measured, see docs/decisions/2026-11-24-llama-formats.md).
MOST = 300
MOST_TEXT = 64_000  # Characters.
_NARROW, _WORD = 0.05, 0.002


class Word(Struct, frozen=True):
    """Exactly this text."""

    text: str


class Chars(Struct, frozen=True):
    """One character of a class, in the notation of regular expressions without the brackets."""

    inside: str
    wide: bool = True  # whether nearly any text may stand there


class Sequel(Struct, frozen=True):
    """One after the other."""

    parts: "tuple[Node, ...]"


class Choice(Struct, frozen=True):
    """One of them."""

    parts: "tuple[Node, ...]"


class Repeat(Struct, frozen=True):
    """From `least` to `most` times; None is without end."""

    part: "Node"
    least: int = 0
    most: int | None = None


class Rule(Struct, frozen=True):
    """What the rule of that name says."""

    name: str


Node = Word | Chars | Sequel | Choice | Repeat | Rule
EMPTY = Word("")

# Characters that stand for themselves in a JSON string; one character of it, escaped if need be; and a whole one.
PLAIN = '^"\\\\\\x00-\\x1F'
CHARACTER = Choice((Chars(PLAIN), Sequel((Word("\\"), Chars('"\\\\/bfnrt', wide=False)))))
TEXT = Rule("text")


def seq(*parts: Node) -> Node:
    """One after the other."""
    parts = tuple(part for part in parts if part != EMPTY)
    return EMPTY if not parts else parts[0] if len(parts) == 1 else Sequel(parts)


def one_of(parts: Sequence[Node]) -> Node:
    """One of them; there is at least one."""
    return parts[0] if len(parts) == 1 else Choice(tuple(parts))


def optional(part: Node) -> Node:
    """It, or nothing."""
    return Repeat(part, 0, 1)


class Grammar:
    """Rules by name. `root` is where it begins. `places`, known with its text, is what it costs (see `MOST`)."""

    def __init__(self) -> None:
        self.places = 0.0
        self.rules: dict[str, Node] = {TEXT.name: seq(Word('"'), Repeat(CHARACTER), Word('"'))}

    def rule(self, name: str, node: Node) -> Rule:
        """Add a rule."""
        self.rules[name] = node
        return Rule(name)

    def text(self, root: Node) -> str:
        """The grammar as the engine reads it.

        Raises:
            InvalidRequest: it is too large, or there is nothing finite that obeys it.
        """
        rules = {"root": root, **self.rules}
        used = _reached("root", rules)
        rules = {name: node for name, node in rules.items() if name in used}
        self.places = sum(map(_cost, rules.values()))
        if self.places > MOST:
            raise InvalidRequest(
                "The schema allows too many different lengths for the answer to be held to them.",
                cure="Leave out bounds such as maxLength and maxItems, or make them smaller.",
            )
        if not _finite(rules) >= rules.keys() or _in_a_ring(rules):
            raise InvalidRequest("Nothing can obey the schema: a part of it always contains itself.")
        text = "\n".join(f"{name} ::= {_written(node)}" for name, node in rules.items())
        if len(text) > MOST_TEXT:
            raise InvalidRequest("The schema is too large.", cure="Send a smaller one, or fewer tools at once.")
        return text


def _cost(node: Node) -> float:
    match node:
        case Word(text):
            return _WORD * len(text)
        case Chars(_, wide):
            return 1 if wide else _NARROW
        case Sequel(parts) | Choice(parts):
            return sum(map(_cost, parts))
        case Repeat(part, least, most):
            return _cost(part) * max(least, most or 1, 1)
        case Rule():
            return _WORD


def _finite(rules: dict[str, Node]) -> set[str]:
    """The rules that some finite text obeys."""
    known: set[str] = set()
    while more := {name for name, node in rules.items() if name not in known and _ends(node, known)}:
        known |= more
    return known


def _reached(name: str, rules: dict[str, Node]) -> set[str]:
    reached, new = {name}, [name]
    while new:
        found = _named(rules[new.pop()]) - reached
        reached |= found
        new += found
    return reached


def _named(node: Node) -> set[str]:
    match node:
        case Rule(name):
            return {name}
        case Sequel(parts) | Choice(parts):
            return set().union(*map(_named, parts))
        case Repeat(part):
            return _named(part)
    return set()


def _in_a_ring(rules: dict[str, Node]) -> bool:
    """Whether a rule may begin with itself, so that reading it would never get anywhere."""
    first = {name: _beginnings(node) for name, node in rules.items()}
    reached = dict(first)
    for _ in rules:
        wider = {name: seen.union(*(first[each] for each in seen)) for name, seen in reached.items()}
        if wider == reached:
            break
        reached = wider
    return any(name in seen for name, seen in reached.items())


def _beginnings(node: Node) -> frozenset[str]:
    match node:
        case Rule(name):
            return frozenset({name})
        case Choice(parts):
            return frozenset().union(*map(_beginnings, parts))
        case Repeat(part):
            return _beginnings(part)
        case Sequel(parts):
            found: frozenset[str] = frozenset()
            for part in parts:
                found |= _beginnings(part)
                if not (part == EMPTY or (isinstance(part, Repeat) and part.least == 0)):
                    break
            return found
    return frozenset()


def _ends(node: Node, known: set[str]) -> bool:
    match node:
        case Sequel(parts):
            return all(_ends(part, known) for part in parts)
        case Choice(parts):
            return any(_ends(part, known) for part in parts)
        case Repeat(part, least, _):
            return least == 0 or _ends(part, known)
        case Rule(name):
            return name in known
    return True


def _written(node: Node) -> str:
    match node:
        case Word(text):
            return f'"{"".join(map(_escaped, text))}"'
        case Chars(inside):
            return f"[{inside}]"
        case Sequel(parts):
            return f"({' '.join(map(_written, parts))})"
        case Choice(parts):
            return f"({' | '.join(map(_written, parts))})"
        case Rule(name):
            return name
        case Repeat(part, 0, 1):
            return f"({_written(part)})?"
        case Repeat(part, 0, None):
            return f"({_written(part)})*"
        case Repeat(part, least, most):
            return f"({_written(part)}){{{least},{'' if most is None else most}}}"


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if " " <= character <= "~":
        return character
    if "\ud800" <= character <= "\udfff":
        raise InvalidRequest("The schema holds half of a character (a lone surrogate).")
    return f"\\u{ord(character):04X}" if ord(character) < 0x10000 else f"\\U{ord(character):08X}"
