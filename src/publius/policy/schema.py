"""Whether a JSON Schema is one that an answer can be held to: small, closed, and of words that can be guaranteed.

What is refused here would be ignored or would break further in, where nobody can say which word it was. An engine may
still refuse what it cannot hold an answer to; it is the one that knows what its grammars cost.
"""

import json
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from publius.errors import InvalidRequest

LARGEST = 32_000  # characters of JSON
DEEPEST = 16  # schemas within schemas
MOST = 1_000  # schemas, and values of all enums
LONGEST = 100_000  # what a least or most number of items or characters may be
LONGEST_PATTERN = 512

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
REFUSED = frozenset(
    {
        "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies", "patternProperties",
        "propertyNames", "minProperties", "maxProperties", "contains", "minContains", "maxContains", "uniqueItems",
        "unevaluatedProperties", "unevaluatedItems", "additionalItems", "multipleOf", "$dynamicRef", "$recursiveRef",
    }
)  # fmt: skip
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems")
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_CHILDREN = ("properties", "$defs", "definitions")

Schema = Mapping[str, Any]


def check(schema: Any, param: str, *, strict: bool) -> None:
    """Check a schema; with `strict` also that every word in it can be guaranteed.

    Raises:
        InvalidRequest: names the place in the schema, what is wrong there and what may stand there.
    """
    text = json.dumps(schema, ensure_ascii=False)
    if "\\u0000" in text:
        raise InvalidRequest("The schema holds a NUL character, which is no text.", param=param)
    if len(text) > LARGEST:
        raise InvalidRequest(f"A schema has at most {LARGEST:,} characters; this has {len(text):,}.", param=param)
    found = list(_walk(schema, param, 0))
    if len(found) > MOST or sum(len(_list(one.get("enum"))) for _, one in found) > MOST:
        raise InvalidRequest(f"A schema has at most {MOST:,} parts, and {MOST:,} values in enums.", param=param)
    for place, one in found if strict else ():
        _check_words(one, place)
        _check_values(one, place)
    _check_circles(found, schema, param)


def _walk(schema: Any, place: str, depth: int) -> Iterator[tuple[str, Schema]]:
    """The schema and all within it, each with its place."""
    if not isinstance(schema, dict):
        raise InvalidRequest("A schema is a JSON object.", param=place)
    if depth > DEEPEST:
        raise InvalidRequest(f"The schema is nested more than {DEEPEST} deep.", param=place)
    yield place, schema
    for word in _CHILDREN:
        named = schema.get(word, {})
        if not isinstance(named, dict):
            raise InvalidRequest(f"{word} is an object of schemas.", param=f"{place}.{word}")
        for name, child in named.items():
            yield from _walk(child, f"{place}.{word}.{name[:64]}", depth + 1)
    for word in ("anyOf", "oneOf", "allOf", "prefixItems"):
        listed = schema.get(word, [])
        if not isinstance(listed, list) or (word in schema and not listed):
            raise InvalidRequest(f"{word} is a list of schemas.", param=f"{place}.{word}")
        for at, child in enumerate(listed):
            yield from _walk(child, f"{place}.{word}[{at}]", depth + 1)
    for word in ("items", "additionalProperties"):
        if word in schema and not isinstance(schema[word], bool):
            yield from _walk(schema[word], f"{place}.{word}", depth + 1)


def _check_circles(found: list[tuple[str, Schema]], root: Schema, param: str) -> None:
    """No reference leads round in a circle on which nothing is ever written."""
    leads = {}
    for place, one in found:
        to = [child for word in ("anyOf", "oneOf", "allOf") for child in one.get(word, [])]
        to += [_target(one["$ref"], root, place)] if "$ref" in one else []
        leads[id(one)] = [id(child) for child in to]
    try:
        TopologicalSorter(leads).prepare()
    except CycleError:
        raise InvalidRequest("A $ref of the schema leads back to itself.", param=param) from None


def _target(reference: Any, root: Schema, place: str) -> Schema:
    found: Any = root
    pointer = reference if isinstance(reference, str) and re.match(r"#(/|$)", reference) else "#/ "
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list):
            found = found[int(step)] if step.isdecimal() and len(step) < 6 and int(step) < len(found) else None
        else:
            found = found.get(step) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        raise InvalidRequest(
            "$ref leads nowhere.",
            cure="It is # or #/$defs/NAME, and names a schema that stands there.",
            param=f"{place}.$ref",
        )
    return found


def _check_words(schema: Schema, place: str) -> None:
    for word in REFUSED & schema.keys():
        if schema[word] is not False:
            raise InvalidRequest(
                f"An answer cannot be held to {word}.",
                cure="Leave it out, or say it otherwise.",
                param=f"{place}.{word}",
            )


def _check_values(schema: Schema, place: str) -> None:
    for kind in _list(schema.get("type", [])) or [schema.get("type")]:
        if kind not in TYPES and "type" in schema:
            raise InvalidRequest(f"type is one of {', '.join(TYPES)}.", param=f"{place}.type")
    if "enum" in schema and not _list(schema["enum"]):
        raise InvalidRequest("enum is a list of values.", param=f"{place}.enum")
    for word in _COUNTS:
        if word in schema and not (type(schema[word]) is int and 0 <= schema[word] <= LONGEST):
            raise InvalidRequest(f"{word} is from 0 to {LONGEST:,}.", param=f"{place}.{word}")
    for word in _NUMBERS:
        if word in schema and (isinstance(schema[word], bool) or not isinstance(schema[word], int | float)):
            raise InvalidRequest(f"{word} is a number.", param=f"{place}.{word}")
    for least, most in (("minLength", "maxLength"), ("minItems", "maxItems"), ("minimum", "maximum")):
        if schema.get(least, 0) > schema.get(most, schema.get(least, 0)):
            raise InvalidRequest(f"{least} is more than {most}.", param=f"{place}.{least}")
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        raise InvalidRequest("required is a list of names.", param=f"{place}.required")
    if "pattern" in schema:
        _check_pattern(schema["pattern"], f"{place}.pattern")


def _check_pattern(pattern: Any, place: str) -> None:
    if not isinstance(pattern, str) or len(pattern) > LONGEST_PATTERN:
        raise InvalidRequest(f"pattern is a text of at most {LONGEST_PATTERN} characters.", param=place)
    if re.search(r"\(\?(?!:)|\\[1-9bBkpP]", pattern) or any(
        int(number) > MOST for number in re.findall(r"(?<=[{,])\d+", pattern)
    ):
        raise InvalidRequest(
            "This pattern cannot be guaranteed.",
            cure="Use no looking around, no references back, no word boundaries and no large counts.",
            param=place,
        )
    try:
        re.compile(pattern)
    except (re.error, OverflowError):
        raise InvalidRequest("pattern is no regular expression.", param=place) from None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
