"""A mission on the pages: what it asks for with the form to fill in, its result, and where it looked."""

import html
import re

import pytest
from structlog.testing import capture_logs
from tests.missions.test_conversation import ALL, MODEL, with_mission
from tests.web.people import Come, words

from publius.application import Application
from publius.settings import Settings
from publius.types import Agency


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return with_mission(settings)


async def test_a_conversation_without_scripts(come: Come, building: Application, education: Agency) -> None:
    await building.missions.turn(education, "bus_fare", True, "user:1")
    person = await come(education)
    page = await person.ask(ALL, model=MODEL)
    assert "Please check what I will compute" in words(page) and "Open the form" in words(page)
    assert "documents do not answer" not in words(page)
    [form] = re.findall(r'href="(/missions/bus_fare/tools/reduced_pass\?a=[^"]+)"', page.text)
    assert 'value="32719"' in (await person.get(form)).text
    conversation = page.url.path.rsplit("/", 1)[1]
    page = await person.ask("yes", model=MODEL, conversation=conversation)
    assert "costs $20." in words(page) and "from the inputs that you confirmed" in words(page)
    page = await person.ask("¿Quién ganó el campeonato de ajedrez?", model=MODEL, conversation=conversation)
    assert "no está en las fuentes de esta misión" in words(page)


async def test_no_amount_that_was_said_shows_in_an_address_or_a_log(
    come: Come, building: Application, education: Agency
) -> None:
    await building.missions.turn(education, "bus_fare", True, "user:1")
    person = await come(education)
    addresses: list[str] = []
    with capture_logs() as lines:
        asked = await person.ask(ALL, model=MODEL)
        conversation = asked.url.path.rsplit("/", 1)[1]
        for page in (asked, await person.ask("yes", model=MODEL, conversation=conversation)):
            links = [html.unescape(link) for link in re.findall(r'(?:href|action|src)="([^"]+)"', page.text)]
            addresses += [str(page.url), *links]
            for link in links:
                if "/tools/" in link:
                    opened = await person.get(link)
                    assert 'value="32719"' in opened.text
                    addresses += [str(opened.url), opened.request.headers.get("referer", "")]
    assert any("?a=" in address for address in addresses) and len(lines) > 4
    for amount in ("32719", "32,719", "32%2C719"):
        assert not any(amount in address for address in addresses) and amount not in repr(lines)


async def test_a_citation_opens_the_missions_source_at_the_cited_words(
    come: Come, building: Application, education: Agency
) -> None:
    await building.missions.turn(education, "bus_fare", True, "user:1")
    person = await come(education)
    page = await person.ask("What is the fee for a lost pass that is replaced?", model=MODEL)
    assert re.search(r"Who may have a reduced pass ?, Transit office, 25 November 2026 · Official text", words(page))
    assert 'href="https://transit.example.gov/fare-order-12"' in page.text
    link = re.findall(r'class="cite"[^>]* href="(/missions/bus_fare/sources/passes.en[^"]+)"', page.text)
    link += re.findall(r'href="(/missions/bus_fare/sources/passes.en[^"]+)"[^>]*class="cite"', page.text)
    source = await person.get(html.unescape(link[0]).partition("#")[0])
    assert "A lost pass is replaced once for a fee of $15." in " ".join(re.findall(r"<mark[^>]*>([^<]+)", source.text))
    assert "id=cited" in source.text and "Transit office" in words(source)
    whole = await person.get("/missions/bus_fare/sources/passes.en?start=999999&end=5&start=x")
    assert whole.status_code == 200 and "<mark" not in whole.text


async def test_a_stream_ends_with_the_same_turn(come: Come, building: Application, education: Agency) -> None:
    await building.missions.turn(education, "bus_fare", True, "user:1")
    person = await come(education)
    form = {"csrf": await person.token(), "question": ALL, "model": MODEL}
    streamed = await person.http.post("/ask", data=form, headers={"HX-Request": "true"})
    assert "Please check what I will compute" in words(streamed.text) and "Open the form" in words(streamed.text)
