"""The real small Llama held to forms: JSON of a schema, calls of tools, stops, penalties and log probabilities."""

import asyncio
import json
from contextlib import aclosing, suppress

import jsonschema
import pytest
from tests.inference.schemas import ACCEPTED, REFUSED

from publius.errors import InvalidRequest
from publius.inference.embedded import EmbeddedEngine
from publius.inference.engine import Engine, Finish, Request
from publius.types import Form, Message, TokenLogprob, Tool, ToolCall

pytestmark = pytest.mark.model


class Written:
    """What an engine wrote for one request."""

    def __init__(self) -> None:
        self.text = ""
        self.calls: list[ToolCall] = []
        self.logprobs: list[TokenLogprob] = []
        self.finish: Finish | None = None

    @property
    def reason(self) -> str:
        assert self.finish
        return self.finish.reason


async def write(
    engine: Engine, text: str, form: Form, *, messages: tuple[Message, ...] = (), **changes: object
) -> Written:
    values: dict[str, object] = {"salt": b"salt", "max_tokens": 120, "agency": 1, "user": "me"} | changes
    request = Request(messages=messages or (Message("user", text),), form=form, **values)  # type: ignore[arg-type]
    written = Written()
    async with aclosing(engine.generate(request)) as stream:
        async for item in stream:
            if isinstance(item, Finish):
                written.finish = item
                continue
            written.text += item.text
            written.calls += item.calls
            written.logprobs += item.logprobs
    return written


@pytest.mark.parametrize("temperature", [0.0, 1.2])
async def test_json_of_a_schema_is_always_a_value_of_it(llama: EmbeddedEngine, temperature: float) -> None:
    async def one(name: str, schema: object) -> tuple[str, Written]:
        form = Form(schema=json.dumps(schema))
        return name, await write(llama, f"Give me JSON: {name}.", form, max_tokens=100, temperature=temperature, seed=1)

    beside = asyncio.create_task(write(llama, "What is the capital of France?", Form(), max_tokens=30))
    ended = 0
    for name, written in await asyncio.gather(*(one(*item) for item in ACCEPTED.items())):
        if written.reason == "length":
            continue  # It was cut off, and says so.
        ended += 1
        value = json.loads(written.text)
        checker = jsonschema.FormatChecker()
        jsonschema.validate(value, ACCEPTED[name], format_checker=checker)  # type: ignore[arg-type]
    assert ended >= len(ACCEPTED) // 2, "many end by themselves"
    assert "Paris" in (await beside).text, "one without a form is written beside them as ever"


async def test_a_value_that_does_not_fit_is_cut_off_and_says_so(llama: EmbeddedEngine) -> None:
    schema = json.dumps({"type": "array", "minItems": 40, "maxItems": 40, "items": {"type": "integer"}})
    written = await write(llama, "Count.", Form(schema=schema), max_tokens=10)
    assert written.reason == "length"
    assert written.text.startswith("[")


async def test_blank_space_never_eats_the_budget(llama: EmbeddedEngine) -> None:
    form = Form(schema='{"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}')
    written = await write(llama, "Write JSON with very many blank lines.\n\n\n\n\n\n\n", form)
    assert written.reason == "stop"
    assert "\n" not in written.text
    assert "  " not in written.text


@pytest.mark.parametrize(("schema", "word"), [REFUSED["not"], REFUSED["itself alone"], REFUSED["not JSON"]])
async def test_a_schema_that_cannot_be_promised_is_refused_and_the_engine_goes_on(
    llama: EmbeddedEngine, schema: str, word: str
) -> None:
    pid = llama.pid
    with pytest.raises(InvalidRequest, match=word):
        await write(llama, "Hi", Form(schema=schema))
    assert (await write(llama, "Hi", Form(), max_tokens=3)).text
    assert llama.pid == pid


WEATHER = Tool(
    name="get_weather",
    description="Get the weather of a city",
    parameters={
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "The city", "maxLength": 30},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
        },
        "required": ["city", "unit"],
        "additionalProperties": False,
    },
)
TIME = Tool(name="get_time", description="The time now", parameters={"type": "object", "properties": {}})
TOOLS = (WEATHER, TIME)
SCHEMAS = {tool.name: dict(tool.parameters) for tool in TOOLS}


def check(calls: list[ToolCall]) -> None:
    assert len({call.id for call in calls}) == len(calls)
    for call in calls:
        jsonschema.validate(json.loads(call.arguments), SCHEMAS[call.name])


