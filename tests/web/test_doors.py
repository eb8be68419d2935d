"""Who gets in, and what an outsider's form, link or address can do: nothing."""

import re
from dataclasses import replace

import httpx
import pytest
from tests.web.people import Come, Person, words

from publius.application import Application
from publius.settings import read
from publius.types import Agency, Permission, Role
from publius.web import create_app
from publius.web.visitor import own_path

PASSWORD = "four unrelated quiet words"
STRICT = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


async def test_every_route_states_its_permission_and_every_form_needs_a_session(
    building: Application, come: Come
) -> None:
    stranger = await come()
    nothing = "00000000-0000-4000-8000-000000000000"
    pages = 0
    for route in create_app(building).routes:
        for handler in getattr(route, "route_handlers", []):
            if handler.http_methods == {"OPTIONS"}:
                continue
            assert isinstance(handler.opt.get("permission"), Permission), route.path
            if handler.opt.get("door") != "web" or handler.opt["permission"] is Permission.NONE:
                continue
            pages += 1
            path = re.sub(r"\{[^}]+\}", nothing, re.sub(r"\{\w+:int\}", "1", route.path))
            for method in handler.http_methods & {"GET", "POST"}:
                answer = await stranger.http.request(method, path)
                assert answer.status_code == 303, f"{method} {path}"
                assert answer.headers["location"].startswith("/sign-in")
    assert pages > 30


async def test_signing_in_with_a_password_leads_where_one_wanted_to_go(
    come: Come, building: Application, education: Agency
) -> None:
    await building.identity.users.create(education, "ana", password=PASSWORD)
    person = await come()
    sent = await person.get("/documents?search=leave")
    assert sent.headers["location"] == "/sign-in?next=%2Fdocuments%3Fsearch%3Dleave"
    fields = {"agency": "Education ", "username": "ana", "next": "/documents?search=leave"}

    wrong = await person.post("/sign-in", {**fields, "password": "a guess at it all"})
    assert wrong.status_code == 401 and "do not fit together" in words(wrong)
    assert 'value="ana"' in wrong.text and "guess" not in wrong.text

    right = await person.post("/sign-in", {**fields, "password": PASSWORD})
    assert right.status_code == 303 and right.headers["location"] == "/documents?search=leave"
    cookie = right.headers.get_list("set-cookie")[0].lower()
    assert cookie.startswith("publius=ps-") and "httponly" in cookie and "samesite=lax" in cookie
    assert (await person.get("/documents")).status_code == 200

    person.session = "in"
    await person.post("/sign-out")
    assert (await person.get("/documents")).status_code == 303


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb", ""]
)
def test_nobody_is_led_to_another_site(wanted: str) -> None:
    assert own_path(wanted) == "/"


async def test_a_link_is_used_up_by_its_button_and_not_by_looking_at_it(
    come: Come, building: Application, education: Agency
) -> None:
    user = await building.identity.users.create(education, "ben", name="Ben")
    link = "/sign-in/" + await building.identity.sessions.link(education, user.id)
    scanner, person, late = await come(), await come(), await come()
    for _ in range(3):
        assert (await scanner.get(link)).status_code == 200
    let_in = await person.post(link)
    assert let_in.status_code == 303 and let_in.headers["location"] == "/"
    assert "Signed in as Ben" in words(await person.get("/"))
    refused = await late.post(link)
    assert refused.status_code == 401 and "was used" in words(refused)


async def test_a_form_without_this_browsers_token_changes_nothing(
    come: Come, building: Application, education: Agency
) -> None:
    victim, attacker = await come(education, Role.ADMINISTRATOR), await come(education)
    foreign = await attacker.token()
    for fields in ({}, {"csrf": ""}, {"csrf": foreign}, {"csrf": "é"}):
        for path in ("/manage/keys", "/ask", "/sign-out", "/settings/sign-out-everywhere", "/documents/add"):
            refused = await victim.http.post(path, data={"name": "x", "question": "x", **fields})
            assert refused.status_code == 403 and "load the page again" in words(refused), path
            streamed = await victim.http.post(path, data=fields, headers={"HX-Request": "true"})
            assert streamed.status_code == 403
    assert await building.identity.keys.list(education) == []
    assert (await victim.get("/")).status_code == 200


async def test_an_api_key_is_no_session_and_a_session_is_no_api_key(
    come: Come, building: Application, education: Agency
) -> None:
    key, _ = await building.identity.keys.create(education, "a program")
    person, program = await come(education), await come()
    assert (await program.get("/settings", headers={"Authorization": f"Bearer {key}"})).status_code == 303
    assert (await person.get("/v1/models")).status_code == 401


