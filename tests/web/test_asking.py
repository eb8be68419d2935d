"""Asking on the pages: verified sentences, citations that open, what was withheld, and nobody else's eyes."""

import asyncio
import re
from uuid import UUID

import httpx
import msgspec
import pytest
from tests.retrieval.reading.making import pdf, photographed, running_text
from tests.web.people import ASKED, FALSE, Come, Person, words

from publius import demonstration
from publius.application import Application
from publius.errors import EngineFailed, SetupError
from publius.inference.echo import EchoEngine
from publius.ledger.proof import Proof, check
from publius.retrieval.reading import tesseract
from publius.storage import Owner
from publius.types import Agency


async def test_a_plain_form_gives_the_whole_answer(come: Come, education: Agency, library: str) -> None:
    person = await come(education)

    page = await person.ask()

    assert page.status_code == 200 and "/conversations/" in str(page.url) and page.url.fragment.startswith("turn-")
    assert "The travel allowance is $310 a day." in words(page)
    citation = re.findall(r'\$310 a day\.<a class="cite" href="([^"]+)"', page.text)[0]
    document = await person.get(citation.replace("&amp;", "&"))
    assert re.findall(r'<mark class="cited" id="cited"[^>]*>([^<]+)</mark>', document.text) == [
        "The travel allowance is $310 a day."
    ]
    assert f"/documents/{library}" in citation


async def test_an_answer_names_the_revision_that_it_read_and_says_what_became_of_it(
    come: Come, building: Application, education: Agency, library: str
) -> None:
    person = await come(education)
    answered = await person.ask()
    conversation = str(answered.url.path)
    receipt = re.findall(r'href="(/receipts/[^"]+)"', answered.text)[0]
    assert "changed since" not in words(await person.get(conversation))
    assert "Leave handbook , revision 1" in words(await person.get(receipt))

    old = (await building.retrieval.original(education, UUID(library))).data
    await building.retrieval.add(education, "local:tests", "leave.md", old.replace(b"$310", b"$355"))
    revised = words(await person.get(conversation))
    assert "The travel allowance is $310 a day." in revised
    assert "This is revision 1, which the answer rested on. It has changed since: open revision 2" in revised
    assert "revision 1. It has changed since: open revision 2" in words(await person.get(receipt))
    again = await person.ask()
    assert "$355" in words(again) and "changed since" not in words(again)

    await building.retrieval.remove(education, UUID(library))
    assert "was removed, and the answer with it" in words(await person.get(conversation))
    assert (await person.get(receipt)).status_code == 404


async def test_a_scanned_source_says_how_surely_it_was_read(
    come: Come, building: Application, education: Agency
) -> None:
    try:
        tesseract.program()
    except SetupError as missing:
        pytest.skip(str(missing))
    lines = ("Staff of the bureau are told here what they are paid.", "The travel allowance is $310 a day.")
    scan = photographed(pdf(running_text(700, *lines)))
    added = await building.retrieval.add(education, "local:tests", "scan.pdf", scan)
    answered = words(await (await come(education)).ask())
    assert re.search(r"page 1,? .*\(read by OCR, confidence [89]\d %\)", answered), answered
    assert "Read by OCR" in words(await (await come(education)).get(f"/documents/{added.document_id}"))


async def test_what_was_withheld_is_listed_with_its_reason(come: Come, education: Agency, library: str) -> None:
    page = await (await come(education)).ask()
    released, _, withheld = page.text.partition('class="withheld"')
    assert FALSE not in words(released)
    assert FALSE in words(withheld) and "$999" in words(withheld.split("withheld__why")[1])


async def test_a_stream_releases_only_what_was_verified(come: Come, education: Agency, library: str) -> None:
    person = await come(education)
    form = {"csrf": await person.token(), "question": ASKED, "model": "library"}
    response = await person.http.post("/ask", data=form, headers={"HX-Request": "true"})

    assert response.headers["content-type"].startswith("text/event-stream")
    events = response.text.split("\n\n")
    assert events[0].startswith("event: conversation\ndata: ")
    arrived = [event for event in events if 'hx-target="#answer-' in event]
    assert any("$310" in event for event in arrived)
    assert all("$999" not in event for event in events[:-2])
    assert "Answer complete. 2 withheld." in words(events[-2])  # the false one, and one beside the question
    conversation = events[0].split("data: ")[1]
    assert "$310" in words(await person.get(f"/conversations/{conversation}"))


async def test_a_further_question_stays_in_the_conversation(come: Come, education: Agency, library: str) -> None:
    person = await come(education)
    first = await person.ask()
    conversation = first.url.path.rsplit("/", 1)[1]
    second = await person.ask("How many days of leave may staff take a year?", conversation=conversation)
    assert second.url.path == first.url.path
    assert second.text.count('<article class="turn"') == 2


async def test_llama_alone_says_that_it_was_not_checked_and_its_markup_stays_text(
    come: Come, education: Agency, library: str
) -> None:
    said = (
        "<script>alert(1)</script>\n\n# Large\n\n**bold** [here](http://evil.example/x) ![x](http://evil.example/y.png)"
    )
    page = await (await come(education)).ask(said, model="llama")
    assert "Not checked against documents" in words(page)
    answer = page.text.split('class="turn__answer')[1].split("</div>")[0]
    assert "<h3>Large</h3>" in answer and "<strong>bold</strong>" in answer and "&lt;script&gt;" in answer
    assert "<a " not in answer and "<img" not in answer
    assert "<script>alert" not in page.text


