"""What one answer is held to: calls of tools, a JSON Schema, either, or nothing."""

from msgspec import Struct

from publius.errors import InvalidRequest
from publius.inference.dialects import Dialect
from publius.inference.grammar.ebnf import Grammar, Node, one_of
from publius.inference.grammar.schema import Compiler, read_schema
from publius.types import Form, Tool


class Held(Struct, frozen=True):
    """The whole answer obeys this grammar."""

    grammar: str
    places: float = 0.0  # what it costs to compile, see `grammar/ebnf.py`


class Begun(Struct, frozen=True):
    """What follows one of these beginnings obeys its grammar, wherever it stands. `once`: the answer then ends."""

    tags: tuple[tuple[str, str], ...]  # beginning, grammar
    once: bool
    places: float = 0.0  # of all its grammars


def tools_of(form: Form) -> tuple[Tool, ...]:
    """The tools that an answer may call."""
    if form.tool_choice in ("auto", "required"):
        return form.tools
    return tuple(tool for tool in form.tools if tool.name == form.tool_choice)


def constraint(form: Form, dialect: Dialect) -> Held | Begun | None:
    """What an answer of this form is held to.

    Raises:
        InvalidRequest: the schema of the answer, or of a tool that must be called, is one that an answer cannot be held
            to; or a tool must be called that is not there.
    """
    tools = tools_of(form)
    must_call = form.tool_choice not in ("auto", "none")
    if must_call and not tools:
        raise InvalidRequest("The tool that must be called is not among the tools.", param="tool_choice")
    if must_call or (tools and form.schema is not None):
        return _held(form, dialect, tools, None if must_call else form.schema)
    if form.schema is not None:
        return _held(form, dialect, (), form.schema)
    return _begun(form, dialect, tools) if tools else None


def _held(form: Form, dialect: Dialect, tools: tuple[Tool, ...], schema: str | None) -> Held:
    grammar = Grammar()
    choices = [dialect.held(_calls(grammar, dialect, tools), several=form.parallel_calls)] if tools else []
    if schema is not None:
        choices.append(Compiler(grammar, read_schema(schema), "answer_").root())
    return Held(grammar.text(one_of(choices)), grammar.places)


def _calls(grammar: Grammar, dialect: Dialect, tools: tuple[Tool, ...]) -> Node:
    calls = [
        grammar.rule(f"call{number}", dialect.call(tool.name, Compiler(grammar, tool.parameters, f"tool{number}_")))
        for number, tool in enumerate(tools)
    ]
    return grammar.rule("call", one_of(calls))


def _begun(form: Form, dialect: Dialect, tools: tuple[Tool, ...]) -> Begun | None:
    """A call that is begun is held to its schema. Where that cannot be, the call is free: nobody asked for it."""
    tags: dict[str, str] = {}
    places = 0.0
    try:
        for tool in tools:
            grammar = Grammar()
            calls = _calls(grammar, dialect, tools)
            after = dialect.after(Compiler(grammar, tool.parameters, "begun_"), calls, several=form.parallel_calls)
            tags |= dict.fromkeys(dialect.begins(tool.name), grammar.text(after))
            places += grammar.places
    except InvalidRequest:
        return None
    return Begun(tuple(tags.items()), not form.parallel_calls, places)
