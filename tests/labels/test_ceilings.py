"""What is above a caller's ceiling does not exist for them: one request through the whole building for each way to it.

Each test asks twice: somebody whose ceiling is high enough, who must find it, and somebody whose ceiling is not.
"""

import gzip
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from tests.serving import serving

from publius.application import Application
from publius.inference.echo import EchoEngine, echo
from publius.inference.engine import Request
from publius.ledger import inspection, log
from publius.ledger.verify import verify_file
from publius.storage import Owner
from publius.types import Agency, Role

OPEN = b"# Opening hours\n\nThe reading room opens at 9 in the morning and closes at 5.\n"
HELD = b"# Zephyr programme\n\nThe reading room keeps the zephyr ledgers of 1942 behind the third door.\n"
ASKED = "Where does the reading room keep the zephyr ledgers of 1942?"

Come = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
def seen() -> list[Request]:
    """What reached the engine."""
    return []


@pytest.fixture
def engine(seen: list[Request]) -> EchoEngine:
    def script(request: Request) -> str:
        seen.append(request)
        return echo(request)

    return EchoEngine(script)


@pytest.fixture
async def come(building: Application, education: Agency) -> AsyncIterator[Come]:
    """A client with a key of its own: `await come("CUI")`."""
    async with AsyncExitStack() as stack, serving(building) as address:

        async def come(ceiling: str = "", role: Role = Role.MEMBER) -> httpx.AsyncClient:
            token, key = await building.identity.keys.create(education, "tests", role, ceiling=ceiling)
            headers = {"Authorization": f"Bearer {token}"}
            opened = httpx.AsyncClient(base_url=address, headers=headers, timeout=30, verify=False)
            opened.key = key.id  # type: ignore[attr-defined]
            return await stack.enter_async_context(opened)

        yield come


@pytest.fixture
async def held(building: Application, education: Agency) -> UUID:
    """A document that is CUI, beside one that is internal."""
    await building.retrieval.add(education, "user:1", "hours.md", OPEN)
    added = await building.retrieval.add(education, "user:1", "zephyr.md", HELD, label="CUI")
    return added.document_id


async def ask(client: httpx.AsyncClient, question: str = ASKED) -> dict[str, object]:
    body = {"model": "library", "messages": [{"role": "user", "content": question}]}
    said = await client.post("/v1/chat/completions", json=body)
    assert said.status_code == 200, said.text
    return said.json()  # type: ignore[no-any-return]


async def test_an_answer_rests_on_nothing_above_the_ceiling_and_says_its_label(
    come: Come, held: UUID, seen: list[Request]
) -> None:
    cleared = await ask(await come("CUI"))
    assert cleared["publius"]["label"] == "CUI"  # type: ignore[index]
    assert [c["document_id"] for c in cleared["publius"]["citations"]] == [str(held)]  # type: ignore[index]
    seen.clear()
    answer = await ask(await come())
    assert answer["publius"]["label"] == "internal"  # type: ignore[index]
    assert str(held) not in str(answer) and "third door" not in str(answer)
    assert all("third door" not in message.content for request in seen for message in request.messages)


async def test_an_answer_that_rests_on_nothing_has_the_default_label_or_the_ceiling(come: Come, held: UUID) -> None:
    body = {"model": "llama", "messages": [{"role": "user", "content": "Write a line."}]}
    for ceiling, label in (("CUI", "internal"), ("public", "public")):
        said = await (await come(ceiling)).post("/v1/chat/completions", json=body)
        assert said.json()["publius"]["label"] == label


async def test_search_scores_as_if_what_is_above_the_ceiling_were_not_there(
    building: Application, education: Agency, held: UUID
) -> None:
    low = education.under(1)
    scored = [(p.text, p.score, p.relevance) for p in await building.retrieval.search(low, "reading room zephyr")]
    assert [p.level for p in await building.retrieval.search(education, "reading room zephyr")] == [2, 1]
    await building.retrieval.remove(education, held)
    without = [(p.text, p.score, p.relevance) for p in await building.retrieval.search(low, "reading room zephyr")]
    assert scored == without and len(scored) == 1


