"""Who gets through which door: every route states its permission, and no route tells of another agency."""

import asyncio
import re
import sys
from collections.abc import Iterator
from uuid import uuid4

import httpx
import msgspec
import pytest
from litestar import Litestar
from psycopg.conninfo import make_conninfo
from tests.conftest import PASSWORD, TEMPLATE

from publius.application import Application
from publius.ledger import proof as proofs
from publius.storage import Owner
from publius.storage.migrate import role_name
from publius.types import Agency, Permission, Role
from publius.web import create_app

NOTHING = "00000000-0000-4000-8000-000000000000"
ASK = {"model": "llama", "messages": [{"role": "user", "content": "Hello"}]}


def routes(server: Litestar) -> Iterator[tuple[str, str, object]]:
    """Method, path with ids filled in, and handler of every route of the server, the pages' own included."""
    for route in server.routes:
        for handler in route.route_handlers:
            for method in sorted(getattr(handler, "http_methods", ())):
                if method != "OPTIONS" and handler.fn.__module__.startswith("publius."):
                    yield method, re.sub(r"\{\w+:(uuid)\}", NOTHING, route.path), handler


async def test_every_route_states_its_permission(app: Application) -> None:
    stated = {f"{method} {path}": handler.opt.get("permission") for method, path, handler in routes(create_app(app))}  # type: ignore[attr-defined]
    assert len(stated) > 30
    assert {route for route, permission in stated.items() if not isinstance(permission, Permission)} == set()
    free = {route for route, permission in stated.items() if permission is Permission.NONE}
    assert not [route for route in free if "/v1/" in route and "{path" not in route]


async def test_no_route_of_the_api_answers_without_a_key(app: Application, address: str) -> None:
    asked = 0
    async with httpx.AsyncClient(base_url=address) as nobody:
        for method, path, handler in routes(create_app(app)):
            if handler.opt["permission"] is Permission.NONE or not path.startswith("/v1/"):  # type: ignore[attr-defined]
                continue
            for headers in (
                {},
                {"Authorization": "Bearer pb-education-x"},
                {"Authorization": "Basic cGI6cGI="},
                {"Cookie": "publius=ps-education-x"},
            ):
                body = {"json": ASK} if method == "POST" else {}
                said = await nobody.request(method, path.replace("{id:str}", "llama"), headers=headers, **body)
                assert said.status_code == 401, (method, path)
                assert said.json()["error"]["code"] == "invalid_api_key"
                assert said.headers["www-authenticate"] == "Bearer"
                asked += 1
    assert asked >= 30


@pytest.mark.parametrize(
    ("role", "open_to_them"),
    [
        (Role.MEMBER, {"POST /v1/chat/completions", "GET /v1/documents", "GET /v1/documents/ID"}),
        (Role.AUDITOR, {"GET /v1/documents"}),
        (
            Role.ADMINISTRATOR,
            {
                "POST /v1/chat/completions",
                "GET /v1/documents",
                "GET /v1/documents/ID",
                "POST /v1/documents",
                "DELETE /v1/documents/ID",
            },
        ),
    ],
)
async def test_each_role_passes_its_own_doors(
    app: Application, address: str, education: Agency, role: Role, open_to_them: set[str]
) -> None:
    token, _ = await app.identity.keys.create(education, "tests", role)
    passed = set()
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {token}"}) as client:
        for method, path, body in (
            ("POST", "/v1/chat/completions", {"json": ASK}),
            ("GET", "/v1/documents", {}),
            ("GET", f"/v1/documents/{NOTHING}", {}),
            ("POST", "/v1/documents", {}),
            ("DELETE", f"/v1/documents/{NOTHING}", {}),
        ):
            said = await client.request(method, path, **body)  # type: ignore[arg-type]
            if said.status_code != 403:
                passed.add(f"{method} {path.replace(NOTHING, 'ID')}")
    assert passed == open_to_them


