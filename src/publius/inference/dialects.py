"""How each family of models is told of tools, and how it calls them.

`JSON_CALLS` (Llama 3.1):  {"type": "function", "name": "f", "parameters": {"a": 1}}
`PYTHON_CALLS` (Llama 3.2, 3.3, 4):  [f(a=1), g()]
`TAGGED_CALLS` (SmolLM2):  <tool_call>[{"name": "f", "arguments": {"a": 1}}]</tool_call>

The words that introduce tools are those that the makers of each family document. What a model wrote is
read strictly, by `literals.py`: nothing is evaluated, and what is not exactly a call of a known tool is text.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from publius.errors import InvalidRequest
from publius.inference.grammar.ebnf import EMPTY, Node, Repeat, Word, seq
from publius.inference.grammar.keywords import COMBINING
from publius.inference.grammar.schema import Compiler
from publius.inference.literals import Malformed, Scanner, python_text
from publius.types import Tool, ToolCall

_MOST_CALLS = 8  # In one answer that is held to calls; without a bound a small model calls until it is cut off.

Call = tuple[str, dict[str, Any]]  # name, arguments


class Dialect(Protocol):
    """One way of calling. `opening` begins every call; `heads` are what follows it, without blank space."""

    opening: str

    def introduce(self, tools: Sequence[Tool]) -> str:
        """What a prompt says of the tools."""

    def spell(self, calls: Sequence[ToolCall]) -> list[str]:
        """Calls of an earlier answer, as the model wrote them.

        Raises:
            InvalidRequest: the arguments of a call are not a JSON object.
        """

    def heads(self, name: str) -> tuple[str, ...]:
        """How a call of this tool may begin, without blank space."""

    def call(self, name: str, arguments: Compiler) -> Node:
        """The grammar of one call of this tool."""

    def begins(self, name: str) -> tuple[str, ...]:
        """How a call of this tool begins in the usual spelling, up to its arguments or earlier."""

    def after(self, arguments: Compiler, calls: Node, *, several: bool) -> Node:
        """The grammar of what follows such a beginning; `calls` is that of any call."""

    def held(self, calls: Node, *, several: bool) -> Node:
        """The grammar of a whole answer that is calls and nothing else."""

    def read(self, scanner: Scanner) -> list[Call]:
        """The calls that begin where the scanner stands; it stands behind them afterwards.

        Raises:
            Incomplete: more text may make it a call; Malformed: nothing can.
        """


def arguments_of(call: ToolCall) -> dict[str, Any]:
    """The arguments of a call that a client sent back to us."""
    try:
        value = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise InvalidRequest(f"The arguments of the call {call.id!r} are not a JSON object.", param="messages")
    return value


class JsonCalls:
    """One JSON object for each call."""

    opening = "{"

    def introduce(self, tools: Sequence[Tool]) -> str:
        listed = "\n".join(_json({"type": "function", "function": _described(tool)}) for tool in tools)
        return (
            "Answer the user's question by making use of the following functions if needed.\n"
            "If none of the function can be used, please say so.\n"
            f"Here is a list of functions in JSON format:\n{listed}\n\nReturn function calls in JSON format."
        )

    def spell(self, calls: Sequence[ToolCall]) -> list[str]:
        """See `Dialect.spell`."""
        return [json.dumps({"type": "function", "name": call.name, "parameters": arguments_of(call)}) for call in calls]

    def heads(self, name: str) -> tuple[str, ...]:
        quoted = json.dumps(name)
        return (f'{{"type":"function","name":{quoted},', f'{{"name":{quoted},')

    def call(self, name: str, arguments: Compiler) -> Node:
        """See `Dialect.call`."""
        return seq(Word(self.begins(name)[0]), arguments.root(json_arguments), Word("}"))

    def begins(self, name: str) -> tuple[str, ...]:
        """See `Dialect.begins`."""
        rest = f'"name": {json.dumps(name)}, "parameters": '
        return (f'{{"type": "function", {rest}', f"{{{rest}")

    def after(self, arguments: Compiler, calls: Node, *, several: bool) -> Node:
        """See `Dialect.after`."""
        return seq(arguments.root(json_arguments), Word("}"))

    def held(self, calls: Node, *, several: bool) -> Node:
        """One call: Meta documents no more for Llama 3.1."""
        return calls

    def read(self, scanner: Scanner) -> list[Call]:
        """See `Dialect.read`."""
        return [_call(scanner.value(), "parameters")]


class PythonCalls:
    """A list of calls as Python would write them."""

    opening = "["

    def introduce(self, tools: Sequence[Tool]) -> str:
        return (
            "You are an expert in composing functions. You are given a question and a set of possible functions.\n"
            "Based on the question, you will need to make one or more function/tool calls to achieve the purpose.\n"
            "If none of the function can be used, point it out. "
            "If the given question lacks the parameters required by the function,\n"
            "also point it out. You should only return the function call in tools call sections.\n\n"
            "If you decide to invoke any of the function(s), you MUST put it in the format of "
            "[func_name1(params_name1=params_value1, params_name2=params_value2...), func_name2(params)]\n"
            "You SHOULD NOT include any other text in the response.\n\n"
            "Here is a list of functions in JSON format that you can invoke.\n\n"
            f"{_json([_described(tool) for tool in tools])}"
        )

    def spell(self, calls: Sequence[ToolCall]) -> list[str]:
        """See `Dialect.spell`."""
        return [f"[{call.name}({', '.join(_keywords(arguments_of(call)))})]" for call in calls]

    def heads(self, name: str) -> tuple[str, ...]:
        return (f"[{name}(",)

    def call(self, name: str, arguments: Compiler) -> Node:
        """See `Dialect.call`."""
        return seq(Word(f"{name}("), arguments.root(_keyword_arguments), Word(")"))

    def begins(self, name: str) -> tuple[str, ...]:
        """See `Dialect.begins`."""
        return (f"[{name}(",)

    def after(self, arguments: Compiler, calls: Node, *, several: bool) -> Node:
        """See `Dialect.after`."""
        more = [Repeat(seq(Word(", "), calls), 0, _MOST_CALLS - 1)] if several else []
        return seq(arguments.root(_keyword_arguments), Word(")"), *more, Word("]"))

    def held(self, calls: Node, *, several: bool) -> Node:
        """See `Dialect.held`."""
        return seq(Word("["), _several(calls, several=several), Word("]"))

    def read(self, scanner: Scanner) -> list[Call]:
        """See `Dialect.read`."""
        scanner.expect("[")
        calls = [self._one(scanner)]
        while scanner.accept(","):
            calls.append(self._one(scanner))
        scanner.expect("]")
        return calls

    def _one(self, scanner: Scanner) -> Call:
        name = scanner.name()
        scanner.expect("(")
        arguments: dict[str, Any] = {}
        while not scanner.accept(")"):
            if arguments:
                scanner.expect(",")
            self._argument(scanner, arguments)
        return name, arguments

    def _argument(self, scanner: Scanner, arguments: dict[str, Any]) -> None:
        if scanner.accept("**"):
            value = scanner.value()
            if not isinstance(value, dict) or not value.keys().isdisjoint(arguments):
                raise Malformed
            arguments.update(value)
            return
        key = scanner.name()
        scanner.expect("=")
        if key in arguments:
            raise Malformed
        arguments[key] = scanner.value()


class TaggedCalls:
    """A JSON list of calls between two tags."""

    opening = "<"
    first, last = "<tool_call>", "</tool_call>"

    def introduce(self, tools: Sequence[Tool]) -> str:
        return (
            "You are an expert in composing functions. You have access to the following tools:\n"
            f"<tools>{json.dumps([_described(tool) for tool in tools], ensure_ascii=False)}</tools>\n\n"
            "To call them, write nothing but this, with one entry for each call:\n"
            f'{self.first}[{{"name": "func_name1", "arguments": {{"argument1": "value1"}}}}]{self.last}\n'
            "If none of them can be used, answer without a call."
        )

    def spell(self, calls: Sequence[ToolCall]) -> list[str]:
        """See `Dialect.spell`."""
        if not calls:
            return []
        listed = [{"name": call.name, "arguments": arguments_of(call)} for call in calls]
        return [f"{self.first}{json.dumps(listed)}{self.last}"]

    def heads(self, name: str) -> tuple[str, ...]:
        return (self.first,)

    def call(self, name: str, arguments: Compiler) -> Node:
        """See `Dialect.call`."""
        begin = f'{{"name": {json.dumps(name)}, "arguments": '
        return seq(Word(begin), arguments.root(json_arguments), Word("}"))

    def begins(self, name: str) -> tuple[str, ...]:
        """See `Dialect.begins`."""
        return (self.first,)

    def after(self, arguments: Compiler, calls: Node, *, several: bool) -> Node:
        """See `Dialect.after`."""
        return seq(Word("["), _several(calls, several=several), Word(f"]{self.last}"))

    def held(self, calls: Node, *, several: bool) -> Node:
        """See `Dialect.held`."""
        return seq(Word(f"{self.first}["), _several(calls, several=several), Word(f"]{self.last}"))

    def read(self, scanner: Scanner) -> list[Call]:
        """See `Dialect.read`."""
        scanner.expect(self.first)
        value = scanner.value()
        scanner.expect(self.last)
        return [_call(each, "arguments") for each in (value if isinstance(value, list) else [value])]


def json_arguments(compiler: Compiler) -> Node:
    """The arguments of a call as a JSON object; a tool that says nothing of its parameters takes none."""
    return compiler.value({"type": "object", **compiler.whole}, 0) if compiler.whole else Word("{}")


def _keyword_arguments(compiler: Compiler) -> Node:
    schema = compiler.whole
    names = schema.get("properties", {})
    if not schema or (not names and schema.get("additionalProperties") is False):
        return EMPTY
    keywords = isinstance(names, Mapping) and names and all(IDENTIFIER.fullmatch(name) for name in names)
    if keywords and schema.get("type", "object") == "object" and not set(COMBINING) & schema.keys():
        return compiler.members(schema, 0, lambda name: f"{name}=")
    return seq(Word("**"), json_arguments(compiler))


def _several(calls: Node, *, several: bool) -> Node:
    return seq(calls, Repeat(seq(Word(", "), calls), 0, _MOST_CALLS - 1)) if several else calls


def _call(value: Any, key: str) -> Call:
    if not isinstance(value, dict) or value.pop("type", "function") != "function" or value.keys() != {"name", key}:
        raise Malformed
    name, arguments = value["name"], value[key]
    if not isinstance(name, str) or not isinstance(arguments, dict):
        raise Malformed
    return name, arguments


def _described(tool: Tool) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}


def _json(value: Any) -> str:
    return json.dumps(value, indent=4, ensure_ascii=False)


IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _keywords(arguments: dict[str, Any]) -> Iterator[str]:
    if all(IDENTIFIER.fullmatch(key) for key in arguments):
        yield from (f"{key}={python_text(value)}" for key, value in arguments.items())
    else:
        yield f"**{python_text(arguments)}"


JSON_CALLS, PYTHON_CALLS, TAGGED_CALLS = JsonCalls(), PythonCalls(), TaggedCalls()
