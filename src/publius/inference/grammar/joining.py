"""Schemas that must hold together, and choices of which only one may hold."""

import json
from collections.abc import Mapping
from typing import Any

from publius.inference.grammar.keywords import Schema, list_of, refused


def merged(one: Schema, other: Schema) -> dict[str, Any]:
    """A schema that holds where both do, if they speak of different things."""
    merged = dict(one)
    for key, value in other.items():
        if key not in merged or merged[key] == value:
            merged[key] = value
        elif key == "required":
            merged[key] = [*merged[key], *(name for name in value if name not in merged[key])]
        elif key == "properties" and merged[key].keys().isdisjoint(value):
            merged[key] = {**merged[key], **value}
        else:
            raise refused(f"{key} in two schemas that must hold together")
    closed = one.get("additionalProperties", True) is not True or other.get("additionalProperties", True) is not True
    if closed and one.get("properties") != other.get("properties") and "properties" in one and "properties" in other:
        raise refused("additionalProperties in two schemas that must hold together")
    return merged


def differ(one: Schema, other: Schema) -> bool:
    """Whether it is plain to see that no value obeys both."""
    kinds = [{schema["type"]} if isinstance(schema.get("type"), str) else None for schema in (one, other)]
    if kinds[0] and kinds[1] and kinds[0] != kinds[1] and kinds[0] | kinds[1] != {"integer", "number"}:
        return True
    fixed = [_constants(schema) for schema in (one, other)]
    if fixed[0] and fixed[1]:
        return fixed[0].isdisjoint(fixed[1])
    if kinds != [{"object"}, {"object"}]:
        return False
    shared = set(one.get("required", [])) & set(other.get("required", []))
    pairs = [[_constants(schema.get("properties", {}).get(name)) for schema in (one, other)] for name in shared]
    return any(mine and theirs and mine.isdisjoint(theirs) for mine, theirs in pairs)


def _constants(schema: Any) -> set[str]:
    if not isinstance(schema, Mapping):
        return set()
    values = [schema["const"]] if "const" in schema else list_of(schema, "enum")
    return {json.dumps(_one_spelling(value), sort_keys=True) for value in values}


def _one_spelling(value: Any) -> Any:
    """1 and 1.0 are the same number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
