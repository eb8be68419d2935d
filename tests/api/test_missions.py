"""The doors of missions: what is on is listed and computed, with a receipt; what is off does not exist."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.api.gardens import plant

from publius.application import Application
from publius.inference.engine import Request
from publius.missions.sealed import Seal
from publius.settings import Settings
from publius.storage import Owner
from publius.types import Agency, Permission

ARGUMENTS = {"year": "2026-27", "beds": 2, "soil": "clay", "gardeners": [{"wage": "$1,000"}]}
COST = "/v1/missions/garden/tools/cost"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    plant(settings.home, "education")
    plant(settings.home, "state")
    return settings


@pytest.fixture(autouse=True)
async def turned_on(app: Application, education: Agency, state: Agency) -> None:
    """The garden is on in education, and off in state."""
    await app.missions.turn(education, "garden", True, "tests")


@pytest.fixture
async def stranger(app: Application, address: str, state: Agency) -> AsyncIterator[httpx.AsyncClient]:
    """With a key of an agency where the mission is off."""
    key, _ = await app.identity.keys.create(state, "tests")
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


async def test_the_missions_that_are_on_are_listed_with_their_tools(http: httpx.AsyncClient) -> None:
    [mission] = (await http.get("/v1/missions")).json()["data"]
    assert (mission["id"], mission["model"], mission["tools"]) == ("garden", "mission:garden", ["cost", "nothing"])
    assert mission["title"] == {"en": "Gardens", "es": "Jardines"}
    cost, nothing = (await http.get("/v1/missions/garden/tools")).json()["data"]
    assert (cost["name"], cost["title"]["es"], nothing["name"]) == ("cost", "Costo de un jardín", "nothing")
    assert cost["description"].startswith("The cost of a garden in a year")
    assert cost["parameters"]["required"] == ["year", "beds", "soil", "gardeners"]


async def test_a_tool_is_computed_with_every_line_and_a_receipt(
    http: httpx.AsyncClient, app: Application, education: Agency, seen: list[Request]
) -> None:
    said = await http.post(COST, json={"arguments": ARGUMENTS, "language": "es"})
    assert said.status_code == 200, said.text
    result = said.json()
    assert (result["object"], result["mission"], result["tool"]) == ("mission.result", "garden", "cost")
    assert (result["value"], result["says"]) == (2_400, "Cuesta $2,400.")
    assert result["derivation"][1] == {
        "name": "cost", "amount": 2_400, "formula": "beds x cost of a bed", "citation": "Garden Act, sec. 2",
        "inputs": {"beds": 2, "each": 1_200}, "answer": "",
    }  # fmt: skip
    assert result["text"].startswith("Cuesta $2,400.\n")
    assert result["arguments"]["gardeners"] == [{"wage": 1_000, "hours": 40}]
    path, _, sealed = result["page"].removeprefix(app.settings.url).partition("?a=")
    kept = Seal(app.secret, education, path).open(sealed.removesuffix("&lang=es"))
    assert (path, kept.language) == ("/missions/garden/tools/cost", "es")
    assert kept.answers["gardeners.0.wage"] == "1000" and kept.answers["beds"] == "2"
    assert not seen, "Llama has no part in it"


async def test_a_call_is_one_sealed_record_that_its_caller_can_prove(
    http: httpx.AsyncClient, app: Application, education: Agency
) -> None:
    result = (await http.post(COST, json={"arguments": ARGUMENTS})).json()
    receipt = result["receipt"]
    proof = (await http.get(f"/v1/ledger/records/{receipt['record']}?position={receipt['position']}")).json()
    assert proof["receipt"]["leaf_hash"] == receipt["leaf_hash"]
    [leaf] = await leaves(app, education)
    assert (leaf["model"], leaf["door"], leaf["outcome"]) == ("mission:garden", "api", "answered")
    assert ([tool["name"] for tool in leaf["tools"]], leaf["weights"]) == (["cost"], None)


async def test_what_is_wrong_with_the_arguments_is_said_of_each(http: httpx.AsyncClient) -> None:
    said = await http.post(COST, json={"arguments": ARGUMENTS | {"beds": -3, "year": "2031-32"}})
    assert said.status_code == 400
    error = said.json()["error"]
    assert (error["code"], error["param"], list(error["problems"])) == ("invalid_inputs", "year", ["year", "beds"])
    assert error["problems"]["beds"] == "-3 is too small. Give a whole number from 1 to 99."
    assert " beds: -3 is too small." in error["message"]
    said = await http.post(COST, json={"arguments": {"beds": "abc"}, "language": "es"})
    assert said.json()["error"]["problems"]["beds"].startswith("“abc” no es un número entero.")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"{", None),
        (b"[]", None),
        (b'{"arguments": [1]}', "arguments"),
        (b'{"arguments": {"beds": ' + b"[" * 5_000 + b"]" * 5_000 + b"}}", None),
        (b'{"arguments": {"beds": ' + b"9" * 5_000 + b"}}", "arguments[...]"),
        (b'{"arguments": {"beds": "\\ud800"}}', None),
        (b'{"arguments": {}, "language": "fr"}', "language"),
        (b'{"arguments": {}, "argumnets": {}}', None),
    ],
    ids=range(8),
)
async def test_a_body_that_is_none_is_refused(http: httpx.AsyncClient, body: bytes, param: str | None) -> None:
    said = await http.post(COST, content=body)
    assert (said.status_code, said.json()["error"]["param"]) == (400, param)


async def test_off_and_not_there_are_the_same(http: httpx.AsyncClient, stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/v1/missions")).json()["data"] == []
    for method, path in (("GET", "/v1/missions/{}/tools"), ("POST", "/v1/missions/{}/tools/cost")):
        answers = [
            await stranger.request(method, path.format("garden"), json={}),
            await stranger.request(method, path.format("garten"), json={}),
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].text.replace("garden", "garten") == answers[1].text
    missing = await http.post("/v1/missions/garden/tools/price", json={})
    assert (missing.status_code, "cost, nothing" in missing.text) == (404, True)


async def test_who_may_not_ask_may_not_compute(app: Application, address: str, education: Agency) -> None:
    key, _ = await app.identity.keys.create(education, "reads", scopes=frozenset({Permission.LIST_DOCUMENTS}))
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {key}"}) as reader:
        for method, path in (("GET", "/v1/missions"), ("GET", "/v1/missions/garden/tools"), ("POST", COST)):
            assert (await reader.request(method, path, json={})).status_code == 403
    [leaf] = await leaves(app, education)
    assert leaf["outcome"] == "refused:permission_denied", "a refused call leaves a record too"


async def test_calls_count_against_the_agencys_limit(http: httpx.AsyncClient, owner: Owner) -> None:
    owner.set_limits("education", rate_per_minute=1, tokens_per_day=None)
    said = [(await http.post(COST, json={"arguments": ARGUMENTS})).status_code for _ in range(2)]
    assert said == [200, 429]


async def leaves(app: Application, agency: Agency) -> list[dict[str, Any]]:
    async with app.database.agency(agency) as connection:
        rows = await connection.execute("SELECT body FROM ledger_records ORDER BY position")
        return [json.loads(row.body) for row in await rows.fetchall()]
