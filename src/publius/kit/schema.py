"""The inputs of a tool as a JSON Schema: small and closed, of words that constrained decoding can guarantee.

Only what is required must be there. The rest may be left out, so that a model need not make up what nobody said.
"""

from collections.abc import Sequence
from typing import Any

from publius.kit.kinds import LARGEST, Kind, Parameter

AWARD_YEAR = "^20[0-9]{2}-[0-9]{2}$"


def schema_of(parameters: Sequence[Parameter]) -> dict[str, Any]:
    """An object with a member for each parameter, described by its question in English."""
    return {
        "type": "object",
        "properties": {parameter.name: _described(parameter) for parameter in parameters},
        "required": [parameter.name for parameter in parameters if parameter.required],
        "additionalProperties": False,
    }


def _described(parameter: Parameter) -> dict[str, Any]:
    description = f"{parameter.ask.question} {parameter.ask.help}".strip()
    named = [f"{each.value}: {each.title}" for each in parameter.choices if parameter.kind is Kind.CHOICE]
    if named:
        description = f"{description} ({'; '.join(named)})"
    return {"description": description, **_of_kind(parameter)}


def _of_kind(parameter: Parameter) -> dict[str, Any]:
    match parameter.kind:
        case Kind.MONEY | Kind.WHOLE:
            return {"type": "integer", **_bounds(parameter)}
        case Kind.YES_NO:
            return {"type": "boolean"}
        case Kind.PEOPLE:
            items = schema_of(parameter.fields)
            return {"type": "array", "items": items, "minItems": parameter.least, "maxItems": parameter.most}
        case Kind.AWARD_YEAR if not parameter.choices:
            return {"type": "string", "pattern": AWARD_YEAR}
    return {"type": "string", "enum": [choice.value for choice in parameter.choices]}


def _bounds(parameter: Parameter) -> dict[str, int]:
    """Its bounds, but for those of any amount: each digit of them costs the engine, and reading keeps them anyway."""
    least = {"minimum": parameter.least} if parameter.least > -LARGEST else {}
    return least | ({"maximum": parameter.most} if parameter.most < LARGEST else {})