async def test_a_stranger_does_not_hear_what_is_wrong_with_a_request(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as nobody:
        for path in ("/v1/chat/completions", "/v1/completions", "/v1/responses"):
            for body in (b"{", b'{"model": "llama"}', b'{"model": 7, "store": true}'):
                said = await nobody.post(path, content=body)
                assert (said.status_code, said.json()["error"]["code"]) == (401, "invalid_api_key"), path


async def test_an_operator_gets_at_no_content(app: Application, address: str) -> None:
    platform = await app.database.agency_by_slug("platform")
    token, _ = await app.identity.keys.create(platform, "operations", Role.OPERATOR)
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {token}"}) as client:
        assert (await client.post("/v1/chat/completions", json=ASK)).status_code == 403
        assert (await client.get("/v1/documents")).status_code == 403
        assert (await client.get("/v1/models")).json()["data"] == []


async def test_what_is_anothers_looks_like_what_never_was(
    app: Application, address: str, http: httpx.AsyncClient, administrator: str, education: Agency, state: Agency
) -> None:
    added = await app.retrieval.add(education, "user:x", "plans.md", b"# Plans\n\nThe secret plan is to open at 9.\n")
    basis = (await http.post("/v1/chat/completions", json=ASK)).json()["publius"]["receipt"]
    paths = [
        ("GET", "/v1/documents/{}", added.document_id, ""),
        ("GET", "/v1/documents/{}", added.document_id, "?revision=1&start=0&end=5"),
        ("GET", "/v1/documents/{}/original", added.document_id, ""),
        ("DELETE", "/v1/documents/{}", added.document_id, ""),
        ("GET", "/v1/ledger/records/{}", basis["record"], f"?position={basis['position']}"),
    ]
    for role in (Role.ADMINISTRATOR, Role.AUDITOR):
        token, _ = await app.identity.keys.create(state, "other", role)
        async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {token}"}) as other:
            for method, path, theirs, query in paths:
                never = uuid4()
                hidden = await other.request(method, path.format(theirs) + query)
                absent = await other.request(method, path.format(never) + query)
                assert hidden.status_code == absent.status_code
                assert hidden.status_code in (403, 404)
                assert hidden.text.replace(str(theirs), "ID") == absent.text.replace(str(never), "ID")
            assert "plan" not in (await other.get("/v1/documents")).text
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {administrator}"}) as own:
        assert (await own.get(f"/v1/documents/{added.document_id}")).status_code == 200


async def test_a_receipt_is_proved_to_who_asked_and_to_the_auditor_alone(
    app: Application, address: str, http: httpx.AsyncClient, education: Agency
) -> None:
    receipt = (await http.post("/v1/chat/completions", json=ASK)).json()["publius"]["receipt"]
    path = f"/v1/ledger/records/{receipt['record']}?position={receipt['position']}"
    shown = await http.get(path)
    assert shown.status_code == 200
    assert shown.json()["receipt"]["leaf_hash"] == receipt["leaf_hash"]
    assert "Hello" not in shown.text
    proof = msgspec.json.decode(shown.content, type=proofs.Proof)
    assert proofs.check(proof, app.ledger.key.public).size >= receipt["tree_size"]

    colleague, _ = await app.identity.keys.create(education, "colleague")
    auditor, _ = await app.identity.keys.create(education, "audit", Role.AUDITOR)
    async with httpx.AsyncClient(base_url=address) as client:
        for token, status in ((colleague, 404), (auditor, 200)):
            said = await client.get(path, headers={"Authorization": f"Bearer {token}"})
            assert said.status_code == status
    assert (await http.get(path.replace("position=0", "position=1"))).status_code == 404


async def test_a_revoked_key_is_refused_by_the_very_next_request(
    app: Application, http: httpx.AsyncClient, education: Agency
) -> None:
    assert (await http.get("/v1/models")).status_code == 200
    [key] = [key for key in await app.identity.keys.list(education) if key.name == "tests"]
    await app.identity.keys.revoke(education, key.id)
    assert (await http.get("/v1/models")).status_code == 401


async def test_a_sessions_token_opens_the_same_doors(app: Application, address: str, education: Agency) -> None:
    user = await app.identity.users.create(education, "pat")
    token = await app.identity.sessions.open(education, user.id)
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"bearer {token}"}) as client:
        assert (await client.post("/v1/chat/completions", json=ASK)).status_code == 200
        await app.identity.sign_out(token)
        assert (await client.post("/v1/chat/completions", json=ASK)).status_code == 401


