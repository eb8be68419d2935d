"""A small value of a JSON Schema, for the echo engine: it has no model that would find a meaningful one."""

import json
import re
from collections.abc import Mapping
from typing import Any

from publius.errors import EngineFailed

_TRIED = ("", "a", "A", "0", "1", "aa", "AA", "00", "a1", "A1", "000", "123", "0000", "12345", "2026-01-01", "a@b.org")
_FORMATS = {
    "date": "2026-01-01",
    "time": "00:00:00Z",
    "date-time": "2026-01-01T00:00:00Z",
    "email": "a@example.org",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "127.0.0.1",
    "uri": "https://example.org",
}
_DEEPEST = 60

Schema = Mapping[str, Any]


def instance(schema: str) -> str:
    """JSON text of a value that the schema (JSON text) allows: as little as it allows.

    Raises:
        EngineFailed: it needs a text that an echo cannot find, or a value that never ends.
    """
    root = json.loads(schema)
    return json.dumps(_value(root, root, _DEEPEST), ensure_ascii=False)


def _value(schema: Schema, root: Schema, depth: int) -> Any:
    if depth == 0:
        raise EngineFailed("The echo engine finds no value of this schema that ends.", cure="Ask a real model.")
    if "$ref" in schema:
        return _value(_merged(_target(schema["$ref"], root), schema, "$ref"), root, depth - 1)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return _first([_merged(part, schema, several) for part in schema[several]], root, depth)
    if "allOf" in schema:
        first, *others = schema["allOf"]
        merged = _merged(first, {**schema, **({"allOf": others} if others else {})}, "" if others else "allOf")
        return _value(merged, root, depth - 1)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    match _kind(schema):
        case "object":
            properties = schema.get("properties", {})
            return {name: _value(properties.get(name, {}), root, depth - 1) for name in schema.get("required", ())}
        case "array":
            before = schema.get("prefixItems", [])
            items = [*before, *[schema.get("items", {})] * schema.get("minItems", 0)]
            return [_value(item, root, depth - 1) for item in items[: max(schema.get("minItems", 0), 0)]]
        case "string":
            return _text(schema)
        case "integer" | "number":
            return _number(schema)
        case "boolean":
            return False
    return None


def _first(schemas: list[Schema], root: Schema, depth: int) -> Any:
    """A value of the first of them that has one which ends."""
    for schema in schemas[:-1]:
        try:
            return _value(schema, root, depth - 1)
        except EngineFailed:
            continue
    return _value(schemas[-1], root, depth - 1)


def _merged(part: Schema, schema: Schema, without: str) -> Schema:
    """A part of a schema with what stands beside it, the word that led to it left out."""
    beside = {word: value for word, value in schema.items() if word != without}
    return {
        **part,
        **beside,
        "properties": {**part.get("properties", {}), **beside.get("properties", {})},
        "required": [*part.get("required", ()), *beside.get("required", ())],
    }


def _target(reference: str, root: Schema) -> Schema:
    found: Any = root
    for step in reference.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found  # type: ignore[no-any-return]


def _kind(schema: Schema) -> str:
    implied = (
        "object" if schema.get("properties") or schema.get("required") else "array" if "items" in schema else "null"
    )
    kind = schema.get("type", implied)
    return str(kind[0] if isinstance(kind, list) else kind)


def _text(schema: Schema) -> str:
    least = schema.get("minLength", 0)
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    for tried in (*_TRIED, "a" * least, "A" * least, "0" * least):
        if least <= len(tried) <= schema.get("maxLength", len(tried)) and re.search(schema.get("pattern", ""), tried):
            return tried
    raise EngineFailed("The echo engine knows no text that this pattern allows.", cure="Ask a real model.")


def _number(schema: Schema) -> int | float:
    least, most = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        least = schema["exclusiveMinimum"] + 1
    if "exclusiveMaximum" in schema:
        most = schema["exclusiveMaximum"] - 1
    if least is not None and least > 0:
        return least  # type: ignore[no-any-return]
    return most if most is not None and most < 0 else 0
