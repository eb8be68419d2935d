"""The documents API: in, listed, opened, fetched, out."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from publius.types import Agency

TEXT = "# Leave\n\nStaff earn 15 days of leave a year.\n"


@pytest.fixture
async def admin(address: str, administrator: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {administrator}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=30) as opened:
        yield opened


def file(name: str = "leave.md", content: bytes = TEXT.encode()) -> dict[str, tuple[str, bytes]]:
    return {"file": (name, content)}


async def test_a_document_from_upload_to_removal(admin: httpx.AsyncClient) -> None:
    added = await admin.post("/v1/documents", files=file())
    assert (added.status_code, added.json()["status"]) == (201, "new")
    id = added.json()["id"]
    again = await admin.post("/v1/documents", files=file())
    assert (again.status_code, again.json()["status"], again.json()["id"]) == (200, "unchanged", id)
    revised = await admin.post("/v1/documents", files=file(content=TEXT.replace("15", "20").encode()))
    assert (revised.json()["status"], revised.json()["revision"]) == ("revised", 2)

    listed = (await admin.get("/v1/documents", params={"matching": "leave"})).json()
    assert listed["total"] == 1
    assert [(one["id"], one["revision"]) for one in listed["data"]] == [(id, 2)]

    opened = (await admin.get(f"/v1/documents/{id}", params={"revision": 1})).json()
    start = opened["text"].index("15 days")
    span = await admin.get(f"/v1/documents/{id}", params={"revision": 1, "start": start, "end": start + 7})
    assert span.json()["text"] == "15 days"
    beyond = await admin.get(f"/v1/documents/{id}", params={"start": 10**9})
    assert beyond.json()["text"] == ""

    original = await admin.get(f"/v1/documents/{id}/original", params={"revision": 1})
    assert original.content == TEXT.encode()
    assert original.headers["content-disposition"].startswith("attachment")

    assert (await admin.delete(f"/v1/documents/{id}")).json()["deleted"] is True
    assert (await admin.get(f"/v1/documents/{id}")).status_code == 404
    assert (await admin.delete(f"/v1/documents/{id}")).status_code == 404


async def test_a_file_that_cannot_be_read_says_why(admin: httpx.AsyncClient) -> None:
    said = await admin.post("/v1/documents", files=file("report.pdf", b"%PDF-1.7 broken"))
    assert (said.status_code, said.json()["error"]["code"]) == (422, "unreadable_document")


async def test_a_name_with_a_path_stays_a_name(admin: httpx.AsyncClient) -> None:
    for name in ("../../etc/passwd.txt", "/etc/passwd.txt", "..\\..\\boot.txt"):
        said = await admin.post("/v1/documents", files=file(name, name.encode()))
        assert said.status_code in (201, 400)
        if said.status_code == 201:
            assert ".." not in said.json()["name"] and not said.json()["name"].startswith("/")


NO_FILE: dict[str, dict[str, Any]] = {
    "another field": {"files": {"other": ("a.md", b"x")}},
    "no file": {"data": {"file": "not a file"}},
    "no form": {"content": b"raw"},
    "cut": {"content": b"--x", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
    "no boundary": {"content": b"", "headers": {"Content-Type": "multipart/form-data"}},
}


async def test_an_upload_without_a_file_is_a_clear_400(admin: httpx.AsyncClient) -> None:
    for name, sent in NO_FILE.items():
        said = await admin.post("/v1/documents", **sent)
        assert (said.status_code, said.json()["error"]["type"]) == (400, "invalid_request_error"), name


async def test_a_member_reads_and_does_not_write(
    http: httpx.AsyncClient, admin: httpx.AsyncClient, education: Agency
) -> None:
    id = (await admin.post("/v1/documents", files=file())).json()["id"]
    assert (await http.get(f"/v1/documents/{id}")).status_code == 200
    assert (await http.post("/v1/documents", files=file())).status_code == 403
    assert (await http.delete(f"/v1/documents/{id}")).status_code == 403