async def test_refusals_are_recorded_too(
    app: Application, address: str, http: httpx.AsyncClient, education: Agency
) -> None:
    async with httpx.AsyncClient(base_url=address) as nobody:
        await nobody.post("/v1/chat/completions", json=ASK)
    await http.post("/v1/chat/completions", json=ASK | {"model": "gpt-4o"})
    await http.post("/v1/chat/completions", json=ASK | {"max_tokens": 0, "stream": True})
    platform = await app.database.agency_by_slug("platform")
    assert await outcomes(app, platform) == ["refused:invalid_api_key"]
    assert await outcomes(app, education) == ["refused:model_not_found", "refused:invalid_request"]


async def test_strangers_cannot_fill_the_ledger(app: Application, address: str, owner: Owner, key: str) -> None:
    owner.set_limits("platform", rate_per_minute=2, tokens_per_day=None)
    async with httpx.AsyncClient(base_url=address) as client:
        said = [await client.post("/v1/chat/completions", json=ASK) for _ in range(5)]
        assert [answer.status_code for answer in said] == [401, 401, 429, 429, 429]
        known = await client.post("/v1/chat/completions", json=ASK, headers={"Authorization": f"Bearer {key}"})
        assert known.status_code == 200
    assert len(await outcomes(app, await app.database.agency_by_slug("platform"))) == 2


async def test_options_tell_the_methods_and_nothing_to_other_sites(address: str) -> None:
    async with httpx.AsyncClient(base_url=address, headers={"Origin": "https://elsewhere.example"}) as client:
        said = await client.options("/v1/chat/completions", headers={"Access-Control-Request-Method": "POST"})
    assert said.headers["allow"] == "OPTIONS, POST"
    assert not [name for name in said.headers if name.startswith("access-control")]


async def outcomes(app: Application, agency: Agency) -> list[str]:
    async with app.database.agency(agency) as connection:
        rows = await connection.execute("SELECT body FROM ledger_records ORDER BY position")
        bodies = [row.body for row in await rows.fetchall()]
    return [re.search(r'"outcome":"([^"]+)"', body)[1] for body in bodies]  # type: ignore[index]


REVOKE = """
import asyncio, sys
from uuid import UUID
from publius.identity import Identity
from publius.storage import Database

async def main(address, slug, key):
    async with Database(address, size=1) as database:
        await Identity(database, session_hours=1).keys.revoke(await database.agency_by_slug(slug), UUID(key))

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_key_that_another_process_revokes_is_refused_at_once(
    app: Application, address: str, education: Agency, owner_address: str
) -> None:
    token, key = await app.identity.keys.create(education, "for a day")
    reached = make_conninfo(owner_address, user=role_name(TEMPLATE), password=PASSWORD)
    body = {"model": "llama", "messages": [{"role": "user", "content": "Hello"}]}
    # One connection that stays open: nothing of it may be remembered either.
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
        for _ in range(2):
            assert (await http.post("/v1/chat/completions", json=body)).status_code == 200
        words = (sys.executable, "-c", REVOKE, reached, education.slug, str(key.id))
        assert await (await asyncio.create_subprocess_exec(*words)).wait() == 0
        assert (await http.post("/v1/chat/completions", json=body)).status_code == 401
