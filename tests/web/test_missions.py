"""The pages of missions: turned on, read, computed with a form made from types alone, in two languages."""

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pypdfium2
import pytest
from structlog.testing import capture_logs
from tests.serving import serving
from tests.web.people import Come, Person, words

import publius.web
from publius.application import Application, open_application
from publius.inference.echo import EchoEngine
from publius.missions.discovery import Found
from publius.missions.pack import read_pack
from publius.settings import Settings
from publius.storage import Storage
from publius.types import Agency, Role
from publius.web.missions.speech import spanish

PACK = Path(__file__).parents[1] / "missions" / "bus_fare"
FORM = "/missions/bus_fare/tools/reduced_pass"
ENOUGH = {"award_year": "2026-27", "household": "2", "income": "$40,000", "veteran": "no"}


@pytest.fixture
async def building(storage: Storage, settings: Settings, store: Path, engine: EchoEngine) -> AsyncIterator[Application]:
    """The whole building with the one small mission of the tests."""
    (settings.home / "models").symlink_to(store / "models")
    packs = Found({"bus_fare": read_pack(PACK, "tests.missions.bus_fare")}, {}, ())
    async with open_application(settings, storage, engine=engine, packs=packs) as app:
        yield app


@pytest.fixture
async def person(building: Application, come: Come, education: Agency) -> Person:
    await building.missions.turn(education, "bus_fare", True, "local:tests")
    return await come(education)


def sealed(page: httpx.Response) -> str:
    return re.findall(r'name="a" value="([^"]+)"', page.text)[0]


async def computed(person: Person, fields: dict[str, str], **more: str) -> httpx.Response:
    check = await person.post(FORM, {**fields, **more}, follow_redirects=True)
    assert check.status_code == 200, words(check)
    return await person.post(f"{FORM}/result", {"a": sealed(check)}, follow_redirects=True)


async def test_an_administrator_turns_a_mission_on_and_off_for_the_own_agency_alone(
    building: Application, come: Come, education: Agency, state: Agency
) -> None:
    ana = await come(education, Role.ADMINISTRATOR, "ana")
    member, stranger = await come(education), await come(state)
    assert "No mission is on" in words(await member.get("/missions"))
    assert (await member.get("/manage/missions")).status_code == 403
    assert (await member.post("/manage/missions/bus_fare/on")).status_code == 403
    await ana.post("/manage/missions/bus_fare/on")
    assert re.search(r"Turned on by Ana, \d+ \w+ 20\d\d", words(await ana.get("/manage/missions")))
    listed = words(await member.get("/missions"))
    assert "Bus passes" in listed and "Riders" in listed
    assert "Pases de autobús" in words(await member.get("/missions?lang=es"))
    assert "I cannot help to forge a pass." in words(await member.get("/missions/bus_fare"))
    assert "Bus passes" in words(await member.get("/"))
    for path in ("", "/sources/passes.en", "/tools/reduced_pass", "/tools/reduced_pass/check"):
        assert (await stranger.get(f"/missions/bus_fare{path}")).status_code == 404, path
    await ana.post("/manage/missions/bus_fare/off")
    assert (await member.get("/missions/bus_fare")).status_code == 404


async def test_a_mission_shows_its_tools_and_sources(person: Person) -> None:
    page = await person.get("/missions/bus_fare")
    assert FORM in page.text and "/missions/bus_fare/sources/passes.en" in page.text
    assert "Sus herramientas" in words(await person.get("/missions/bus_fare?lang=es"))
    assert (await person.get("/missions/bus_fare/sources/none")).status_code == 404


async def test_a_form_is_filled_looked_over_computed_and_sealed(person: Person) -> None:
    shown = await person.get(FORM, params={"income": "40000", "lang": "en"})
    assert "40000" not in shown.text, "an address that shows an amount fills in nothing"
    check = await person.post(FORM, ENOUGH, follow_redirects=True)
    assert "Check your answers" in words(check) and "$40,000" in words(check)
    form = await person.get(FORM, params={"a": sealed(check)})
    assert f'value="{ENOUGH["income"]}"' in form.text and 'value="no" checked' in form.text
    result = await person.post(f"{FORM}/result", {"a": sealed(check)}, follow_redirects=True)
    seen = words(result)
    for line in ("costs $20", "Counted income", "Income a head", "Fare order 12, s. 3(b)", "40,000", "20,000"):
        assert line in seen
    receipt = re.findall(r'href="(/receipts/[^"]+)"', result.text)[0].replace("&amp;", "&")
    assert "Checked just now" in words(await person.get(receipt))


async def test_a_receipts_link_is_of_no_use_to_somebody_else(come: Come, person: Person, education: Agency) -> None:
    result = await computed(person, ENOUGH)
    receipt = re.findall(r'href="(/receipts/[^"]+)"', result.text)[0].replace("&amp;", "&")
    colleague = await come(education)
    assert (await colleague.get(receipt)).status_code == 400
    assert (await colleague.get(receipt.split("?")[0])).status_code == 404


async def test_all_problems_are_named_at_once_and_nothing_typed_is_lost(person: Person) -> None:
    wrong = {"household": "a few", "income": "1.234", "rent": "900", "earners.0.wages": "x", "earners.0.tax": ""}
    page = await person.post(FORM, wrong)
    assert page.status_code == 422 and page.text.split("<title>")[1].startswith("Error:")
    for field in ("award_year", "household", "income", "veteran", "earners-0-wages", "earners-0-tax"):
        assert f'href="#{field}"' in page.text and f'id="{field}"' in page.text, field
    for typed in ("a few", "1.234", "900", "x"):
        assert f'value="{typed}"' in page.text
    spanish = await person.post(FORM, {**wrong, "press": "speak:es", "lang": "en"})
    assert spanish.status_code == 200 and '<html lang="es">' in spanish.text and 'value="a few"' in spanish.text
    assert "Revise esto otra vez" in words(await person.post(FORM, {**wrong, "lang": "es"}))