async def test_no_typing_error_is_put_right_by_a_word_above_the_ceiling(
    building: Application, education: Agency
) -> None:
    held = "\n\n".join(f"## Part {n}\n\nThe zephyr ledgers, volume {n}, are kept apart." * 9 for n in range(6))
    await building.retrieval.add(education, "user:1", "hours.md", OPEN)
    await building.retrieval.add(education, "user:1", "zephyr.md", held.encode(), label="CUI")
    assert (await building.retrieval.search(education, "zephir"))[0].name == "zephyr.md"
    low = education.under(1)
    for words in ("zephir", "zephyr", "qwertz"):  # one slip away, itself, and a word that nobody has
        found = [(p.name, round(p.score, 2) > 0.3) for p in await building.retrieval.search(low, words)]
        assert found == [("hours.md", False)], words


async def test_documents_above_the_ceiling_are_not_listed_counted_opened_fetched_or_changed(
    come: Come, held: UUID
) -> None:
    cleared, other = await come("CUI", Role.ADMINISTRATOR), await come("internal", Role.ADMINISTRATOR)
    listed = (await cleared.get("/v1/documents")).json()
    assert {one["name"]: one["label"] for one in listed["data"]} == {"hours.md": "internal", "zephyr.md": "CUI"}
    shown = (await other.get("/v1/documents")).json()
    assert (shown["total"], [one["name"] for one in shown["data"]]) == (1, ["hours.md"])
    assert (await other.get("/v1/documents", params={"matching": "zephyr"})).json()["total"] == 0
    never = uuid4()
    for method, path, body in (
        ("GET", "/v1/documents/{}", None),
        ("GET", "/v1/documents/{}?revision=1&start=3&end=9", None),
        ("GET", "/v1/documents/{}/original", None),
        ("PATCH", "/v1/documents/{}", {"label": "public"}),
        ("DELETE", "/v1/documents/{}", None),
    ):
        hidden = await other.request(method, path.format(held), json=body)
        absent = await other.request(method, path.format(never), json=body)
        assert (hidden.status_code, hidden.text) == (absent.status_code, absent.text) == (404, absent.text), path
    assert (await cleared.get(f"/v1/documents/{held}/original")).content == HELD


async def test_a_name_or_the_bytes_of_a_document_above_the_ceiling_cannot_be_probed_by_adding_one(
    come: Come, held: UUID
) -> None:
    other, cleared = await come("internal", Role.ADMINISTRATOR), await come("CUI", Role.ADMINISTRATOR)
    for name, data in (("zephyr.md", b"# Mine\n\nOther words.\n"), ("copy.md", HELD)):
        added = await other.post("/v1/documents", files={"file": (name, data)})
        assert (added.status_code, added.json()["status"], added.json()["revision"]) == (201, "new", 1), name
    assert (await cleared.get("/v1/documents")).json()["total"] == 4
    assert (await cleared.get(f"/v1/documents/{held}")).json()["text"].startswith("Zephyr")


async def test_a_label_above_ones_own_ceiling_cannot_be_given(come: Come, held: UUID) -> None:
    other = await come("internal", Role.ADMINISTRATOR)
    [hours] = (await other.get("/v1/documents")).json()["data"]
    for label in ("CUI", "no such label"):
        said = await other.patch(f"/v1/documents/{hours['id']}", json={"label": label})
        assert (said.status_code, said.json()["error"]["code"]) == (400, "invalid_request")
        assert said.json()["error"]["message"].replace(label, "X") == (
            "There is no label 'X' that you may give. Choose one of: public, internal."
        )
    added = await other.post("/v1/documents", files={"file": ("a.md", b"# A\n\nWords.\n")}, data={"label": "CUI"})
    assert added.status_code == 400


async def test_a_label_is_set_followed_at_once_by_search_and_undone(come: Come, held: UUID) -> None:
    admin, member = await come("CUI", Role.ADMINISTRATOR), await come()
    lowered = (await admin.patch(f"/v1/documents/{held}", json={"label": "internal"})).json()
    assert (lowered["label"], lowered["was"]) == ("internal", "CUI")
    assert "third door" in str(await ask(member))
    await admin.patch(f"/v1/documents/{held}", json={"label": lowered["was"]})
    assert "third door" not in str(await ask(member))
    assert (await member.get(f"/v1/documents/{held}")).status_code == 404


