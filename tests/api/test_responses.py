"""Responses through the official client, without anything kept between requests."""

import json
from typing import Any

import httpx
import pytest
from openai import APIError, AsyncOpenAI, BadRequestError
from pydantic import BaseModel
from tests.api.recorded import BreakingEngine, contents

from publius.application import Application
from publius.inference.echo import EchoEngine
from publius.types import Agency

RULE = "# Vacation\n\nStaff earn 15 days of vacation a year. Unused days expire on 31 March.\n"
VACATION = "How many days of vacation do staff earn a year?"
TOOL: Any = {
    "type": "function",
    "name": "weather",
    "parameters": {"type": "object", "properties": {"place": {"enum": ["Ohio"]}}, "required": ["place"]},
    "strict": False,
}


class Person(BaseModel):
    name: str
    age: int


@pytest.fixture
async def rule(app: Application, education: Agency) -> None:
    await app.retrieval.add(education, "user:tests", "vacation.md", RULE.encode())


async def test_a_text_is_answered_and_nothing_is_stored(client: AsyncOpenAI) -> None:
    said = await client.responses.create(
        model="llama", input="Hello there", instructions="Be brief.", metadata={"case": "7"}
    )
    assert (said.object, said.status, said.output_text) == ("response", "completed", "You said: Hello there")
    assert (said.instructions, said.metadata, said.id[:5]) == ("Be brief.", {"case": "7"}, "resp_")
    assert said.store is False  # type: ignore[attr-defined]
    assert said.usage is not None and said.usage.total_tokens == said.usage.input_tokens + said.usage.output_tokens
    assert said.publius["receipt"]["agency"] == "education"  # type: ignore[attr-defined]


async def test_the_events_come_in_openais_order(client: AsyncOpenAI) -> None:
    stream = await client.responses.create(model="llama", input="Hello", stream=True)
    events = [event async for event in stream]
    kinds = [event.type for event in events]
    assert kinds == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        *["response.output_text.delta"] * 3,
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    final = events[-1].response  # type: ignore[union-attr]
    assert final.output_text == "You said: Hello"
    assert final.output[0] == events[-2].item  # type: ignore[union-attr]


async def test_a_function_is_called_and_its_output_read(
    app: Application, client: AsyncOpenAI, education: Agency
) -> None:
    asked: list[Any] = [{"role": "user", "content": [{"type": "input_text", "text": "The weather?"}]}]
    first = await client.responses.create(model="llama", input=asked, tools=[TOOL])
    [call] = first.output
    assert call.type == "function_call" and json.loads(call.arguments) == {"place": "Ohio"}
    asked += [call.model_dump(), {"type": "function_call_output", "call_id": call.call_id, "output": "Rain."}]
    second = await client.responses.create(model="llama", input=asked, tools=[TOOL])
    assert second.output_text == "The tool said: Rain."
    asked += [second.output[0].model_dump(), {"role": "user", "content": "And tomorrow?"}]
    third = await client.responses.create(model="llama", input=asked, tools=[TOOL], tool_choice="none")
    assert third.output_text == "You said: And tomorrow?"
    prompt = (await contents(app, education))[2]["prompt"]
    assert [m["role"] for m in prompt["messages"]] == ["user", "assistant", "tool", "assistant", "user"]
    assert prompt["messages"][1]["calls"][0]["id"] == prompt["messages"][2]["call_id"] == call.call_id


async def test_calls_are_streamed(client: AsyncOpenAI) -> None:
    async with client.responses.stream(
        model="llama", input="Hello", tools=[TOOL], tool_choice={"type": "function", "name": "weather"}
    ) as stream:
        kinds = [event.type async for event in stream]
        final = await stream.get_final_response()
    assert kinds == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_item.done",
        "response.completed",
    ]
    [call] = final.output
    assert call.type == "function_call" and call.arguments == '{"place": "Ohio"}'


async def test_an_answer_is_parsed_into_a_model(client: AsyncOpenAI) -> None:
    said = await client.responses.parse(model="llama", input="Who?", text_format=Person)
    assert said.output_parsed == Person(name="", age=0)
    async with client.responses.stream(model="llama", input="Who?", text_format=Person) as stream:
        final = await stream.get_final_response()
    assert final.output_parsed == said.output_parsed


async def test_a_grounded_answer_names_its_sources(client: AsyncOpenAI, rule: None) -> None:
    said = await client.responses.create(model="library", input=VACATION)
    [part] = said.output[0].content  # type: ignore[union-attr]
    cited = part.annotations[0]  # type: ignore[union-attr]
    assert cited.type == "url_citation" and "/documents/" in cited.url
    assert "15 days" in said.output_text[cited.start_index : cited.end_index]
    stream = await client.responses.create(model="library", input=VACATION, stream=True)
    events = [event async for event in stream]
    added = [event.annotation.model_dump() for event in events if event.type == "response.output_text.annotation.added"]
    assert added == [one.model_dump() for one in part.annotations]  # type: ignore[union-attr]
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == said.output_text
    assert events[-1].response.output_text == said.output_text  # type: ignore[union-attr]


