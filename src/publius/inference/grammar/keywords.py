"""The words of JSON Schema: which assert something, which are refused, and how that is said."""

import json
from collections.abc import Mapping
from typing import Any

from publius.errors import InvalidRequest

Schema = Mapping[str, Any]

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
ABOUT = {  # The keywords that assert something of each type.
    "object": {"properties", "required", "additionalProperties"},
    "array": {"items", "prefixItems", "minItems", "maxItems"},
    "string": {"minLength", "maxLength", "pattern", "format"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
}
ABOUT["integer"] = ABOUT["number"]
COMBINING = ("$ref", "allOf", "anyOf", "oneOf")
ASSERTING = {"type", "enum", "const", *COMBINING}.union(*ABOUT.values())
REFUSED = {
    "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies", "patternProperties",
    "propertyNames", "minProperties", "maxProperties", "contains", "minContains", "maxContains", "uniqueItems",
    "unevaluatedProperties", "unevaluatedItems", "additionalItems", "multipleOf", "$dynamicRef", "$recursiveRef",
}  # fmt: skip


def check(schema: Schema) -> None:
    """See that keywords have the shapes that JSON Schema gives them, and that none asserts what cannot be promised.

    Raises:
        InvalidRequest: names the keyword.
    """
    for keyword in REFUSED & schema.keys():
        if schema[keyword] is not False:
            raise refused(keyword)
    names = schema.get("required", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InvalidRequest("In the schema, required is not a list of names.")
    if not isinstance(schema.get("properties", {}), Mapping):
        raise InvalidRequest("In the schema, properties is not an object.")
    for keyword in ("enum", "allOf", "anyOf", "oneOf"):
        if keyword in schema and not list_of(schema, keyword):
            raise never("a choice of nothing")


def types_of(schema: Schema) -> list[str]:
    """The types that a schema names; none where it names none.

    Raises:
        InvalidRequest: JSON Schema does not know one of them.
    """
    if "type" not in schema:
        return []
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    if not isinstance(kinds, list) or not kinds or not all(isinstance(kind, str) and kind in TYPES for kind in kinds):
        raise InvalidRequest(f"The schema has the type {json.dumps(kinds)[:60]}, which JSON Schema does not know.")
    return kinds


def list_of(schema: Schema, key: str) -> list[Any]:
    """What stands under a keyword that wants a list; nothing if it is not there."""
    parts = schema.get(key)
    if key in schema and not isinstance(parts, list):
        raise InvalidRequest(f"In the schema, {key} is not a list.")
    return parts or []


def refused(what: str) -> InvalidRequest:
    """The error for what JSON Schema can say and an answer cannot be held to."""
    return InvalidRequest(f"The schema uses {what}, and an answer cannot be held to that.", cure="Leave that out.")


def never(what: str) -> InvalidRequest:
    """The error for what no value obeys."""
    return InvalidRequest(f"Nothing can obey the schema: it wants {what}.")
