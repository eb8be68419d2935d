"""Tools, calls and the format of an answer, as OpenAI's chat clients send them."""

from typing import Any, Literal

import msgspec
from msgspec import Struct

from publius.errors import InvalidRequest
from publius.types import Tool, ToolCall

ANY_OBJECT = '{"type":"object"}'  # the schema of `json_object`
NO_PARAMETERS: dict[str, Any] = {"type": "object", "properties": {}}


class SentFunction(Struct):
    """A function that may be called."""

    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None

    def tool(self) -> Tool:
        """It, in our words."""
        parameters = self.parameters or NO_PARAMETERS
        return Tool(name=self.name, description=self.description or "", parameters=parameters, strict=bool(self.strict))


class SentTool(Struct):
    """An entry of `tools`."""

    type: str
    function: SentFunction | None = None


class ChosenFunction(Struct):
    """The name in a `tool_choice`."""

    name: str


class SentChoice(Struct):
    """A `tool_choice` that names a function."""

    type: str
    function: ChosenFunction | None = None


class CalledFunction(Struct):
    """What was called, and with what."""

    name: str
    arguments: str


class SentCall(Struct):
    """A call in an assistant's message, as it came out of here."""

    id: str
    function: CalledFunction
    type: str = "function"

    def call(self) -> ToolCall:
        """It, in our words."""
        return ToolCall(self.id, self.function.name, self.function.arguments)


class JsonSchema(Struct):
    """A named schema; `strict` or not, the answer is held to it."""

    name: str
    schema: dict[str, Any] | None = None
    description: str | None = None
    strict: bool | None = None


class ResponseFormat(Struct):
    """What an answer shall be: text, any JSON object, or a value of a schema."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None

    def schema(self) -> str | None:
        """The schema as JSON text; None for plain text.

        Raises:
            InvalidRequest: there is none where there should be.
        """
        if self.type == "json_schema":
            schema = self.json_schema.schema if self.json_schema else None
            return schema_text(schema, "response_format.json_schema.schema")
        return ANY_OBJECT if self.type == "json_object" else None


def schema_text(schema: dict[str, Any] | None, param: str) -> str:
    """A schema as the engine is given it.

    Raises:
        InvalidRequest: there is none.
    """
    if schema is None:
        raise InvalidRequest("The schema is missing.", cure="Send the JSON Schema of the answer.", param=param)
    return msgspec.json.encode(schema).decode()


def tools(sent: list[SentTool] | None) -> tuple[Tool, ...]:
    """The functions of `tools`.

    Raises:
        InvalidRequest: one of them is no function.
    """
    found = []
    for at, tool in enumerate(sent or ()):
        if tool.type != "function" or tool.function is None:
            raise not_a_function(f"tools[{at}].{'type' if tool.type != 'function' else 'function'}")
        found.append(tool.function.tool())
    return tuple(found)


def chosen(choice: str | SentChoice | None) -> str:
    """`tool_choice` in our words: auto, none, required, or a tool's name.

    Raises:
        InvalidRequest: it is none of these.
    """
    if isinstance(choice, SentChoice):
        if choice.type != "function" or choice.function is None:
            raise InvalidRequest("tool_choice names one function.", param="tool_choice")
        return choice.function.name
    if choice not in (None, "auto", "none", "required"):
        raise InvalidRequest(
            "tool_choice is auto, none, required, or {'type': 'function', 'function': {'name': …}}.",
            param="tool_choice",
        )
    return choice or "auto"


def not_a_function(param: str) -> InvalidRequest:
    """The refusal of a tool that the platform would have to carry out itself."""
    return InvalidRequest(
        "A tool is a function that you carry out yourself.",
        cure="Send {'type': 'function', …} with its name; there are no built-in tools.",
        param=param,
    )
