"""The form of an answer through the official client: schemas, several choices, log probabilities, penalties, tokens."""

import asyncio
import json
from typing import Any, Literal

import httpx
import jsonschema
import pytest
from openai import AsyncOpenAI, BadRequestError
from pydantic import BaseModel, Field
from tests.api.recorded import contents, recording

from publius.application import Application
from publius.inference.echo import EchoEngine
from publius.inference.engine import Request
from publius.storage import Owner
from publius.types import Agency, Permission, Role

ASK: list[Any] = [{"role": "user", "content": "one two three"}]
CHAT = "/v1/chat/completions"


class Person(BaseModel):
    name: str = Field(min_length=2)
    age: int = Field(ge=18)


class Team(BaseModel):
    title: Literal["team"]
    people: list[Person] = Field(min_length=2)
    lead: Person | None


async def test_an_answer_is_parsed_into_a_model(client: AsyncOpenAI) -> None:
    said = await client.chat.completions.parse(model="llama", messages=ASK, response_format=Team)
    team = said.choices[0].message.parsed
    assert team is not None and len(team.people) == 2 and team.people[0].age == 18
    async with client.chat.completions.stream(model="llama", messages=ASK, response_format=Team) as stream:
        final = await stream.get_final_completion()
    assert final.choices[0].message.parsed == team


async def test_json_object_and_schemas_that_are_not_strict(client: AsyncOpenAI) -> None:
    said = await client.chat.completions.create(model="llama", messages=ASK, response_format={"type": "json_object"})
    assert json.loads(said.choices[0].message.content or "") == {}
    schema = {"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 1}
    wanted: Any = {"type": "json_schema", "json_schema": {"name": "list", "schema": schema}}
    said = await client.chat.completions.create(model="llama", messages=ASK, response_format=wanted)
    jsonschema.validate(json.loads(said.choices[0].message.content or ""), schema)


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
    return schema


PLACE = "response_format.json_schema.schema"
NOT_GUARANTEED: list[tuple[Any, str]] = [
    ({"type": "object", "not": {}}, ".not"),
    ({"type": "array", "uniqueItems": True}, ".uniqueItems"),
    ({"if": {}}, ".if"),
    ({"type": "object", "properties": {"a": {"multipleOf": 3}}}, ".properties.a.multipleOf"),
    ({"type": "text"}, ".type"),
    ({"type": ["string", 7]}, ".type"),
    ({"$ref": "https://example.org/schema"}, ".$ref"),
    ({"$ref": "#/$defs/missing"}, ".$ref"),
    ({"$ref": "#"}, ""),
    ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"anyOf": [{"$ref": "#/$defs/a"}]}}}, ""),
    ({"anyOf": []}, ".anyOf"),
    ({"oneOf": {}}, ".oneOf"),
    ({"$ref": "#/$defs/a/b", "$defs": {"a": {}}}, ".$ref"),
    ({"$ref": 7}, ".$ref"),
    ({"enum": "a"}, ".enum"),
    ({"enum": list(range(1001))}, ""),
    ({"type": "string", "maxLength": 10**9}, ".maxLength"),
    ({"type": "string", "minLength": 3, "maxLength": 2}, ".minLength"),
    ({"type": "integer", "minimum": "3"}, ".minimum"),
    ({"type": "object", "required": [7]}, ".required"),
    ({"type": "object", "properties": []}, ".properties"),
    ({"type": "object", "properties": {"a": 7}}, ".properties.a"),
    ({"type": "string", "pattern": "("}, ".pattern"),
    ({"type": "string", "pattern": r"(a)\1"}, ".pattern"),
    ({"type": "string", "pattern": "(?=a)"}, ".pattern"),
    ({"type": "string", "pattern": "a{1,99999}"}, ".pattern"),
    ({"type": "string", "pattern": "a" * 600}, ".pattern"),
    ({"type": "object", "description": "a\0b"}, ""),
    ({"type": "object", "properties": {f"p{n}": {} for n in range(1001)}}, ""),
    ({"type": "object", "description": "a" * 40_000}, ""),
    (nested(17), ".items" * 17),
    (7, ""),
]


async def test_a_schema_that_cannot_be_guaranteed_is_refused_by_its_place(http: httpx.AsyncClient) -> None:
    for schema, place in NOT_GUARANTEED:
        wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema, "strict": True}}
        said = await http.post(CHAT, json={"model": "llama", "messages": ASK, "response_format": wanted})
        assert (said.status_code, said.json()["error"]["param"]) == (400, PLACE + place), schema


