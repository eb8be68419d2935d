"""Whatever a grammar made of a JSON Schema allows is a value of it; what cannot be promised is refused by name."""

import json
import random
import re

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.inference.schemas import ACCEPTED, REFUSED

from publius.errors import InvalidRequest
from publius.inference.constraint import Begun, Held, constraint
from publius.inference.dialects import JSON_CALLS, PYTHON_CALLS, TAGGED_CALLS, Dialect
from publius.inference.grammar.ebnf import Chars, Choice, Grammar, Node, Repeat, Rule, Sequel, Word
from publius.inference.grammar.schema import LARGEST, Compiler, read_schema
from publius.inference.literals import Scanner
from publius.types import Form, Tool

FUZZ = settings(deadline=None, max_examples=60)  # The machine may be busy with other tests.

LETTERS = [*map(chr, range(32, 127)), "é", "٣", "你", "\u2028", "\U0001f680", "\x7f"]


class Walk:
    """Writes texts that obey a grammar, at random."""

    def __init__(self, grammar: Grammar, seed: int) -> None:
        self._rules = grammar.rules
        self._random = random.Random(seed)
        self._left = 400

    def write(self, node: Node) -> str:
        self._left -= 1
        match node:
            case Word(text):
                return text
            case Chars(inside):
                return self._random.choice(
                    [letter for letter in LETTERS if re.fullmatch(f"[{inside}]", letter)] or ["b"]
                )
            case Sequel(parts):
                return "".join(map(self.write, parts))
            case Choice(parts):
                return self.write(self._random.choice(parts) if self._left > 0 else min(parts, key=self._depth))
            case Rule(name):
                return self.write(self._rules[name])
            case Repeat(part, least, most):
                most = least + 3 if most is None else most
                times = (
                    least if self._left < 0 else self._random.choice([least, most, self._random.randint(least, most)])
                )
                return "".join(self.write(part) for _ in range(times))
        raise AssertionError(node)

    def _depth(self, node: Node) -> int:
        return len(re.findall("Rule", repr(node)))


def grammar_of(schema: object) -> tuple[Grammar, Node]:
    grammar = Grammar()
    root = Compiler(grammar, read_schema(json.dumps(schema))).root()
    grammar.text(root)
    return grammar, root


@pytest.mark.parametrize("schema", ACCEPTED.values(), ids=ACCEPTED)
def test_whatever_the_grammar_allows_is_a_value_of_the_schema(schema: object) -> None:
    grammar, root = grammar_of(schema)
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())  # type: ignore[arg-type]
    for seed in range(60):
        written = Walk(grammar, seed).write(root)
        assert "\n" not in written
        checker.validate(json.loads(written))


@FUZZ
@given(
    st.integers(-1200, 1200), st.integers(-1200, 1200), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 999)
)
def test_numbers_stay_within_every_kind_of_bounds(
    low: int, high: int, whole: bool, above: bool, below: bool, seed: int
) -> None:
    schema = {
        "type": "integer" if whole else "number",
        "exclusiveMinimum" if above else "minimum": low,
        "exclusiveMaximum" if below else "maximum": high,
    }
    values = [n / 2 for n in range(2 * low - 2, 2 * high + 3)] if abs(high - low) < 5 else [low + 1]
    possible = [v for v in values if jsonschema.Draft202012Validator(schema).is_valid(int(v) if v == int(v) else v)]
    try:
        grammar, root = grammar_of(schema)
    except InvalidRequest:
        assert not possible
        return
    jsonschema.validate(json.loads(Walk(grammar, seed).write(root)), schema)


