"""What people keep on the pages: documents, conversations, members and keys."""

import html
import re

import httpx
import pytest
from tests.web.people import ASKED, Come, Person, words

from publius.application import Application
from publius.types import Agency, Role

HOSTILE = b"""# <script>alert('title')</script>

<script>alert('body')</script> The fee of the office is $42. <img src=x onerror=alert(1)>
"""


async def upload(person: Person, *files: tuple[str, bytes], **headers: str) -> httpx.Response:
    sent = [("files", file) for file in files]
    return await person.post("/documents/add", files=sent, headers=headers)


async def test_files_are_read_and_each_failure_is_named_with_its_cure(come: Come, education: Agency) -> None:
    person = await come(education, Role.ADMINISTRATOR)
    page = await upload(
        person, ("rules.md", b"# Rules\n\nBadges are worn."), ("broken.pdf", b"%PDF-1.4 no"), ("../../up.txt", b"Up.")
    )
    said = words(page)
    assert page.status_code == 200
    assert re.search(r"rules\.md Read: 1 passage, ready to answer from", said)
    assert re.search(r"broken\.pdf .+\. .+\.", said) and said.count("ready to answer from") == 2
    names = words(await person.get("/documents"))
    assert "rules.md" in names and "broken.pdf" not in names and ".." not in names

    again = await upload(person, ("rules.md", b"# Rules\n\nBadges are worn."))
    assert "Already here, unchanged" in words(again)
    changed = await upload(person, ("rules.md", b"# Rules\n\nBadges are worn visibly."))
    assert "Read as revision 2" in words(changed)
    assert (await upload(person)).status_code == 200
    assert "Choose at least one file." in words(await upload(person))


async def test_the_script_that_sends_one_file_at_a_time_gets_its_outcome_as_json(come: Come, education: Agency) -> None:
    person = await come(education, Role.ADMINISTRATOR)
    read = await upload(person, ("a.txt", b"Some words."), Accept="application/json")
    assert read.json() == {"ok": True, "words": "Read: 1 passage, ready to answer from."}
    broken = await upload(person, ("b.docx", b"no archive"), Accept="application/json")
    assert broken.json()["ok"] is False and len(broken.json()["words"]) > 20
    over = await (await come()).http.post("/documents/add", headers={"Accept": "application/json"})
    assert over.status_code == 401 and over.json()["words"] == "Your session has ended. Sign in again."


async def test_a_file_over_the_limit_is_refused_by_name(come: Come, education: Agency, building: Application) -> None:
    person = await come(education, Role.ADMINISTRATOR)
    too_large = b"x" * (building.settings.max_upload_mb * 1_000_000 + 1)
    said = words(await upload(person, ("large.txt", too_large), ("small.txt", b"Some words.")))
    assert f"large.txt This file is larger than {building.settings.max_upload_mb} MB." in said
    assert "small.txt Read:" in said


async def test_a_documents_markup_is_shown_as_text_everywhere(come: Come, education: Agency) -> None:
    person = await come(education, Role.ADMINISTRATOR)
    await upload(person, ("<b>fee</b>.txt", HOSTILE))
    listing = await person.get("/documents")
    [document] = set(re.findall(r'href="(/documents/[0-9a-f-]{36})"', listing.text))
    answered = await person.ask("What is the fee of the office? <script>alert('asked')</script>")
    for page in (
        listing,
        await person.get("/"),
        await person.get(document),
        answered,
        await person.get("/conversations"),
    ):
        assert not re.search(r"<script>alert|<img src=x|<b>fee", page.text), page.url
    assert "<script>alert('body')</script> The fee" in text_of(await person.get(document))


def text_of(page: httpx.Response) -> str:
    return " ".join(html.unescape(page.text.split('class="opened__text"')[1]).split())


async def test_an_older_revision_opens_as_it_was_and_says_so(
    come: Come, education: Agency, library: str, building: Application
) -> None:
    person = await come(education)
    cited = re.findall(r'class="cite" href="([^"]+)"', (await person.ask()).text)[0].replace("&amp;", "&")
    await building.retrieval.add(education, "local:tests", "leave.md", b"# Leave handbook\n\nAll is new.\n")
    page = await person.get(cited)
    assert "This is revision 1" in words(page) and "open revision 2" in words(page)
    assert re.findall(r'id="cited"[^>]*>([^<]+)</mark>', page.text) == ["The travel allowance is $310 a day."]


async def test_a_mangled_address_still_opens_the_document(come: Come, education: Agency, library: str) -> None:
    person = await come(education)
    for query in ("start=5&end=2", "start=999999&end=9999999", "start=-1&end=x", "part=77", "revision=", "start=3"):
        page = await person.get(f"/documents/{library}?{query}")
        assert page.status_code == 200 and "Staff may take" in words(page), query
    assert (await person.get(f"/documents/{library}?revision=9")).status_code == 404


