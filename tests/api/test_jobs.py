"""The promise: many files are accepted at once by one request, and their job can be watched and stopped."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from publius.application import Application
from publius.types import Agency, Role


@pytest.fixture
async def http(address: str, administrator: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {administrator}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=30, verify=False) as opened:
        yield opened


def sent(count: int) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (f"rule-{n}.md", f"# Rule {n}\n\nForm {n} is due in {n} days.".encode())) for n in range(count)]


async def test_a_job_from_end_to_end(http: httpx.AsyncClient) -> None:
    made = await http.post(
        "/v1/jobs", files=[*sent(3), ("files", ("broken.pdf", b"%PDF-no"))], data={"label": "public"}
    )
    assert made.status_code == 202
    job = made.json()
    more = await http.post(f"/v1/jobs/{job['id']}/files", files=[("files", ("more.md", b"# More\n\nAnd more."))])
    assert more.json()["files"] == 5
    async with asyncio.timeout(60):
        while (job := (await http.get(f"/v1/jobs/{job['id']}")).json())["status"] != "finished":
            await asyncio.sleep(0.05)
    assert (job["done"], job["failed"]) == (4, 1)
    failed = (await http.get(f"/v1/jobs/{job['id']}/files", params={"status": "failed"})).json()["data"]
    assert [each["name"] for each in failed] == ["broken.pdf"] and failed[0]["reason"]
    labels = {each["name"]: each["label"] for each in (await http.get("/v1/documents")).json()["data"]}
    assert labels["rule-0.md"] == "public" and labels["more.md"] == "internal"
    assert (await http.post(f"/v1/jobs/{job['id']}/retry")).json()["waiting"] <= 1
    assert (await http.post(f"/v1/jobs/{job['id']}/explode")).status_code in (400, 404)
    assert (await http.delete(f"/v1/jobs/{job['id']}")).json()["deleted"]
    assert (await http.get("/v1/jobs")).json()["data"] == []
    assert (await http.get("/v1/documents")).json()["total"] == 4, "what was read stays"


async def test_nobody_else_sees_it_or_touches_it(
    http: httpx.AsyncClient, app: Application, state: Agency, key: str
) -> None:
    job = (await http.post("/v1/jobs", files=sent(1))).json()
    other = (await app.identity.keys.create(state, "tests", Role.ADMINISTRATOR))[0]
    for stranger, status in ((other, 404), (key, 403)):
        headers = {"Authorization": f"Bearer {stranger}"}
        assert (await http.get(f"/v1/jobs/{job['id']}", headers=headers)).status_code == status
        for act in ("pause", "cancel", "retry", "resume"):
            assert (await http.post(f"/v1/jobs/{job['id']}/{act}", headers=headers)).status_code == status
        assert (await http.delete(f"/v1/jobs/{job['id']}", headers=headers)).status_code == status
    empty = await http.post("/v1/jobs", data={"label": "public"})
    assert empty.status_code == 400 and "file" in empty.json()["error"]["message"]