async def test_a_schema_nested_without_end_is_refused(http: httpx.AsyncClient) -> None:
    body = json.dumps({"model": "llama", "messages": ASK})[:-1]
    for deep in ('{"a":' * 100_000 + "{}" + "}" * 100_000, '{"items":' * 300 + "{}" + "}" * 300):
        wanted = ', "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": ' + deep + "}}}"
        said = await http.post(CHAT, content=(body + wanted).encode())
        assert said.status_code == 400


class TestSeveral:
    @pytest.fixture
    def engine(self, seen: list[Request]) -> EchoEngine:
        return recording(seen, lambda request: f"answer with seed {request.seed}", delay=0.002)

    async def test_several_choices(self, client: AsyncOpenAI, seen: list[Request]) -> None:
        one = await client.chat.completions.create(model="llama", messages=ASK, seed=7)
        said = await client.chat.completions.create(model="llama", messages=ASK, seed=7, n=3)
        assert [choice.index for choice in said.choices] == [0, 1, 2]
        texts = [choice.message.content for choice in said.choices]
        assert texts == ["answer with seed 7", "answer with seed 8", "answer with seed 9"]
        assert one.usage is not None and said.usage is not None
        assert said.usage.completion_tokens == 3 * one.usage.completion_tokens
        assert said.usage.prompt_tokens == one.usage.prompt_tokens
        assert [request.temperature for request in seen] == [0, 1, 1, 1], "several are asked for to differ"

    async def test_they_are_streamed_side_by_side(
        self, app: Application, client: AsyncOpenAI, education: Agency
    ) -> None:
        stream = await client.chat.completions.create(model="llama", messages=ASK, seed=1, n=3, stream=True)
        texts, order, ends = ["", "", ""], [], {}
        async for chunk in stream:
            for choice in chunk.choices:
                texts[choice.index] += choice.delta.content or ""
                order.append(choice.index)
                if choice.finish_reason:
                    ends[choice.index] = choice.finish_reason
        assert texts == [f"answer with seed {n}" for n in (1, 2, 3)]
        assert ends == {0: "stop", 1: "stop", 2: "stop"}
        assert order != sorted(order)
        [record] = await contents(app, education)
        assert [choice["text"] for choice in record["choices"]] == texts
        assert record["answer"] == texts[0]

    async def test_every_choice_counts_against_the_budget(self, app: Application, address: str, owner: Owner) -> None:
        agency = owner.create_agency("small", "Small", rate_per_minute=100, tokens_per_day=10**6)
        token, _ = await app.identity.keys.create(agency, "tests")
        async with AsyncOpenAI(base_url=f"{address}/v1", api_key=token, max_retries=0) as client:
            said = await client.chat.completions.create(model="llama", messages=ASK, n=4)
            principal = await app.identity.authenticate(token)
            assert said.usage is not None
            assert (await app.policy.usage(principal)).tokens == said.usage.total_tokens > 4 * 4

    async def test_a_reader_who_leaves_ends_them_all(
        self, app: Application, client: AsyncOpenAI, education: Agency
    ) -> None:
        stream = await client.chat.completions.create(model="llama", messages=ASK, n=3, stream=True)
        async for _ in stream:
            break
        await stream.close()
        for _ in range(100):
            records = await contents(app, education)
            if records:
                break
            await asyncio.sleep(0.02)
        assert (await app.engine.health()).running == 0
        assert records[0]["choices"][0]["finish_reason"] == "cancelled"


async def test_log_probabilities(client: AsyncOpenAI) -> None:
    said = await client.chat.completions.create(model="llama", messages=ASK, logprobs=True)
    told = said.choices[0].logprobs
    assert told is not None and told.content is not None
    assert "".join(token.token for token in told.content) == said.choices[0].message.content
    assert all(token.logprob == 0 and token.bytes == list(token.token.encode()) for token in told.content)
    stream = await client.chat.completions.create(model="llama", messages=ASK, logprobs=True, stream=True)
    pieces = [chunk.choices[0].logprobs async for chunk in stream if chunk.choices[0].delta.content]
    assert [piece.content[0].token for piece in pieces if piece and piece.content] == [t.token for t in told.content]


