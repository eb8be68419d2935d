"""The official OpenAI client, pointed here, finds everything as it expects."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from openai import (
    APIError,
    APIStatusError,
    AsyncOpenAI,
    AuthenticationError,
    BadRequestError,
    InternalServerError,
    NotFoundError,
    OpenAI,
    PermissionDeniedError,
    RateLimitError,
)
from tests.api.recorded import BreakingEngine

from publius.application import Application
from publius.errors import LedgerUnavailable
from publius.inference.echo import EchoEngine
from publius.storage import Owner
from publius.types import Agency, Permission, Role

HELLO = [{"role": "user", "content": "Hello there"}]
RULE = "# Vacation\n\nStaff earn 15 days of vacation a year. Unused days expire on 31 March.\n"
VACATION = [{"role": "user", "content": "How many days of vacation do staff earn a year?"}]


@pytest.fixture
async def rule(app: Application, education: Agency) -> None:
    await app.retrieval.add(education, "user:tests", "vacation.md", RULE.encode())


async def test_chat(client: AsyncOpenAI) -> None:
    said = await client.chat.completions.create(model="llama", messages=HELLO, max_tokens=20)
    assert said.object == "chat.completion"
    assert said.id.startswith("chatcmpl-")
    assert said.choices[0].message.content == "You said: Hello there"
    assert (said.choices[0].finish_reason, said.choices[0].message.role) == ("stop", "assistant")
    assert said.usage is not None and said.usage.total_tokens > 0
    basis = said.publius  # type: ignore[attr-defined]
    assert basis["grounded"] is False
    assert "not checked" in basis["notice"]
    assert basis["receipt"]["agency"] == "education"
    assert len(basis["receipt"]["leaf_hash"]) == 64
    assert basis["timing"]["total"] > 0


async def test_chat_with_the_synchronous_client(address: str, key: str) -> None:
    def ask() -> str | None:
        with OpenAI(base_url=f"{address}/v1", api_key=key) as client:
            return client.chat.completions.create(model="llama", messages=HELLO).choices[0].message.content

    assert await asyncio.to_thread(ask) == "You said: Hello there"


async def test_a_streamed_chat_is_the_same_answer(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="llama", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(pieces) == "You said: Hello there"
    assert len([piece for piece in pieces if piece]) > 1
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-2].publius["receipt"]["position"] == 0  # type: ignore[attr-defined]
    assert chunks[-1].choices == [] and chunks[-1].usage is not None and chunks[-1].usage.completion_tokens > 0
    assert len({chunk.id for chunk in chunks}) == 1


async def test_a_grounded_answer_names_its_sources(client: AsyncOpenAI, http: httpx.AsyncClient, rule: None) -> None:
    said = await client.chat.completions.create(model="library", messages=VACATION)
    basis = said.publius  # type: ignore[attr-defined]
    assert (basis["answered"], basis["grounded"], basis["notice"]) == (True, True, None)
    citation = basis["citations"][0]
    assert citation["name"] == "vacation.md"
    span = {name: citation[name] for name in ("revision", "start", "end")}
    opened = (await http.get(f"/v1/documents/{citation['document_id']}", params=span)).json()
    assert opened["text"] == citation["quote"]
    assert "15 days" in citation["quote"]
    message = said.choices[0].message
    assert message.content is not None and message.annotations
    cited = message.annotations[0].url_citation
    assert message.content[cited.start_index : cited.end_index] in message.content
    assert "15 days" in message.content[cited.start_index : cited.end_index]
    assert citation["document_id"] in cited.url


async def test_a_streamed_grounded_answer_comes_in_sentences(client: AsyncOpenAI, rule: None) -> None:
    whole = await client.chat.completions.create(model="library", messages=VACATION)
    stream = await client.chat.completions.create(model="library", messages=VACATION, stream=True)
    chunks = [chunk async for chunk in stream]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text.split() == (whole.choices[0].message.content or "").split()
    last = chunks[-1]
    assert last.publius["citations"] == whole.publius["citations"]  # type: ignore[attr-defined]
    assert last.choices[0].delta.annotations == [a.model_dump() for a in whole.choices[0].message.annotations or []]  # type: ignore[attr-defined]


async def test_what_no_document_answers_is_said_so_and_nearest_are_named(client: AsyncOpenAI, rule: None) -> None:
    asked = [{"role": "user", "content": "Which port does the coffee machine listen on?"}]
    whole = await client.chat.completions.create(model="library", messages=asked)
    basis = whole.publius  # type: ignore[attr-defined]
    assert (basis["answered"], basis["citations"]) == (False, [])
    stream = await client.chat.completions.create(model="library", messages=asked, stream=True)
    text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
    assert text == whole.choices[0].message.content


async def test_models(client: AsyncOpenAI) -> None:
    listed = [model.id async for model in client.models.list()]
    assert listed == ["llama", "library", "minilm-l6"]
    assert (await client.models.retrieve("library")).owned_by == "publius"
    with pytest.raises(NotFoundError) as missing:
        await client.models.retrieve("gpt-4o")
    assert missing.value.code == "model_not_found"


async def test_embeddings_as_floats_and_base64_agree(client: AsyncOpenAI) -> None:
    texts = ["vacation days", "days of leave", "a steam engine"]
    numbers = await client.embeddings.create(model="minilm-l6", input=texts, encoding_format="float")
    packed = await client.embeddings.create(model="minilm-l6", input=texts)  # the client asks for base64 by itself
    assert len(numbers.data) == 3 and len(numbers.data[0].embedding) == 384
    assert packed.data[1].embedding == pytest.approx(numbers.data[1].embedding, abs=1e-6)
    assert (await client.embeddings.create(model="minilm-l6", input="one")).usage.prompt_tokens > 0


IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"input": []}, "input"),
    ({"input": ["a", ""]}, "input[1]"),
    ({"input": ["a"] * 513}, "input"),
    ({"input": [[1, 2, 3]]}, "input[0]"),
    ({"input": "a", "dimensions": 7}, "dimensions"),
    ({"input": "a", "model": "llama"}, "model"),
]


async def test_impossible_embeddings_name_the_field(client: AsyncOpenAI) -> None:
    for given, param in IMPOSSIBLE:
        with pytest.raises(BadRequestError) as refused:
            await client.embeddings.create(**{"model": "minilm-l6", **given})
        assert refused.value.param == param


async def test_a_wrong_key(app: Application, address: str, key: str, education: Agency) -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    expired, _ = await app.identity.keys.create(education, "old", expires_at=long_ago)
    messages = set()
    for wrong in ("pb-education-wrong", key[:-1], expired, key.replace("education", "state"), "sk-proj-1"):
        async with AsyncOpenAI(base_url=f"{address}/v1", api_key=wrong, max_retries=0) as client:
            for call in (
                client.chat.completions.create(model="llama", messages=HELLO),
                client.chat.completions.create(model="llama", messages=HELLO, stream=True),
                client.embeddings.create(model="minilm-l6", input="a"),
                client.models.list(),
            ):
                with pytest.raises(AuthenticationError) as refused:
                    await call
                assert refused.value.code == "invalid_api_key"
                messages.add(refused.value.message)
    assert len(messages) == 1, "no message tells one wrong key from another"
    assert "publius key create" in messages.pop()


async def test_a_key_that_may_not_ask(app: Application, address: str, education: Agency) -> None:
    for token, _ in (
        await app.identity.keys.create(education, "audit", Role.AUDITOR),
        await app.identity.keys.create(education, "reader", scopes=[Permission.READ_DOCUMENTS]),
    ):
        async with AsyncOpenAI(base_url=f"{address}/v1", api_key=token, max_retries=0) as client:
            with pytest.raises(PermissionDeniedError) as refused:
                await client.chat.completions.create(model="llama", messages=HELLO)
            assert refused.value.code == "permission_denied"
            with pytest.raises(PermissionDeniedError):
                await client.embeddings.create(model="minilm-l6", input="a")


async def test_an_unknown_model(client: AsyncOpenAI) -> None:
    for streamed in (False, True):
        with pytest.raises(NotFoundError) as missing:
            await client.chat.completions.create(model="gpt-4o", messages=HELLO, stream=streamed)
        assert (missing.value.code, missing.value.param) == ("model_not_found", "model")


async def test_too_many_requests(app: Application, address: str, owner: Owner) -> None:
    agency = owner.create_agency("small", "Small", rate_per_minute=2, tokens_per_day=1000)
    token, _ = await app.identity.keys.create(agency, "tests")
    async with AsyncOpenAI(base_url=f"{address}/v1", api_key=token, max_retries=0) as client:
        for _ in range(2):
            await client.chat.completions.create(model="llama", messages=HELLO)
        with pytest.raises(RateLimitError) as limited:
            await client.chat.completions.create(model="llama", messages=HELLO)
    assert limited.value.code == "rate_limit_exceeded"
    assert 1 <= int(limited.value.response.headers["retry-after"]) <= 30


async def test_a_spent_budget(app: Application, address: str, owner: Owner) -> None:
    agency = owner.create_agency("small", "Small", rate_per_minute=100, tokens_per_day=3)
    token, _ = await app.identity.keys.create(agency, "tests")
    async with AsyncOpenAI(base_url=f"{address}/v1", api_key=token, max_retries=0) as client:
        await client.chat.completions.create(model="llama", messages=HELLO)
        with pytest.raises(RateLimitError) as limited:
            await client.chat.completions.create(model="llama", messages=HELLO)
    assert limited.value.code == "insufficient_quota"


async def test_impossible_max_tokens(client: AsyncOpenAI) -> None:
    for tokens in (0, -1, 10**9):
        for name in ("max_tokens", "max_completion_tokens"):
            with pytest.raises(BadRequestError, match="from 1 to 1,024") as refused:
                await client.chat.completions.create(model="llama", messages=HELLO, **{name: tokens})  # type: ignore[call-overload]
            assert refused.value.param == "max_tokens"


async def test_a_prompt_longer_than_the_context(client: AsyncOpenAI) -> None:
    long = [{"role": "user", "content": "word " * 9000}]
    with pytest.raises(BadRequestError) as refused:
        await client.chat.completions.create(model="llama", messages=long)
    assert refused.value.code == "context_length_exceeded"


async def test_a_body_over_the_limit(client: AsyncOpenAI) -> None:
    long = [{"role": "user", "content": "word " * 1_000_000}]
    with pytest.raises(APIStatusError) as refused:
        await client.chat.completions.create(model="llama", messages=long)
    assert (refused.value.status_code, refused.value.code) == (413, "too_large")


async def test_when_the_record_cannot_be_written_there_is_no_answer(
    app: Application, client: AsyncOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise LedgerUnavailable("The record of this walk could not be written.")

    monkeypatch.setattr(app.ledger, "_append", full)
    with pytest.raises(InternalServerError) as failed:
        await client.chat.completions.create(model="llama", messages=HELLO)
    assert (failed.value.status_code, failed.value.code) == (503, "ledger_unavailable")
    assert int(failed.value.response.headers["retry-after"]) > 0


class TestAnEngineThatBreaks:
    """What the caller hears when the engine dies in mid-answer."""

    @pytest.fixture
    def engine(self) -> EchoEngine:
        return BreakingEngine()

    async def test_whole(self, client: AsyncOpenAI) -> None:
        with pytest.raises(InternalServerError) as failed:
            await client.chat.completions.create(model="llama", messages=HELLO)
        assert (failed.value.status_code, failed.value.code) == (502, "engine_failed")

    async def test_streamed(self, client: AsyncOpenAI) -> None:
        stream = await client.chat.completions.create(model="llama", messages=HELLO, stream=True)
        pieces = []
        with pytest.raises(APIError, match="Send the question again") as failed:
            async for chunk in stream:
                pieces.append(chunk.choices[0].delta.content)
        assert pieces == ["You "]
        assert failed.value.code == "engine_failed"
