"""JSON Schema as a grammar: whatever obeys the grammar is a value of the schema.

The other way round it need not hold: one spelling of each value is enough, with one blank after a comma or colon,
members in the order of the schema, and none that it does not name. What a schema says and an answer cannot be held
to is refused by name. Keywords that assert nothing (title, description, default, and unknown ones) are passed over.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import msgspec

from publius.errors import InvalidRequest
from publius.inference.grammar.ebnf import EMPTY, TEXT, Grammar, Node, Repeat, Rule, Word, one_of, optional, seq
from publius.inference.grammar.joining import differ, merged
from publius.inference.grammar.keywords import (
    ABOUT,
    ASSERTING,
    COMBINING,
    Schema,
    check,
    list_of,
    never,
    refused,
    types_of,
)
from publius.inference.grammar.leaves import count, fixed_node, number_node, string_node
from publius.inference.grammar.ranges import NUMBER

LARGEST = 32_000  # Characters of a schema.
_DEEPEST = 24
Key = Callable[[str], str]


def read_schema(text: str) -> Any:
    """A schema that came as JSON text.

    Raises:
        InvalidRequest: it is too large, or not JSON.
    """
    if len(text) > LARGEST:
        raise InvalidRequest(f"The schema is longer than {LARGEST:,} characters.")
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"The schema is not JSON: {error}.") from None


def json_key(name: str) -> str:
    """How the member of a JSON object begins."""
    return f"{json.dumps(name, ensure_ascii=False)}: "


class Compiler:
    """Turns one schema into rules of a grammar. `prefix` keeps the rules of several schemas apart."""

    def __init__(self, grammar: Grammar, schema: Any, prefix: str = "") -> None:
        self._grammar = grammar
        self.whole = schema
        self._prefix = prefix
        self._references: dict[str, Rule] = {}
        self._pending: list[str] = []

    def root(self, write: "Callable[[Compiler], Node] | None" = None) -> Node:
        """The whole schema, or what `write` makes of it.

        Raises:
            InvalidRequest: it asserts what an answer cannot be held to.
        """
        node = write(self) if write else self.value(self.whole, 0)
        while self._pending:
            pointer = self._pending.pop()
            self._grammar.rule(self._references[pointer].name, self.value(self._at(pointer), 0))
        return node

    def value(self, schema: Any, depth: int) -> Node:
        """A value that obeys this part of the schema."""
        if schema is True:
            return self._any()
        if not isinstance(schema, Mapping):
            raise never("false" if schema is False else "something that is no schema")
        if depth > _DEEPEST:
            raise InvalidRequest(f"The schema is nested more than {_DEEPEST} deep.")
        check(schema)
        if any(key in schema for key in COMBINING):
            return self._combined(schema, depth)
        if "const" in schema or "enum" in schema:
            return fixed_node(schema)
        return one_of([self._kind(kind, schema, depth) for kind in _kinds(schema)] or [self._any()])

    def members(self, schema: Schema, depth: int, key: Key = json_key) -> Node:
        """The members of an object, without its brackets."""
        properties, required = schema.get("properties", {}), schema.get("required", [])
        others = schema.get("additionalProperties", True)
        for name in required:
            if name not in properties:
                properties = {**properties, name: others}
        # "properties": {} alone is how clients say that there are none.
        if not properties and others is not False and ("properties" not in schema or "additionalProperties" in schema):
            return self._map(others, depth)
        pairs = [
            (seq(Word(key(name)), self._inside(each, depth)), name in required) for name, each in properties.items()
        ]
        return _in_order(self._grammar, self._name(), pairs)

    def _combined(self, schema: Schema, depth: int) -> Node:
        own: Schema = {key: schema[key] for key in schema if key in ASSERTING and key not in COMBINING}
        if "$ref" in schema and not own and not {"allOf", "anyOf", "oneOf"} & schema.keys():
            return self._reference(schema["$ref"])
        if "$ref" in schema:
            own = merged(own, self._followed(schema))
        for part in list_of(schema, "allOf"):
            own = merged(own, self._followed(part))
        if "oneOf" in schema:
            self._must_differ(list_of(schema, "oneOf"))
        if "anyOf" in schema and "oneOf" in schema:
            raise refused("anyOf together with oneOf")
        choices = list_of(schema, "anyOf") or list_of(schema, "oneOf")
        if not choices:
            return self.value(own, depth + 1)
        whole = [merged(own, self._followed(part)) if own else part for part in choices if part is not False]
        if not whole:
            raise never("a choice of nothing")
        return one_of([self.value(part, depth + 1) for part in whole])

    def _must_differ(self, parts: list[Any]) -> None:
        """Of the choices of a oneOf no two may hold for one value, and that must be plain to see."""
        followed = [self._followed(part) for part in parts]
        for i, one in enumerate(followed):
            if not all(differ(one, other) for other in followed[i + 1 :]):
                raise InvalidRequest(
                    "In the schema, a value could obey two choices of a oneOf at once.",
                    cure="Use anyOf, or give each choice another type or another constant in a required member.",
                )

    def _reference(self, pointer: Any) -> Rule:
        self._at(pointer)
        if pointer not in self._references:
            self._references[pointer] = Rule(f"{self._prefix}ref{len(self._references)}")
            self._pending.append(pointer)
        return self._references[pointer]

    def _at(self, pointer: Any) -> Any:
        if not isinstance(pointer, str) or not pointer.startswith("#"):
            raise InvalidRequest(
                "The schema refers to another document.", cure="Put everything into one schema: #/$defs/…"
            )
        found = self.whole
        for step in pointer[1:].split("/")[1:]:
            step = unquote(step).replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and step.isdecimal() and int(step[:6]) < len(found):
                found = found[int(step[:6])]
            elif isinstance(found, Mapping) and step in found:
                found = found[step]
            else:
                raise InvalidRequest(f"The schema refers to {pointer[:60]!r}, which it does not hold.")
        return found

    def _followed(self, schema: Any) -> Schema:
        """What a schema that is merged with another says itself."""
        for _ in range(_DEEPEST):
            if schema is True:
                return {}
            if not isinstance(schema, Mapping):
                raise never("false")
            check(schema)
            if "$ref" not in schema:
                return {key: schema[key] for key in schema if key in ASSERTING}
            schema = self._at(schema["$ref"])
        raise InvalidRequest("In the schema, a reference leads to itself.")

    def _kind(self, kind: str, schema: Schema, depth: int) -> Node:
        match kind:
            case "object":
                return seq(Word("{"), self.members(schema, depth), Word("}"))
            case "array":
                return seq(Word("["), self._array(schema, depth), Word("]"))
            case "string":
                return string_node(schema)
            case "boolean":
                return one_of([Word("true"), Word("false")])
            case "null":
                return Word("null")
        return number_node(schema, whole=kind == "integer")

    def _array(self, schema: Schema, depth: int) -> Node:
        first = schema.get("prefixItems", [])
        least, most = count(schema, "minItems") or 0, count(schema, "maxItems")
        if not isinstance(first, list) or (most is not None and most < least):
            raise never("an array whose bounds contradict each other")
        others = schema.get("items", True)
        if most is not None:
            first, others = first[:most], others if most > len(first) else False
        parts = [self._inside(each, depth) for each in first]
        pairs = [(part, number < least) for number, part in enumerate(parts)]
        if others is False:
            if least > len(first):
                raise never("an array whose bounds contradict each other")
            return _in_order(self._grammar, self._name(), pairs)
        item = self._named(self._inside(others, depth))
        if pairs:
            if not all(needed for _, needed in pairs):
                raise refused("prefixItems of which some may be missing, followed by items")
            rest = Repeat(seq(Word(", "), item), max(least - len(first), 0), most and most - len(first))
            return seq(_in_order(self._grammar, self._name(), pairs), rest)
        more = Repeat(seq(Word(", "), item), max(least - 1, 0), None if most is None else most - 1)
        return EMPTY if most == 0 else seq(item, more) if least else optional(seq(item, more))

    def _map(self, others: Any, depth: int) -> Node:
        member = self._named(seq(TEXT, Word(": "), self._inside(others, depth)))
        return optional(seq(member, Repeat(seq(Word(", "), member))))

    def _inside(self, schema: Any, depth: int) -> Node:
        return self.value(schema, depth + 1)

    def _any(self) -> Node:
        """Any JSON at all."""
        if "json" not in self._grammar.rules:
            value = Rule("json")
            member = self._grammar.rule("json_member", seq(TEXT, Word(": "), value))
            self._grammar.rule("json", one_of([
                seq(Word("{"), optional(seq(member, Repeat(seq(Word(", "), member)))), Word("}")),
                seq(Word("["), optional(seq(value, Repeat(seq(Word(", "), value)))), Word("]")),
                TEXT, NUMBER, Word("true"), Word("false"), Word("null"),
            ]))  # fmt: skip
        return Rule("json")

    def _name(self) -> str:
        return f"{self._prefix}part{len(self._grammar.rules)}"

    def _named(self, node: Node) -> Node:
        """A rule for what is written more than once."""
        return node if isinstance(node, Rule | Word) else self._grammar.rule(self._name(), node)


def _in_order(grammar: Grammar, name: str, pairs: Sequence[tuple[Node, bool]]) -> Node:
    """Parts with commas between them, of which some may be missing."""
    if not pairs:
        return EMPTY
    if all(needed for _, needed in pairs):
        return seq(pairs[0][0], *(seq(Word(", "), part) for part, _ in pairs[1:]))
    after: Node = EMPTY  # what may follow once something was written
    first: Node | None = None  # what may be written where nothing was
    for number, (part, needed) in reversed(list(enumerate(pairs))):
        part = grammar.rule(f"{name}_is{number}", part)
        begun = seq(part, after)
        first = begun if needed else one_of([begun, first if first is not None else EMPTY])
        comma = seq(Word(", "), part)
        after = grammar.rule(f"{name}_then{number}", seq(comma if needed else optional(comma), after))
        first = grammar.rule(f"{name}_from{number}", first)
    assert first is not None
    return first


def _kinds(schema: Schema) -> list[str]:
    """The types of a value. A schema that says none means those that its other keywords are about."""
    return types_of(schema) or [kind for kind, about in ABOUT.items() if about & schema.keys() and kind != "integer"]