async def test_every_page_forbids_foreign_and_inline_code(
    come: Come, education: Agency, library: str, operator: Person
) -> None:
    administrator = await come(education, Role.ADMINISTRATOR)
    auditor, stranger = await come(education, Role.AUDITOR), await come()
    answered = await administrator.ask()
    [record] = set(re.findall(r'href="(/receipts/[^"]+)"', answered.text))
    own = ["/", "/conversations", "/documents", f"/documents/{library}", record, "/settings", "/manage"]
    seen = [await administrator.get(path) for path in [*own, "/manage/members", "/manage/keys", "/nowhere", "/a/b"]]
    seen += [await auditor.get("/ledger"), await operator.get("/platform"), await stranger.get("/sign-in"), answered]
    for page in seen:
        _no_foreign_and_inline_code(page)


def _no_foreign_and_inline_code(page: httpx.Response) -> None:
    rules = {rule.strip() for rule in page.headers["content-security-policy"].split(";")}
    assert rules >= STRICT and not any("unsafe" in rule for rule in rules), page.url
    assert page.headers["cache-control"] == "no-store" and page.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=\"/static/)", page.text), page.url
    for address in re.findall(r'(?:src|href|action)="([^"]*)"', page.text):
        assert address.startswith(("/", "#", "?")) and not address.startswith("//"), address
    assert '<html lang="en">' in page.text and page.text.count("<h1") == 1 and 'id="main"' in page.text


async def test_behind_https_cookies_are_secure_and_this_hosts_alone(building: Application) -> None:
    settings = read({}, home=building.settings.home, public_url="https://publius.example", engine="echo")
    served = create_app(replace(building, settings=settings))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=served), base_url="https://publius.example"
    ) as browser:
        cookie = (await browser.get("/sign-in")).headers["set-cookie"]
    assert cookie.startswith("__Host-publius-visitor=") and "Secure" in cookie and "Path=/" in cookie
    assert "Domain" not in cookie


async def test_a_password_is_changed_and_other_devices_are_signed_out(come: Come, education: Agency) -> None:
    person = await come(education, name="cara")
    differ = await person.post("/settings/password", {"current": "", "password": PASSWORD, "again": "other"})
    assert differ.status_code == 422 and "differ" in words(differ) and 'href="#again"' in differ.text
    short = await person.post("/settings/password", {"current": "", "password": "short", "again": "short"})
    assert short.status_code == 422 and 'href="#password"' in short.text
    other = await come()
    await person.post("/settings/password", {"current": "", "password": PASSWORD, "again": PASSWORD})
    await other.post("/sign-in", {"agency": education.slug, "username": "cara", "password": PASSWORD})
    assert (await other.get("/")).status_code == 200
    out = await person.post("/settings/sign-out-everywhere")
    assert out.status_code == 303
    assert (await other.get("/")).status_code == (await person.get("/")).status_code == 303


async def test_each_role_sees_its_own_pages_and_no_others(
    come: Come, education: Agency, library: str, operator: Person
) -> None:
    member, auditor = await come(education), await come(education, Role.AUDITOR)
    for path in ("/manage", "/manage/members", "/manage/keys", "/ledger"):
        assert (await member.get(path)).status_code == 403
    assert (await member.post("/documents/add")).status_code == 403
    assert (await member.post(f"/documents/{library}/remove")).status_code == 403
    assert (await member.get("/platform")).status_code == 404

    assert (await auditor.get("/")).headers["location"] == "/ledger"
    assert "Leave handbook" in words(await auditor.get("/documents"))
    for path in ("/conversations", f"/documents/{library}", f"/documents/{library}/file", "/manage"):
        assert (await auditor.get(path)).status_code == 403
    assert (await auditor.post("/ask", {"question": "x"})).status_code == 403
    assert "The log is whole" in words(await auditor.post("/ledger/verify"))

    assert (await operator.get("/")).headers["location"] == "/platform"
    seen = words(await operator.get("/platform"))
    assert "Education" in seen and "Leave" not in seen
    for path in ("/documents", f"/documents/{library}", "/conversations", "/ledger", "/manage"):
        assert (await operator.get(path)).status_code in (403, 404)


async def test_what_goes_wrong_is_a_page_that_says_what_to_do(come: Come, education: Agency) -> None:
    person = await come(education)
    for path in ("/nowhere", "/documents/not-an-id", "/conversations/1", "/static/../secrets"):
        page = await person.get(path)
        assert page.status_code == 404 and "<h1>Not found</h1>" in page.text, path
        assert "Start from the first page." in words(page)
    assert (await person.get("/v1/documents/not-an-id")).json()["error"]["code"] == "not_found"
