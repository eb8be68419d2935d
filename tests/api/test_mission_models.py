"""A mission is a model where it is on, and elsewhere there is none of that name."""

from collections.abc import AsyncIterator

import httpx
import pytest
from openai import AsyncOpenAI, NotFoundError

from publius.application import Application
from publius.types import Agency

MISSION = "mission:student_aid"


@pytest.fixture
async def neighbour(app: Application, address: str, state: Agency) -> AsyncIterator[AsyncOpenAI]:
    key, _ = await app.identity.keys.create(state, "neighbour")
    async with AsyncOpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0) as opened:
        yield opened


async def refusal(client: AsyncOpenAI, model: str) -> str:
    with pytest.raises(NotFoundError) as refused:
        await client.chat.completions.create(model=model, messages=[{"role": "user", "content": "What is it?"}])
    return refused.value.message.replace(model, "…")


async def test_it_is_listed_where_it_is_on(
    app: Application, client: AsyncOpenAI, neighbour: AsyncOpenAI, education: Agency
) -> None:
    assert MISSION not in [model.id async for model in client.models.list()]
    await app.missions.turn(education, "student_aid", True, "user:ada")
    assert MISSION in [model.id async for model in client.models.list()]
    assert (await client.models.retrieve(MISSION)).id == MISSION
    assert MISSION not in [model.id async for model in neighbour.models.list()]
    await app.missions.turn(education, "student_aid", False, "user:ada")
    assert MISSION not in [model.id async for model in client.models.list()]


async def test_off_elsewhere_and_unknown_look_the_same(
    app: Application, client: AsyncOpenAI, neighbour: AsyncOpenAI, state: Agency
) -> None:
    await app.missions.turn(state, "student_aid", True, "user:eve")
    assert await refusal(client, MISSION) == await refusal(client, "mission:nonsense")
    with pytest.raises(NotFoundError):
        await client.models.retrieve(MISSION)


async def test_who_asks_something_else_does_not_wait_for_the_switches(
    app: Application, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(agency: Agency) -> tuple[()]:
        raise AssertionError("the switches were looked up")

    monkeypatch.setattr(app.policy, "_missions", refuse)
    body = {"model": "llama", "messages": [{"role": "user", "content": "Hello"}]}
    assert (await http.post("/v1/chat/completions", json=body)).status_code == 200
