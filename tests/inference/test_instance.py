"""The echo engine's value of a schema is a value of that schema."""

import json
from typing import Any

import jsonschema
import pytest

from publius.errors import EngineFailed
from publius.inference.instance import instance

NODE = {
    "type": "object",
    "properties": {"value": {"type": "integer"}, "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}},
    "required": ["value", "next"],
}
SCHEMAS: list[Any] = [
    {},
    {"type": "object"},
    {"type": "object", "properties": {"a": {"type": "number", "exclusiveMinimum": 2}, "b": {}}, "required": ["a"]},
    {"type": "array", "minItems": 3, "prefixItems": [{"const": 7}], "items": {"type": "boolean"}},
    {"type": ["string", "null"], "minLength": 40},
    {"type": "string", "pattern": "^[a-z][0-9]$"},
    {"type": "string", "format": "date-time"},
    {"type": "integer", "maximum": -3},
    {"enum": [None, "a"]},
    {"oneOf": [{"type": "string", "maxLength": 0}, {"type": "integer"}]},
    {"anyOf": [{"required": ["a"]}], "type": "object", "properties": {"a": {"type": "string"}}},
    {"allOf": [{"$ref": "#/$defs/a~1b"}, {"required": ["d"]}], "$defs": {"a/b": {"type": "object", "required": ["c"]}}},
    {"$ref": "#/$defs/node", "$defs": {"node": NODE}},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=json.dumps)
def test_it_is_valid(schema: dict[str, Any]) -> None:
    jsonschema.validate(json.loads(instance(json.dumps(schema))), schema, jsonschema.Draft202012Validator)


def test_one_that_never_ends_or_cannot_be_found_is_said_so() -> None:
    endless = {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}
    for schema in (endless, {"type": "string", "pattern": "^[x-z]{7}$"}):
        with pytest.raises(EngineFailed):
            instance(json.dumps(schema))