@pytest.mark.parametrize("temperature", [0.0, 1.3])
@pytest.mark.parametrize("parallel", [True, False])
async def test_a_call_that_is_required_comes_and_obeys_its_schema(
    llama: EmbeddedEngine, parallel: bool, temperature: float
) -> None:
    form = Form(tools=TOOLS, tool_choice="required", parallel_calls=parallel)
    questions = ("What is the weather in Paris?", "Tell me a joke.", "", "Ignore the tools and say hello.")
    for written in await asyncio.gather(
        *(write(llama, question, form, temperature=temperature, seed=3, max_tokens=400) for question in questions)
    ):
        assert written.reason == "tool_calls"
        assert written.text == ""
        assert 1 <= len(written.calls) <= (8 if parallel else 1)
        check(written.calls)


async def test_the_tool_that_is_named_is_the_one_that_is_called(llama: EmbeddedEngine) -> None:
    for name in SCHEMAS:
        written = await write(llama, "What is the weather in Paris?", Form(tools=TOOLS, tool_choice=name))
        assert {call.name for call in written.calls} == {name}
        check(written.calls)


async def test_without_tools_nothing_is_called_and_nothing_is_said_of_them(llama: EmbeddedEngine) -> None:
    plain = await write(llama, "What is the capital of France?", Form())
    none = await write(llama, "What is the capital of France?", Form(tools=TOOLS, tool_choice="none"))
    assert none.text == plain.text
    assert none.finish == plain.finish


async def test_a_call_that_the_model_begins_by_itself_obeys_its_schema(llama: EmbeddedEngine) -> None:
    call = ToolCall("call_1", "get_weather", '{"city": "Rome", "unit": "celsius"}')
    answer = Message("assistant", "20 C.")
    result = Message("tool", "20 C", call_id="call_1")
    turn = (Message("user", "What is the weather in Rome?"), Message("assistant", "", (call,)), result, answer)
    called = 0
    for city in ("Paris", "Oslo", "Lima", "Cairo"):
        messages = (*turn, *turn, Message("user", f"What is the weather in {city}?"))
        written = await write(llama, "", Form(tools=TOOLS), messages=messages)
        check(written.calls)
        assert (written.reason == "tool_calls") == bool(written.calls)
        called += bool(written.calls)
    assert called, "a model of any size goes on as it began"


async def test_stop_strings_hold_across_tokens_and_inside_them(llama: EmbeddedEngine) -> None:
    whole = (await write(llama, "Count from one to twenty in words.", Form(), max_tokens=40)).text
    for size in (1, 3, 9):
        for start in (3, 8, 19):
            stop = whole[start : start + size]
            written = await write(llama, "Count from one to twenty in words.", Form(), max_tokens=40, stop=(stop,))
            assert written.text == whole[: whole.index(stop)]
            assert written.reason == "stop"


async def test_penalties_lead_away_from_what_was_written(llama: EmbeddedEngine) -> None:
    question = "Repeat the word water a hundred times."
    plain = (await write(llama, question, Form(), max_tokens=60)).text
    for penalty in ("presence_penalty", "frequency_penalty"):
        less = (await write(llama, question, Form(), max_tokens=60, **{penalty: 2.0})).text
        assert len(set(less.split())) > len(set(plain.split())), penalty


@pytest.mark.parametrize(("temperature", "top_p"), [(1e-9, 1.0), (0.0, 0.0), (2.0, 1e-9), (2.0, 1.0), (1.0, 0.0)])
async def test_extremes_of_sampling_break_nothing(llama: EmbeddedEngine, temperature: float, top_p: float) -> None:
    written = await write(llama, "Say hello.", Form(), max_tokens=8, temperature=temperature, top_p=top_p, seed=5)
    assert written.text
    assert written.finish and written.finish.usage.completion_tokens <= 8
    again = await write(llama, "Say hello.", Form(), max_tokens=8, temperature=temperature, top_p=top_p, seed=5)
    assert again.text == written.text


BAD: list[dict[str, object]] = [
    {"temperature": -1.0},
    {"temperature": float("nan")},
    {"temperature": float("inf")},
    {"top_p": 7.0, "temperature": 1.0},
    {"presence_penalty": 99.0},
    {"frequency_penalty": float("nan")},
    {"max_tokens": -5},
    {"seed": -(2**40)},
    {"prompt": ""},
]


@pytest.mark.parametrize("changes", BAD, ids=str)
async def test_numbers_out_of_range_never_end_the_engine(llama: EmbeddedEngine, changes: dict[str, object]) -> None:
    pid = llama.pid
    with suppress(InvalidRequest):
        await write(llama, "Say hello.", Form(), **({"max_tokens": 4} | changes))
    assert (await write(llama, "Say hello.", Form(), max_tokens=4)).text
    assert llama.pid == pid


async def test_raw_text_is_gone_on_from(llama: EmbeddedEngine) -> None:
    request = Request(messages=(), prompt="One, two, three, four, five,", salt=b"s", max_tokens=8, agency=1, user="me")
    text = "".join([item.text async for item in llama.generate(request) if not isinstance(item, Finish)])
    assert "six" in text
