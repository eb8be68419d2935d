"""Calls are found in what a model writes, strictly and as it comes; text is never lost, changed or said twice."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publius.errors import InvalidRequest
from publius.inference.calling import Calling, Found
from publius.inference.dialects import JSON_CALLS, PYTHON_CALLS, TAGGED_CALLS, Dialect
from publius.types import ToolCall

FUZZ = settings(deadline=None, max_examples=60)  # The machine may be busy with other tests.

DIALECTS = {"json": JSON_CALLS, "python": PYTHON_CALLS, "tagged": TAGGED_CALLS}
NAMES = ("get_weather", "now", "a-b.c")


def heard(dialect: Dialect, text: str, size: int = 1) -> list[str | Found]:
    calling = Calling(dialect, NAMES)
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    return [item for piece in pieces for item in calling.feed(piece)] + calling.feed("", final=True)


def said(items: list[str | Found]) -> str:
    return "".join(item for item in items if isinstance(item, str))


def called(items: list[str | Found]) -> list[tuple[str, object]]:
    calls = [call for item in items if isinstance(item, Found) for call in item.calls]
    return [(call.name, json.loads(call.arguments)) for call in calls]


RIGHT = [
    (
        "json",
        '{"type": "function", "name": "get_weather", "parameters": {"city": "SF"}}',
        [("get_weather", {"city": "SF"})],
    ),
    ("json", '{"name": "now", "parameters": {}}', [("now", {})]),
    (
        "json",
        '{\n    "type": "function",\n    "name": "now",\n    "parameters": {\n        "n": "10"\n    }\n}',
        [("now", {"n": "10"})],
    ),
    (
        "json",
        '{"name": "now", "parameters": {}}; {"name": "a-b.c", "parameters": {"x": [1, {"y": null}]}}\n',
        [("now", {}), ("a-b.c", {"x": [1, {"y": None}]})],
    ),
    ("json", '{"name": "now", "parameters": {"s": "} \\" { é \\u00e9"}}', [("now", {"s": '} " { é é'})]),
    (
        "python",
        "[get_weather(city='San Francisco', metric='celsius'), get_weather(city='Seattle')]",
        [("get_weather", {"city": "San Francisco", "metric": "celsius"}), ("get_weather", {"city": "Seattle"})],
    ),
    ("python", "[now()]", [("now", {})]),
    (
        "python",
        '[a-b.c(x=True, y=None, z=-2.5e3, t=[1, "a"], d={"k": false})]',
        [("a-b.c", {"x": True, "y": None, "z": -2500.0, "t": [1, "a"], "d": {"k": False}})],
    ),
    ("python", '[now(**{"my-key": 1})]', [("now", {"my-key": 1})]),
    ("python", "[now()][now(a='it\\'s \"so\"')]", [("now", {}), ("now", {"a": 'it\'s "so"'})]),
    (
        "tagged",
        '<tool_call>[{"name": "now", "arguments": {}}, {"name": "a-b.c", "arguments": {"x": 1}}]</tool_call>',
        [("now", {}), ("a-b.c", {"x": 1})],
    ),
    ("tagged", '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>\n', [("now", {})]),
]


@pytest.mark.parametrize(("dialect", "text", "calls"), RIGHT)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_call_is_found_whole_however_it_is_cut(dialect: str, text: str, calls: list[object], size: int) -> None:
    items = heard(DIALECTS[dialect], text, size)
    assert called(items) == calls
    assert said(items) == ""
    around = heard(DIALECTS[dialect], f"Let me see: {text} done", size)
    assert called(around) == calls
    assert said(around).startswith("Let me see: ") and said(around).endswith("done")


WRONG = [
    ("json", '{"name": "delete_all", "parameters": {}}'),
    ("json", '{"name": "now", "parameters": "x"}'),
    ("json", '{"name": "now", "parameters": {}, "extra": 1}'),
    ("json", '{"name": "now", "parameters": [{"name": "now", "parameters": {}}]}'),
    ("json", '{"name": "now", "parameters": {"n": 1'),
    ("json", '{"name": "now", "parameters": {"inner": {"name": "now", "parameters": {}}'),
    ("json", '{"type": "tool", "name": "now", "parameters": {}}'),
    ("json", 'A JSON object such as {"a": 1} or {} or {{}}.'),
    ("python", "[now(__import__('os').system('true'))]"),
    ("python", "[now(a=open('/etc/passwd'))]"),
    ("python", "[now(a=1+1)]"),
    ("python", "[now(a=b)]"),
    ("python", "[now(1)]"),
    ("python", "[now(a=1, a=2)]"),
    ("python", "[now(), rm(path='/')]"),
    ("python", "now(a=1)"),
    ("python", "[now(a=(1,))]"),
    ("python", "[now(a=f'{x}')]"),
    ("python", "[now(a=" + "[" * 100 + "]" * 100 + ")]"),
    ("python", "[now(a=" + "9" * 5000 + ")]"),
    ("python", "[now(a=1e999)]"),
    ("python", "[now(a='\\ud800')]"),
    ("python", "See [1] and [2], [now] or [now](link)."),
    ("tagged", '<tool_call>[{"name": "rm", "arguments": {}}]</tool_call>'),
    ("tagged", "<tool_call>[]</tool_call>"),
    ("tagged", "<tool_call>now()</tool_call> and <b>bold</b>"),
]


@pytest.mark.parametrize(("dialect", "text"), WRONG)
@pytest.mark.parametrize("size", [1, 1000])
def test_what_is_not_exactly_a_call_of_a_known_tool_is_text(dialect: str, text: str, size: int) -> None:
    items = heard(DIALECTS[dialect], text, size)
    assert called(items) == []
    assert said(items) == text


def test_text_does_not_wait_longer_than_it_is_in_doubt() -> None:
    calling = Calling(JSON_CALLS, NAMES)
    assert calling.feed("Hello ") == ["Hello "]
    assert calling.feed("{") == []
    assert calling.feed('"na') == []
    assert calling.feed('me": "gi') == ['{"name": "gi']
    assert calling.feed("zmo") == ["zmo"]


words = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
arguments = st.dictionaries(words, values, max_size=4)


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@FUZZ
@given(
    given_calls=st.lists(st.tuples(st.sampled_from(NAMES), arguments), min_size=1, max_size=3), size=st.integers(1, 40)
)
def test_what_we_write_of_earlier_calls_is_read_back_as_the_same_calls(
    dialect: Dialect, given_calls: list[tuple[str, dict[str, object]]], size: int
) -> None:
    calls = [ToolCall("c", name, json.dumps(each)) for name, each in given_calls]
    items = heard(dialect, "".join(dialect.spell(calls)), size)
    assert called(items) == given_calls
    assert said(items) == ""


scraps = st.sampled_from(
    [text for _, text, _ in RIGHT]
    + [text for _, text in WRONG]
    + list('{}[]()"\\<>=*,;:\n ')
    + ["<tool_call>", "</tool_call>", '{"name"', '{"type":', "[now(", "a=", "True", "-", "1e", "'", "**", "é", "\ud7ff"]
)


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@FUZZ
@given(
    text=st.lists(scraps | st.text(max_size=6), max_size=12).map("".join),
    size=st.integers(1, 30),
    cut=st.integers(0, 200),
)
@example(text='{"name": "now", "parameters": {}} ; ', size=1, cut=0)
def test_nothing_that_can_be_written_breaks_the_reader_or_is_lost(
    dialect: Dialect, text: str, size: int, cut: int
) -> None:
    text = text[: len(text) - cut] if cut < len(text) else text
    items = heard(dialect, text, size)
    assert "".join(item if isinstance(item, str) else item.source for item in items) == text
    assert all(name in NAMES and isinstance(given, dict) for name, given in called(items))
    whole = heard(dialect, text, len(text) or 1)
    assert (called(whole), said(whole)) == (called(items), said(items)), "how it is cut changes nothing"


@pytest.mark.parametrize("arguments", ["", "[]", "1", "{", "nonsense", "[" * 100_000])
def test_arguments_that_are_no_object_are_refused_with_a_reason(arguments: str) -> None:
    call = ToolCall("call_1", "now", arguments)
    for dialect in DIALECTS.values():
        if not arguments:
            assert dialect.spell([call])
            continue
        with pytest.raises(InvalidRequest, match="call_1"):
            dialect.spell([call])