async def test_the_prompt_cache_is_not_shared_between_ceilings(come: Come, seen: list[Request]) -> None:
    """Somebody could otherwise time whether a colleague with a higher ceiling was shown a guessed passage."""
    body = {"model": "llama", "messages": [{"role": "user", "content": "The same words for everybody."}]}
    cached = []
    for ceiling in ("CUI", "internal", "internal", "CUI"):
        client = await come(ceiling, Role.ADMINISTRATOR)
        used = (await client.post("/v1/chat/completions", json=body)).json()["usage"]
        cached.append(used["prompt_tokens_details"]["cached_tokens"] > 0)
    assert cached == [False, False, True, True]
    assert len({request.salt for request in seen}) == 2


async def test_a_lowered_ceiling_hides_the_receipt_of_an_earlier_answer(
    come: Come, held: UUID, building: Application, education: Agency
) -> None:
    client = await come("CUI")
    receipt = (await ask(client))["publius"]["receipt"]  # type: ignore[index]
    path = f"/v1/ledger/records/{receipt['record']}?position={receipt['position']}"
    assert (await client.get(path)).status_code == 200
    await building.identity.keys.set_ceiling(education, client.key, "internal")  # type: ignore[attr-defined]
    hidden, absent = await client.get(path), await client.get(path.replace(receipt["record"], str(uuid4())))
    assert (hidden.status_code, hidden.text) == (404, absent.text)


async def test_a_model_has_a_ceiling_too(come: Come, held: UUID, owner: Owner, building: Application) -> None:
    client = await come("CUI")
    assert "third door" in str(await ask(client))
    owner.set_labels("education", models={"library": "internal"})
    assert "third door" not in str(await ask(client))
    assert (await client.get(f"/v1/documents/{held}")).status_code == 200  # the person's own ceiling is as it was
    owner.set_labels("education", models={"library": ""})
    assert "third door" in str(await ask(client))


@pytest.mark.parametrize("table", ["documents", "revisions", "passages", "postings"])
async def test_a_forgotten_where_shows_nothing_above_the_ceiling(
    building: Application, education: Agency, held: UUID, table: str
) -> None:
    statement = f"SELECT * FROM {table} WHERE agency_id = %s OR true"
    async with building.database.agency(education) as connection:
        assert {row.level for row in await (await connection.execute(statement, [education.id])).fetchall()} == {1, 2}
    async with building.database.agency(education.under(1)) as connection:
        assert {row.level for row in await (await connection.execute(statement, [education.id])).fetchall()} == {1}
        gone = await connection.execute(f"DELETE FROM {table} WHERE level = 2")
        assert gone.rowcount == 0
        await connection.execute("SELECT set_config('publius.ceiling', '', true)")
        assert await (await connection.execute(statement, [education.id])).fetchall() == []


async def test_nothing_can_be_lifted_over_ones_own_ceiling(
    building: Application, education: Agency, held: UUID
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with building.database.agency(education.under(1)) as connection:
            await connection.execute("UPDATE documents SET level = 2")


async def test_an_export_carries_its_highest_label_and_no_content_above_its_ceiling(
    come: Come, held: UUID, building: Application, education: Agency, tmp_path: Path
) -> None:
    await ask(await come("CUI"))
    await ask(await come(), "When does the reading room open?")
    key = building.ledger.key.public
    for agency, label, left_out in ((education, "CUI", False), (education.under(1), "internal", True)):
        file = tmp_path / f"{label}.jsonl.gz"
        await inspection.export(building.database, agency, key, file, contents=True)
        assert log.header(file).label == label
        text = gzip.decompress(file.read_bytes()).decode()
        assert ("internal" if left_out else "") == log.header(file).ceiling
        kept = b"".join(
            piece.content for batch in log.batches(file) for leaf in batch.leaves for piece in leaf.contents
        )
        assert (b"third door" in kept) is not left_out and b"opens at 9" in kept
        report = verify_file(file, key)
        assert report.whole and (report.left_out > 0) is left_out
        assert re.search(r'"label\\":\\"CUI', text)