async def test_stop_and_penalties_reach_the_engine(client: AsyncOpenAI) -> None:
    said = await client.chat.completions.create(
        model="llama", messages=ASK, stop=[" two"], presence_penalty=2, frequency_penalty=-2
    )
    assert said.choices[0].message.content == "You said: one"


class TestVendorFields:
    """What OpenAI does not have, or only as a wish, never reaches the engine."""

    @pytest.fixture
    def engine(self, seen: list[Request]) -> EchoEngine:
        return recording(seen)

    async def test_they_are_dropped(self, http: httpx.AsyncClient, seen: list[Request]) -> None:
        vendor = {
            "cache_salt": "another agency's",
            "priority": -100,
            "guided_json": {"type": "string"},
            "guided_regex": "a+",
            "salt": "x",
            "weight": 1000,
            "agency": 1,
            "prompt": "raw",
            "min_p": 0.5,
            "ignore_eos": True,
            "user": "somebody else",
            "metadata": {"a": "b"},
            "service_tier": "priority",
            "reasoning_effort": "high",
            "prediction": {"type": "content", "content": "x"},
        }
        body = {"model": "llama", "messages": ASK, "seed": 1}
        assert (await http.post(CHAT, json=body)).status_code == 200
        assert (await http.post(CHAT, json=body | vendor)).status_code == 200
        assert seen[0] == seen[1]


async def test_the_grounded_model_has_one_form(client: AsyncOpenAI) -> None:
    schema = {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}
    for field, value in (("n", 2), ("logprobs", True), ("response_format", schema)):
        with pytest.raises(BadRequestError, match="in sentences with their sources") as refused:
            await client.chat.completions.create(model="library", messages=ASK, **{field: value})
        assert refused.value.param == field


async def test_cached_tokens_are_told_to_an_administrator_alone(
    app: Application, address: str, education: Agency
) -> None:
    """An agency shares its cache, so that a colleague's prompt could be guessed by whether it was in it."""
    see = [Permission.ASK, Permission.SEE_CACHED]
    keys = {
        "member": await app.identity.keys.create(education, "member"),
        "administrator": await app.identity.keys.create(education, "administrator", Role.ADMINISTRATOR),
        "narrowed": await app.identity.keys.create(education, "n", Role.ADMINISTRATOR, scopes=[Permission.ASK]),
        "scoped": await app.identity.keys.create(education, "s", Role.ADMINISTRATOR, scopes=see),
        "widened": await app.identity.keys.create(education, "w", Role.MEMBER, scopes=see),
    }
    told: dict[str, Any] = {}
    for name, (token, _) in keys.items():
        async with AsyncOpenAI(base_url=f"{address}/v1", api_key=token, max_retries=0) as client:
            for _ in range(2):
                said = await client.chat.completions.create(model="llama", messages=ASK)
            stream = await client.chat.completions.create(
                model="llama", messages=ASK, stream=True, stream_options={"include_usage": True}
            )
            last = [chunk async for chunk in stream][-1]
            answer = await client.responses.create(model="llama", input="one two three")
            answer = await client.responses.create(model="llama", input="one two three")
            assert said.usage is not None and last.usage is not None and answer.usage is not None
            details = [said.usage.prompt_tokens_details, last.usage.prompt_tokens_details]
            counts = {detail and detail.cached_tokens for detail in details}
            assert len(counts) == 1
            told[name] = (counts.pop() or 0, answer.usage.input_tokens_details.cached_tokens)
            assert (details[0] is None) == (told[name] == (0, 0))
    whole = said.usage.prompt_tokens
    assert told == {
        "member": (0, 0),
        "administrator": (whole, whole),
        "narrowed": (0, 0),
        "scoped": (whole, whole),
        "widened": (0, 0),
    }


async def test_another_agency_finds_nothing_in_the_cache(
    app: Application, address: str, education: Agency, state: Agency
) -> None:
    counts = []
    for agency in (education, education, state):
        token, _ = await app.identity.keys.create(agency, "a", Role.ADMINISTRATOR)
        async with AsyncOpenAI(base_url=f"{address}/v1", api_key=token, max_retries=0) as client:
            said = await client.chat.completions.create(model="llama", messages=ASK)
            assert said.usage is not None and said.usage.prompt_tokens_details is not None
            counts.append(said.usage.prompt_tokens_details.cached_tokens)
    assert counts[0] == 0 and counts[1] and counts[2] == 0
