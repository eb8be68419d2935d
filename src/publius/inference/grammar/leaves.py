"""The values of a schema that hold no others: constants, texts and numbers."""

import json
import math
from collections.abc import Callable
from typing import Any

from publius.inference.grammar.ebnf import CHARACTER, TEXT, Node, Repeat, Word, one_of, seq
from publius.inference.grammar.keywords import ABOUT, ASSERTING, TYPES, Schema, never, refused, types_of
from publius.inference.grammar.pattern import pattern_node
from publius.inference.grammar.ranges import INTEGER, NUMBER, integers, numbers

_HUGE = 10**6  # More than any grammar may count.
_LONG_MONTHS, _SHORT_MONTHS = r"(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])", r"(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
_DATE = rf"[12]\d{{3}}-(?:{_LONG_MONTHS}|{_SHORT_MONTHS}|02-(?:0[1-9]|1\d|2[0-8]))"
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_FORMATS = {
    "date": _DATE,
    "time": _TIME,
    "date-time": f"{_DATE}T{_TIME}",
    "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "ipv4": rf"{_BYTE}\.{_BYTE}\.{_BYTE}\.{_BYTE}",
    "email": r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[a-z0-9]+\.)+[a-z]{2,12}",
}


def fixed_node(schema: Schema) -> Node:
    """A choice of constants."""
    values = [schema["const"]] if "const" in schema else schema["enum"]
    if "const" in schema and "enum" in schema and schema["const"] not in schema["enum"]:
        values = []
    for keyword in ASSERTING & schema.keys() - {"type", "enum", "const"}:
        raise refused(f"{keyword} beside constants")
    kinds = types_of(schema) or TYPES
    if isinstance(values, list):
        values = [value for value in values if any(_is(value, kind) for kind in kinds)]
    if not isinstance(values, list) or not values:
        raise never("a choice of nothing")
    return one_of([Word(json.dumps(value, ensure_ascii=False)) for value in values])


def _is(value: Any, kind: str) -> bool:
    kinds: dict[str, type | tuple[type, ...]] = {
        "object": dict, "array": list, "string": str, "number": (int, float), "integer": int,
        "boolean": bool, "null": type(None),
    }  # fmt: skip
    return isinstance(value, kinds.get(kind, ())) and (not isinstance(value, bool) or kind == "boolean")


def string_node(schema: Schema) -> Node:
    """A text."""
    least, most = count(schema, "minLength") or 0, count(schema, "maxLength")
    named, pattern = schema.get("format"), schema.get("pattern")
    if most is not None and most < least:
        raise never("a text whose bounds contradict each other")
    if named is None and pattern is None and least == 0 and most is None:
        return TEXT
    inside: Node = Repeat(CHARACTER, least, most)
    if named is not None or pattern is not None:
        if least > (pattern is None) or most is not None or (named is not None and pattern is not None):
            raise refused("format, pattern and a length together")
        if pattern is None and not (isinstance(named, str) and named in _FORMATS):
            raise refused(f"the format {json.dumps(named)[:40]}")
        inside = pattern_node(f"^(?:{_FORMATS[str(named)]})$" if pattern is None else str(pattern))
    return seq(Word('"'), inside, Word('"'))


def number_node(schema: Schema, *, whole: bool) -> Node:
    """A number, within bounds that are whole unless the number is."""
    bounds = {key: schema[key] for key in ABOUT["number"] if key in schema}
    if not bounds:
        return INTEGER if whole else NUMBER
    for key, value in bounds.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise refused(f"a {key} that is no number")
        if not whole and value != int(value):
            raise refused(f"a {key} that is not a whole number")
    least, above = _stricter(bounds.get("minimum"), bounds.get("exclusiveMinimum"), max)
    most, below = _stricter(bounds.get("maximum"), bounds.get("exclusiveMaximum"), min)
    if whole:
        low = None if least is None else math.floor(least) + 1 if above else math.ceil(least)
        high = None if most is None else math.ceil(most) - 1 if below else math.floor(most)
        node = integers(low, high)
    else:
        node = numbers(_whole(least), _whole(most), above=above, below=below)
    if node is None:
        raise never("a number between bounds that contradict each other")
    return node


def _stricter(
    inclusive: float | None, exclusive: float | None, pick: Callable[[float, float], float]
) -> tuple[float | None, bool]:
    if exclusive is None or inclusive is None:
        return (inclusive, False) if exclusive is None else (exclusive, True)
    return pick(inclusive, exclusive), pick(inclusive, exclusive) == exclusive


def _whole(value: float | None) -> int | None:
    return None if value is None else min(int(value), _HUGE)


def count(schema: Schema, key: str) -> int | None:
    """How many, where a keyword says that."""
    value = schema.get(key)
    if value is not None and (not isinstance(value, int | float) or isinstance(value, bool) or value < 0):
        raise refused(f"a {key} that is not a count")
    return None if value is None else min(int(value), _HUGE)
