"""A mission is asked with any OpenAI client: questions back, a confirmation and a result, whole and streamed."""

import re

import httpx
import pytest
from openai import AsyncOpenAI
from tests.missions.test_conversation import ALL, MODEL, with_mission

from publius.application import Application
from publius.settings import Settings
from publius.types import Agency


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return with_mission(settings)


@pytest.fixture(autouse=True)
async def turned_on(app: Application, education: Agency) -> None:
    await app.missions.turn(education, "bus_fare", True, "user:1")


async def streamed(client: AsyncOpenAI, messages: list[dict[str, str]]) -> str:
    chunks = await client.chat.completions.create(model=MODEL, messages=messages, stream=True)  # type: ignore[call-overload]
    return "".join([chunk.choices[0].delta.content or "" async for chunk in chunks if chunk.choices])


def unsealed(text: str) -> str:
    """Without what a link holds, which is sealed anew each time."""
    return re.sub(r"\?a=[\w-]+", "?a=", text)


async def test_a_conversation_by_chat_completions(client: AsyncOpenAI) -> None:
    messages: list[dict[str, str]] = [{"role": "user", "content": ALL}]
    confirm = await client.chat.completions.create(model=MODEL, messages=messages)  # type: ignore[call-overload]
    text = confirm.choices[0].message.content
    assert unsealed(text) == unsealed(await streamed(client, messages)) and "Is this right?" in text
    told = confirm.model_extra["publius"]
    assert told["reply"]["kind"] == "confirm" and told["reply"]["tool"] == "reduced_pass" and not told["answered"]
    assert told["reply"]["link"] in text and "/missions/bus_fare/tools/reduced_pass?a=" in text
    messages += [{"role": "assistant", "content": text}, {"role": "user", "content": "yes"}]
    done = await client.chat.completions.create(model=MODEL, messages=messages)  # type: ignore[call-overload]
    said = done.choices[0].message.content
    assert "$20" in said and "$75" in said and unsealed(said) == unsealed(await streamed(client, messages))
    told = done.model_extra["publius"]
    assert told["answered"] and told["results"][0]["value"]["price"] == 20
    assert told["results"][0]["arguments"]["income"] == 32_719
    [cited, *_] = done.choices[0].message.annotations
    assert "/missions/bus_fare/tools/reduced_pass?" in cited.url_citation.url


async def test_a_conversation_by_responses(client: AsyncOpenAI) -> None:
    asked = await client.responses.create(model=MODEL, input="calculate my monthly pass")
    assert "1. For which year?" in asked.output_text
    events = [
        event
        async for event in await client.responses.create(model=MODEL, input="calculate my monthly pass", stream=True)
    ]
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == asked.output_text
    assert events[-1].type == "response.completed"


async def test_a_source_is_cited_with_its_own_address(client: AsyncOpenAI) -> None:
    messages = [{"role": "user", "content": "What is the fee for a lost pass?"}]
    answer = await client.chat.completions.create(model=MODEL, messages=messages)  # type: ignore[call-overload]
    [cited, *_] = answer.choices[0].message.annotations
    assert cited.url_citation.url.endswith("/missions/bus_fare/sources/passes.en")
    assert answer.model_extra["publius"]["citations"][0]["official"] == "https://transit.example.gov/fare-order-12"


async def test_tools_and_schemas_of_a_caller_do_not_go_with_a_mission(http: httpx.AsyncClient) -> None:
    body = {"model": MODEL, "messages": [{"role": "user", "content": ALL}], "response_format": {"type": "json_object"}}
    refused = await http.post("/v1/chat/completions", json=body)
    assert refused.status_code == 400 and refused.json()["error"]["param"] == "response_format"
