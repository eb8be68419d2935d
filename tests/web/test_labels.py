"""Labels on the pages: set and undone, carried by answers and conversations, and gone with a lowered ceiling."""

import re
from uuid import UUID

import pytest
from tests.web.people import Come, words

from publius.application import Application
from publius.types import Agency, Role

HELD = b"# Zephyr programme\n\nThe zephyr ledgers of 1942 are kept behind the third door of the reading room.\n"
ASKED = "Where are the zephyr ledgers of 1942 kept?"


@pytest.fixture
async def held(building: Application, education: Agency, library: str) -> UUID:
    return (await building.retrieval.add(education, "user:1", "zephyr.md", HELD, label="CUI")).document_id


async def test_an_answer_its_conversation_and_its_file_carry_the_highest_label(
    come: Come, education: Agency, held: UUID, building: Application
) -> None:
    person = await come(education, Role.ADMINISTRATOR)
    first = await person.ask(ASKED)
    assert "third door" in words(first) and 'data-label="CUI"' in first.text
    conversation = re.findall(r"/conversations/([0-9a-f-]{36})", str(first.url))[0]
    second = await person.ask(conversation=conversation)  # of the internal handbook alone, in the same conversation
    assert [*re.findall(r'data-label="(\w+)"', second.text)] == ["CUI", "CUI"]
    assert "CUI What you ask here stays at least at this label." in words(second).replace("Label: ", "")
    file = await person.get(f"/conversations/{conversation}/file")
    assert file.text.startswith("Label: CUI\n") and file.text.endswith("Label: CUI\n") and "third door" in file.text


async def test_a_lowered_ceiling_takes_conversations_receipts_and_files_away(
    come: Come, education: Agency, held: UUID, building: Application
) -> None:
    person = await come(education, Role.ADMINISTRATOR, "ada")
    page = await person.ask(ASKED)
    conversation = re.findall(r"/conversations/[0-9a-f-]{36}", str(page.url))[0]
    receipt = re.findall(r'href="(/receipts/[0-9a-f-]{36})"', page.text)[0]
    hidden = [conversation, f"{conversation}/file", f"{conversation}/delete", receipt, f"{receipt}/proof",
              f"/documents/{held}", f"/documents/{held}/file", f"/documents/{held}/remove"]  # fmt: skip
    assert [(await person.get(path)).status_code for path in hidden] == [200] * len(hidden)

    user = await building.identity.users.find(education, "ada")
    await building.identity.users.set_ceiling(education, user.id, "internal")
    for path in hidden:
        absent = re.sub(r"[0-9a-f-]{36}", "00000000-0000-4000-8000-000000000000", path)
        said, never = await person.get(path), await person.get(absent)
        assert (said.status_code, words(said)) == (404, words(never)), path
    for path in ("/conversations", "/conversations?search=zephyr", "/documents", "/documents?search=zephyr", "/"):
        assert "ephyr" not in words(await person.get(path)).replace("“zephyr”", ""), path
    assert "third door" not in words(await person.ask(ASKED))
    assert (await person.post("/ask", {"question": "And?", "conversation": conversation[15:]})).status_code == 404
    assert (await person.post(f"{conversation}/rename", {"title": "x"})).status_code == 404

    await building.identity.users.set_ceiling(education, user.id, None)
    assert (await person.get(conversation)).status_code == 200


async def test_an_administrator_sets_a_label_and_undoes_it(
    come: Come, education: Agency, held: UUID, building: Application
) -> None:
    person, member = await come(education, Role.ADMINISTRATOR), await come(education)
    assert (await member.get(f"/documents/{held}")).status_code == 404
    path = f"/documents/{held}"
    done = await person.post(f"{path}/label", {"label": "public"}, follow_redirects=True)
    assert "Labelled public; it was CUI. Undo" in words(done)
    assert (await member.get(path)).status_code == 200
    undone = await person.post(f"{path}/label", {"label": "CUI"}, follow_redirects=True)
    assert "Labelled CUI; it was public." in words(undone)
    assert (await member.get(path)).status_code == 404
    assert (await member.post(f"{path}/label", {"label": "public"})).status_code == 403


async def test_answers_rise_with_the_document_that_they_rest_on(
    come: Come, education: Agency, library: str, building: Application
) -> None:
    person = await come(education)
    page = await person.ask()
    assert 'data-label="internal"' in page.text
    [document] = (await building.retrieval.list(education)).documents
    await building.retrieval.label(education, document.id, "CUI")
    assert (await person.get(str(page.url.path))).status_code == 404
    await building.retrieval.label(education, document.id, "internal")
    assert (await person.get(str(page.url.path))).status_code == 404  # what was said of it does not come down


async def test_files_are_added_under_a_label(come: Come, education: Agency, building: Application) -> None:
    person = await come(education, Role.ADMINISTRATOR)
    await person.post("/documents/add", {"label": "CUI"}, files=[("files", ("a.md", b"# A\n\nWords.\n"))])
    [document] = (await building.retrieval.list(education)).documents
    assert education.labels.name(document.level) == "CUI"
    assert "Label: CUI a.md" in words(await person.get("/documents"))


async def test_nobody_gives_more_than_they_have(come: Come, education: Agency, building: Application) -> None:
    """Who may make keys or links could else come in as somebody who sees more."""
    people = building.identity.users
    person = await come(education, Role.ADMINISTRATOR, "limited")
    limited = await people.find(education, "limited")
    boss = await people.create(education, "boss", role=Role.ADMINISTRATOR)
    await people.set_ceiling(education, limited.id, "internal")

    page = await person.get("/manage/members")
    assert "boss · Administrator · sees up to CUI" in words(page) and 'value="CUI"' not in page.text
    assert (await person.post(f"/manage/members/{boss.id}/link")).status_code == 403
    assert (await person.post(f"/manage/members/{boss.id}/ceiling", {"ceiling": "public"})).status_code == 403
    assert (await person.post(f"/manage/members/{limited.id}/ceiling", {"ceiling": "CUI"})).status_code == 400

    for ceiling in ("CUI", ""):
        made = await person.post("/manage/keys", {"name": "k", "role": "administrator", "ceiling": ceiling})
        tokens = re.findall(r"pb-education-\w{51}", made.text)
        assert len(tokens) == (0 if ceiling else 1)
    assert (await building.identity.authenticate(tokens[0])).agency.visible_labels == ("public", "internal")
    await person.post("/manage/members", {"username": "new", "role": "auditor"})
    new = await people.find(education, "new")
    assert new.ceiling == 1
    for id in (new.id, limited.id):
        assert (await person.post(f"/manage/members/{id}/ceiling", {"ceiling": ""})).status_code == 303
    assert (await people.find(education, "limited")).ceiling == 1