async def test_what_no_document_answers_is_said_so(client: AsyncOpenAI, rule: None) -> None:
    asked = "Which port does the coffee machine listen on?"
    said = await client.responses.create(model="library", input=asked)
    stream = await client.responses.create(model="library", input=asked, stream=True)
    text = "".join([event.delta async for event in stream if event.type == "response.output_text.delta"])
    assert text == said.output_text and "do not answer" in text


async def test_an_answer_cut_short_says_so(client: AsyncOpenAI) -> None:
    said = await client.responses.create(model="llama", input="a b c d", max_output_tokens=3)
    assert said.status == "incomplete"
    assert said.incomplete_details is not None and said.incomplete_details.reason == "max_output_tokens"
    stream = await client.responses.create(model="llama", input="a b c d", max_output_tokens=3, stream=True)
    assert [event.type async for event in stream][-1] == "response.incomplete"


async def test_log_probabilities(client: AsyncOpenAI) -> None:
    said = await client.responses.create(model="llama", input="a b", include=["message.output_text.logprobs"])
    [part] = said.output[0].content  # type: ignore[union-attr]
    assert "".join(token.token for token in part.logprobs) == said.output_text  # type: ignore[union-attr]


CALL = {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "Rain."}
HELLO = {"role": "user", "content": "Hello"}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"store": True}, "store"),
    ({"previous_response_id": "resp_1"}, "previous_response_id"),
    ({"conversation": "conv_1"}, "conversation"),
    ({"background": True}, "background"),
    ({"prompt": {"id": "p"}}, "prompt"),
    ({"truncation": "auto"}, "truncation"),
    ({"top_logprobs": 3}, "top_logprobs"),
    ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
    ({"tools": [{"type": "mcp", "server_url": "https://example.org"}]}, "tools[0].type"),
    ({"tools": [{**TOOL, "name": "<|eot_id|>"}]}, "tools[0].name"),
    ({"tools": [{**TOOL, "strict": True, "parameters": {"type": "object", "not": {}}}]}, "tools[0].parameters.not"),
    ({"tools": [TOOL], "tool_choice": {"type": "function", "name": "clock"}}, "tool_choice"),
    ({"tool_choice": {"type": "web_search"}}, "tool_choice"),
    ({"max_output_tokens": 0}, "max_output_tokens"),
    ({"text": {"format": {"type": "json_schema", "name": "x"}}}, "text.format.schema"),
    ({"text": {"format": {"type": "json_schema", "schema": {"not": {}}}}}, "text.format.schema.not"),
    ({"input": 7}, "input"),
    ({"input": []}, "input"),
    ({"input": "a\0b"}, "input.content"),
    ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input[0].type"),
    ({"input": [{"role": "tool", "content": "x"}]}, "input[0].role"),
    ({"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "x"}]}]}, "input[0].content[0]"),
    ({"input": [HELLO, {**HELLO, "content": "a\0"}], "instructions": "Be brief."}, "input[1].content"),
    ({"input": [HELLO, CALL]}, "input"),
    ({"input": [HELLO, OUTPUT]}, "input[1].call_id"),
    ({"input": [HELLO, CALL, {**CALL, "call_id": "c2", "arguments": "no"}, OUTPUT]}, "input[2].arguments"),
    ({"input": [HELLO, CALL, CALL, OUTPUT]}, "input[2].call_id"),
    ({"input": [HELLO, {"type": "function_call", "name": "f", "arguments": "{}"}]}, "input[1].call_id"),
    ({"input": [HELLO, CALL, {"type": "function_call_output", "output": "x"}]}, "input[2].call_id"),
]


async def test_each_wrong_field_is_named(http: httpx.AsyncClient) -> None:
    for at, (fields, param) in enumerate(WRONG):
        body = {"model": "llama", "input": "Hello", "stream": at % 2 == 0, **fields}
        said = await http.post("/v1/responses", json=body)
        assert (said.status_code, said.json()["error"]["param"]) == (400, param), fields


async def test_the_grounded_model_calls_no_tools(client: AsyncOpenAI) -> None:
    for fields, param in (
        ({"tools": [TOOL]}, "tools"),
        ({"text": {"format": {"type": "json_object"}}}, "text.format"),
        ({"input": [HELLO, CALL, OUTPUT]}, "input[1].role"),
    ):
        with pytest.raises(BadRequestError, match="llama") as refused:
            await client.responses.create(**{"model": "library", "input": "Hello", **fields})
        assert refused.value.param == param


class TestAnEngineThatBreaks:
    @pytest.fixture
    def engine(self) -> EchoEngine:
        return BreakingEngine()

    async def test_the_stream_says_so(self, client: AsyncOpenAI, http: httpx.AsyncClient) -> None:
        stream = await client.responses.create(model="llama", input="Hello", stream=True)
        with pytest.raises(APIError, match="Send the question again") as failed:
            _ = [event async for event in stream]
        assert failed.value.code == "engine_failed"
        raw = (await http.post("/v1/responses", json={"model": "llama", "input": "Hello", "stream": True})).text
        last = json.loads(raw.rstrip().rpartition("data: ")[2])
        assert (last["type"], last["code"]) == ("error", "engine_failed")
        assert raw.count("event: error") == 1