async def test_a_long_document_comes_in_parts_and_opens_at_the_one_that_is_cited(
    come: Come, education: Agency, building: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publius.web.documents.PART", 2_000)
    person = await come(education)
    text = "# Long\n\n" + "\n\n".join(f"Paragraph {number} says little." for number in range(150)) + "\n"
    added = await building.retrieval.add(education, "local:tests", "long.md", text.encode())
    stored = (await building.retrieval.open(education, added.document_id)).text
    seen = ""
    for part in range(-(-len(stored) // 2_000)):
        page = await person.get(f"/documents/{added.document_id}?part={part}")
        assert f"part {part + 1} of" in words(page)
        seen += html.unescape(re.findall(r'(?s)class="opened__text"[^>]*>(.*?)</article>', page.text)[0])
    assert seen == stored
    for start in (stored.index("Paragraph 140 says"), 1_990):  # the second one reaches over a part's end
        cited = await person.get(f"/documents/{added.document_id}?start={start}&end={start + 20}")
        assert html.unescape(re.findall(r"<mark[^>]*>([^<]+)</mark>", cited.text)[0]) == stored[start : start + 20]


async def test_removing_a_document_is_asked_first_and_then_done(come: Come, education: Agency, library: str) -> None:
    person = await come(education, Role.ADMINISTRATOR)
    asked = await person.get(f"/documents/{library}/remove")
    assert "Remove this document?" in words(asked) and "Keep it" in words(asked)
    assert (await person.get(f"/documents/{library}")).status_code == 200
    assert (await person.post(f"/documents/{library}/remove")).headers["location"] == "/documents"
    assert (await person.get(f"/documents/{library}")).status_code == 404


async def test_the_original_is_saved_and_never_shown(come: Come, education: Agency, building: Application) -> None:
    page = b"<h1>Hours</h1><p>Nine to five.</p><script>alert(1)</script>"
    added = await building.retrieval.add(education, "local:tests", "sub/hours é.html", page)
    saved = await (await come(education)).get(f"/documents/{added.document_id}/file")
    assert saved.content == page
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"] == "attachment; filename*=UTF-8''hours%20%C3%A9.html"


async def test_conversations_are_found_renamed_and_deleted(come: Come, education: Agency, library: str) -> None:
    person = await come(education)
    path = (await person.ask()).url.path
    assert "allowance" in words(await person.get("/conversations?search=%24310"))
    assert "Nothing of yours holds" in words(await person.get("/conversations?search=zebra"))
    await person.post(f"{path}/rename", {"title": "Travel <money>"})
    assert "Travel <money>" in words(await person.get("/conversations"))
    assert "Delete this conversation?" in words(await person.get(f"{path}/delete"))
    await person.post(f"{path}/delete")
    assert (await person.get(path)).status_code == 404
    assert "not asked anything yet" in words(await person.get("/conversations"))


async def test_a_key_is_shown_once_works_and_is_revoked(come: Come, education: Agency) -> None:
    administrator, program = await come(education, Role.ADMINISTRATOR), await come()
    made = await administrator.post("/manage/keys", {"name": "reports", "role": "member", "days": "30"})
    [key] = re.findall(r"pb-education-[0-9A-Za-z]{51}", made.text)
    listed = await administrator.get("/manage/keys")
    assert key not in listed.text and "reports" in words(listed)
    use = {"Authorization": f"Bearer {key}"}
    assert (await program.get("/v1/models", headers=use)).status_code == 200
    [revoke] = re.findall(r'href="(/manage/keys/[^"]+/revoke)"', listed.text)
    assert "Revoke “reports”?" in words(await administrator.get(revoke))
    await administrator.post(revoke)
    assert (await program.get("/v1/models", headers=use)).status_code == 401
    assert "reports Revoked" in words(await administrator.get("/manage/keys"))
    nameless = await administrator.post("/manage/keys", {"name": " ", "role": "member", "days": ""})
    assert nameless.status_code == 422 and 'href="#name"' in nameless.text


async def test_a_member_is_added_let_in_and_locked_out(come: Come, education: Agency, state: Agency) -> None:
    administrator, new, other = (
        await come(education, Role.ADMINISTRATOR),
        await come(),
        await come(state, Role.ADMINISTRATOR),
    )
    page = await administrator.post("/manage/members", {"username": "Dee", "name": "Dee Doe", "role": "operator"})
    assert "dee · Member" in words(page)  # a form cannot make an operator
    [link] = re.findall(r"/sign-in/pl-education-[0-9A-Za-z]+", page.text)
    await new.post(link)
    assert "Signed in as Dee Doe" in words(await new.get("/"))
    twice = await administrator.post("/manage/members", {"username": "dee", "name": "", "role": "member"})
    assert twice.status_code == 422 and "already" in words(twice)

    locks = re.findall(r'href="(/manage/members/[^"]+/lock)"', page.text)
    mine = [lock for lock in locks if "Lock out Dee Doe?" not in words(await administrator.get(lock))]
    [dees] = [lock for lock in locks if lock not in mine]
    assert (await other.get(dees)).status_code == (await other.post(dees)).status_code == 404
    assert (await administrator.post(mine[0])).status_code == 403
    await administrator.post(dees)
    assert (await new.get("/")).status_code == 303
    assert "Dee Doe Locked" in words(await administrator.get("/manage/members"))


async def test_characters_that_no_database_keeps_are_harmless(come: Come, education: Agency, library: str) -> None:
    person = await come(education, Role.ADMINISTRATOR)
    assert "$310" in words(await person.ask(f"\0{ASKED}\0"))
    for path in ("/conversations?search=%00", "/documents?search=%00", f"/documents/{library}?revision=%00"):
        assert (await person.get(path)).status_code == 200
    for path, fields in (
        ("/manage/members", {"username": "zoe\0", "name": "Zoe\0", "role": "\0"}),
        ("/manage/keys", {"name": "\0key", "role": "", "days": "\0"}),
        ("/settings/password", {"current": "\0", "password": "\0" * 12, "again": "\0" * 12}),
    ):
        assert (await person.post(path, fields)).status_code in (200, 303, 422), path
    assert (
        await (await come()).post("/sign-in", {"agency": "\0", "username": "\0", "password": ""})
    ).status_code == 401


async def test_an_administrator_sees_what_was_used_today(come: Come, education: Agency, library: str) -> None:
    administrator = await come(education, Role.ADMINISTRATOR)
    before = words(await administrator.get("/manage"))
    await administrator.ask()
    after = words(await administrator.get("/manage"))
    assert "0 of 1,000,000,000 tokens" in before
    assert re.search(r"[1-9][\d,]* of 1,000,000,000 tokens", after)