@pytest.mark.parametrize(("schema", "word"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_promised_is_refused_by_name(schema: str, word: str) -> None:
    with pytest.raises(InvalidRequest, match=re.escape(word)):
        constraint(Form(schema=schema), JSON_CALLS)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
keywords = st.sampled_from(
    [
        "type",
        "properties",
        "required",
        "items",
        "prefixItems",
        "enum",
        "const",
        "anyOf",
        "oneOf",
        "allOf",
        "$ref",
        "$defs",
        "minimum",
        "maximum",
        "minItems",
        "maxItems",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "additionalProperties",
        "exclusiveMinimum",
        "not",
        "if",
    ]
)
words = st.sampled_from(
    ["object", "array", "string", "integer", "#", "#/$defs/a", "#/properties/a", "^a{2,9}$", "(", "date"]
)
broken_schemas = st.recursive(
    json_values | words,
    lambda inner: st.dictionaries(keywords | st.just("a"), inner | words, max_size=5) | st.lists(inner, max_size=3),
    max_leaves=25,
)


@FUZZ
@given(broken_schemas)
@example({"format": {}})
@example({"type": "number", "minimum": float("inf")})
@example({"type": "integer", "maximum": float("-inf")})
def test_any_schema_at_all_is_compiled_or_refused(schema: object) -> None:
    try:
        held = constraint(Form(schema=json.dumps(schema)), JSON_CALLS)
    except InvalidRequest as refusal:
        assert refusal.message
        return
    assert isinstance(held, Held)
    assert len(held.grammar) < 64_001
    assert held.grammar.isascii()


HOSTILE = {
    "too long": '"' + "x" * LARGEST + '"',
    "not JSON": '{"type": ',
    "deep JSON": "[" * 20_000 + "]" * 20_000,
    "deep schema": '{"items": ' * 60 + "true" + "}" * 60,
    "many lengths": json.dumps({"type": "string", "maxLength": 100_000}),
    "lengths in lengths": json.dumps(
        {"type": "array", "maxItems": 50, "items": {"type": "string", "pattern": "^[^a]{400}$"}}
    ),
    "counts in counts": json.dumps({"type": "string", "pattern": "((((((a{99}){99}){99}){99}){99}){99})"}),
    "a long pattern": json.dumps({"type": "string", "pattern": "a|" * 400}),
    "references that double": json.dumps(
        {"$ref": "#/$defs/0", "$defs": {str(i): {"prefixItems": [{"$ref": f"#/$defs/{i + 1}"}] * 2} for i in range(99)}}
    ),
    "choices of choices": json.dumps({"anyOf": [{"anyOf": [{"anyOf": [{"enum": list(range(200))}] * 8}] * 8}] * 8}),
}  # fmt: skip


@pytest.mark.parametrize("schema", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_schema_is_refused_quickly(schema: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        constraint(Form(schema=schema), JSON_CALLS)
    assert refused.value.next_step


TOOLS = (
    Tool(
        name="get_weather",
        parameters={
            "type": "object",
            "properties": {"city": {"type": "string"}, "unit": {"enum": ["c", "f"]}, "n": {"type": "integer"}},
            "required": ["city"],
        },
    ),
    Tool(name="now"),
    Tool(name="odd-name.2", parameters={"type": "object", "properties": {"a-b": {"type": ["number", "null"]}}}),
    Tool(name="free", parameters={"type": "object"}),
)  # fmt: skip


@pytest.mark.parametrize("dialect", [JSON_CALLS, PYTHON_CALLS, TAGGED_CALLS], ids=["json", "python", "tagged"])
@pytest.mark.parametrize("several", [True, False])
def test_calls_that_are_required_can_be_read_and_obey_the_schemas_of_their_tools(
    dialect: Dialect, several: bool
) -> None:
    grammar = Grammar()
    rules = [
        grammar.rule(f"c{n}", dialect.call(t.name, Compiler(grammar, t.parameters, f"t{n}_")))
        for n, t in enumerate(TOOLS)
    ]
    root = dialect.held(grammar.rule("call", Choice(tuple(rules))), several=several)
    seen: set[str] = set()
    for seed in range(80):
        scanner = Scanner(Walk(grammar, seed).write(root))
        calls = dialect.read(scanner)
        assert scanner.at == len(scanner.text)
        assert len(calls) == 1 or several
        for name, arguments in calls:
            seen.add(name)
            [tool] = [tool for tool in TOOLS if tool.name == name]
            jsonschema.validate(arguments, dict(tool.parameters))
    assert seen == {tool.name for tool in TOOLS}


def test_the_form_decides_what_an_answer_is_held_to() -> None:
    assert constraint(Form(), JSON_CALLS) is None
    assert constraint(Form(tools=TOOLS, tool_choice="none"), JSON_CALLS) is None
    assert isinstance(constraint(Form(tools=TOOLS), PYTHON_CALLS), Begun)
    named = constraint(Form(tools=TOOLS, tool_choice="now"), PYTHON_CALLS)
    assert isinstance(named, Held)
    assert "get_weather" not in named.grammar
    both = constraint(Form(tools=TOOLS, schema="{}"), PYTHON_CALLS)
    assert isinstance(both, Held)
    assert "get_weather" in both.grammar
    for choice, tools in (("required", ()), ("nothing_like_it", TOOLS)):
        with pytest.raises(InvalidRequest, match="must be called"):
            constraint(Form(tools=tools, tool_choice=choice), JSON_CALLS)
    unlikely = (Tool(name="f", parameters={"type": "object", "minProperties": 2}),)
    assert constraint(Form(tools=unlikely), JSON_CALLS) is None, "a free call may have any schema"
    with pytest.raises(InvalidRequest, match="minProperties"):
        constraint(Form(tools=unlikely, tool_choice="required"), JSON_CALLS)