async def test_a_question_that_the_documents_do_not_answer(come: Come, education: Agency, library: str) -> None:
    page = await (await come(education)).ask("Who won the chess world championship in 1972?")
    assert "do not answer this" in words(page)
    assert 'class="cite"' not in page.text


async def test_an_empty_question_comes_back_with_what_to_do(come: Come, education: Agency) -> None:
    page = await (await come(education)).ask("  ")
    assert page.status_code == 422
    assert "Write a question first." in words(page) and 'href="#question"' in page.text
    assert page.text.split("<title>")[1].startswith("Error: ")


async def test_a_spent_budget_is_said_in_the_conversation(come: Come, education: Agency, owner: Owner) -> None:
    person = await come(education)
    owner.set_limits(education.slug, rate_per_minute=1, tokens_per_day=1)
    await person.ask(model="llama")
    page = await person.ask(model="llama")
    assert "Wait" in words(page) and '<article class="turn"' in page.text


@pytest.mark.parametrize("error", [EngineFailed("The engine broke off."), RuntimeError("secret words")])
async def test_an_engine_that_breaks_is_said_with_what_to_do(
    come: Come, education: Agency, library: str, engine: EchoEngine, error: Exception
) -> None:
    def broken(request: object) -> str:
        raise error

    engine._script = broken
    person = await come(education)
    plain = await person.ask()
    form = {"csrf": await person.token(), "question": ASKED, "model": "library"}
    streamed = await person.http.post("/ask", data=form, headers={"HX-Request": "true"})
    kept = words(await person.get("/conversations/" + streamed.text.split("data: ")[1].split()[0]))
    for said in (words(plain), words(streamed), kept):
        assert "secret" not in said and ("gain" in said)
    if isinstance(error, EngineFailed):
        assert "The engine broke off." in words(plain) and "The engine broke off." in kept
    else:
        assert plain.status_code == 500 and "went wrong on our side" in words(plain)
        assert "went wrong on our side" in kept


async def test_the_receipt_proves_the_answer_to_somebody_with_the_public_key(
    come: Come, education: Agency, library: str, building: Application
) -> None:
    person = await come(education)
    [record] = set(re.findall(r'href="/receipts/([^"]+)"', (await person.ask()).text))
    page = await person.get(f"/receipts/{record}")
    assert "Checked just now" in words(page)
    saved = await person.get(f"/receipts/{record}/proof")
    assert "attachment" in saved.headers["content-disposition"]
    proof = msgspec.json.decode(saved.content, type=Proof)
    assert str(proof.receipt.record) == record
    assert check(proof, building.ledger.key.public).size >= 1


async def test_somebody_who_leaves_in_mid_answer_stops_it(
    come: Come, education: Agency, library: str, engine: EchoEngine
) -> None:
    engine._delay = 0.2
    person = await come(education)
    form = {"csrf": await person.token(), "question": ASKED, "model": "library"}
    async with person.http.stream("POST", "/ask", data=form, headers={"HX-Request": "true"}) as response:
        lines = response.aiter_lines()
        first = [await anext(lines) for _ in range(2)]
    conversation = first[1].removeprefix("data: ")
    for _ in range(100):
        page = await person.get(f"/conversations/{conversation}")
        if "You stopped this answer" in words(page):
            break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError("the turn does not say that it was stopped")
    assert (await engine.health()).running == 0


async def test_another_agencys_things_look_as_if_they_had_never_been(
    come: Come, education: Agency, state: Agency, library: str
) -> None:
    owner_of_it, colleague, stranger = await come(education), await come(education), await come(state)
    page = await owner_of_it.ask()
    conversation = page.url.path
    [receipt] = set(re.findall(r'href="(/receipts/[^"]+)"', page.text))
    nothing = "00000000-0000-4000-8000-000000000000"

    async def same(person: Person, path: str, never: str) -> None:
        real, absent = await person.get(path), await person.get(never)
        assert real.status_code == absent.status_code == 404, path
        assert _without_token(real) == _without_token(absent), path

    for person in (stranger, colleague):
        await same(person, conversation, f"/conversations/{nothing}")
        await same(person, f"{conversation}/delete", f"/conversations/{nothing}/delete")
        await same(person, receipt, f"/receipts/{nothing}")
        await same(person, f"{receipt}/proof", f"/receipts/{nothing}/proof")
        for act in ("rename", "delete"):
            assert (await person.post(f"{conversation}/{act}", {"title": "mine"})).status_code == 404
        assert (await person.ask(conversation=conversation.rsplit("/", 1)[1])).status_code == 404
    await same(stranger, f"/documents/{library}", f"/documents/{nothing}")
    await same(stranger, f"/documents/{library}/file", f"/documents/{nothing}/file")
    assert "$310" in words(await owner_of_it.get(conversation))


def _without_token(page: httpx.Response) -> str:
    return re.sub(r'value="[0-9a-f]{64}"', "", page.text)


async def test_the_first_page_offers_questions_that_its_documents_answer(
    come: Come, education: Agency, building: Application
) -> None:
    [path] = [path for path in demonstration.documents("education") if path.name == "pell-grant-2026-27.md"]
    await building.retrieval.add(education, "local:tests", path.name, path.read_bytes())
    page = words(await (await come(education)).get("/"))
    assert "What is the maximum Federal Pell Grant for the award year 2026-27?" in page
    assert "How many days does a student have to send the documents" not in page  # its document is not here