async def test_people_are_added_and_removed_by_buttons(person: Person) -> None:
    typed = {**ENOUGH, "earners.0.wages": "1000", "earners.0.tax": "10"}
    more = await person.post(FORM, {**typed, "press": "add:earners"})
    assert 'name="earners.1.wages"' in more.text and 'value="1000"' in more.text
    less = await person.post(FORM, {**typed, "earners.1.wages": "5", "press": "remove:earners.0"})
    assert 'name="earners.0.wages"' not in less.text and 'name="earners.1.wages"' in less.text
    assert "41,000" in words(await computed(person, ENOUGH, **{"earners.2.wages": "1010", "earners.2.tax": "10"}))


async def test_what_the_tool_itself_refuses_is_said_at_the_form(person: Person) -> None:
    page = await person.post(FORM, {**ENOUGH, "income": "2000000"})
    assert page.status_code == 422 and "With that income there is no reduced pass." in words(page)
    assert 'value="2000000"' in page.text


async def test_a_link_that_was_changed_or_is_another_agencys_is_refused_with_a_sentence(
    building: Application, person: Person, come: Come, state: Agency
) -> None:
    check = await person.post(FORM, ENOUGH)
    address = check.headers["location"]
    at = len(address) // 2 + 40
    changed = address[:at] + ("A" if address[at] != "A" else "B") + address[at + 1 :]
    await building.missions.turn(state, "bus_fare", True, "local:tests")
    stranger = await come(state)
    for who, link in ((person, changed), (person, address[:-9]), (stranger, address), (person, f"{FORM}/check?a=é")):
        refused = await who.get(link)
        assert refused.status_code == 400 and "This link does not open" in words(refused)
    elsewhere = address.replace("reduced_pass", "refund")
    assert (await person.get(elsewhere)).status_code == 400


async def test_the_result_on_paper_has_every_line_and_the_receipt(person: Person) -> None:
    result = await computed(person, {**ENOUGH, "lang": "es"})
    link = re.findall(r'href="([^"]+result\.pdf[^"]+)"', result.text)[0]
    saved = await person.get(link)
    assert saved.headers["content-type"] == "application/pdf" and b"(es)" in saved.content
    document = pypdfium2.PdfDocument(io.BytesIO(saved.content))
    text = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    assert document.get_metadata_dict()["Title"].startswith("Pase mensual reducido")
    for said in ("Su pase mensual reducido", "Counted income", "40,000", "Fare order 12, s. 3(d)", "Página 1 de"):
        assert said in text, said
    record = re.findall(r"/receipts/([0-9a-f-]{36})", result.text)[0]
    assert record in text


async def test_what_is_typed_stays_text_and_never_comes_to_a_log(person: Person, come: Come, education: Agency) -> None:
    script = '"><script>alert(7654321)</script>'
    page = await person.post(FORM, {**ENOUGH, "income": script})
    assert "<script>alert" not in page.text and "&lt;script&gt;alert(7654321)" in page.text
    named = await come(education, name="<script>alert(1)</script>")
    assert "<script>alert" not in (await named.get("/missions")).text.casefold()
    with capture_logs() as lines:
        await person.post(FORM, {**ENOUGH, "income": "7,654,321"})
        await person.get(FORM, params={"income": "7654321"})
        await computed(person, {**ENOUGH, "income": "765432"})
    assert len(lines) > 4 and not re.search("7,?654,?32", repr(lines))


def test_every_word_of_the_pages_has_its_spanish() -> None:
    web = Path(publius.web.__file__).parent
    files = [*(web / "templates").rglob("*.html"), *(web / "missions").glob("*.py")]
    used = {
        next(filter(None, found))
        for file in files
        for found in re.findall(r'"([^"]+)" \| say\(|\bsay\("([^"]+)"', file.read_text(encoding="utf-8"))
    }
    assert len(used) > 50 and used <= spanish().keys()
    for english, other in spanish().items():
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", other)), english


@pytest.mark.parametrize("language", ["en", "es"])
async def test_every_tool_of_every_mission_has_its_form_and_says_what_is_missing(
    storage: Storage, settings: Settings, store: Path, engine: EchoEngine, education: Agency, language: str
) -> None:
    """The forms of the installed packs, which no code of theirs draws."""
    (settings.home / "models").symlink_to(store / "models")
    async with open_application(settings, storage, engine=engine) as app, serving(app) as address:
        user = await app.identity.users.create(education, "ana", name="Ana", role=Role.MEMBER)
        session = await app.identity.sessions.open(education, user.id)
        http = httpx.AsyncClient(base_url=address, timeout=30, cookies={"publius": session})
        person = Person(http, session)
        for pack in app.missions.packs.values():
            await app.missions.turn(education, pack.id, True, "local:tests")
            for tool in app.missions.tools(pack):
                path = f"/missions/{pack.id}/tools/{tool.name}"
                form = await person.get(f"{path}?lang={language}")
                assert form.status_code == 200 and f'<html lang="{language}">' in form.text, path
                for parameter in tool.parameters:
                    assert f'id="{parameter.name}"' in form.text, (path, parameter.name)
                blank = await person.post(path, {"lang": language})
                assert blank.status_code == 422, path
                for field in re.findall(
                    r'href="#([^"]+)"', blank.text.partition('id="problems"')[2].partition("</ul>")[0]
                ):
                    assert f'id="{field}"' in blank.text, (path, field)
        await http.aclose()
