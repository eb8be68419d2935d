"""The promise: an administrator adds, runs, pauses and removes sources by plain pages, and nobody else does."""

import asyncio
from pathlib import Path

import httpx
import msgspec
import pytest
from playwright.async_api import Browser, expect
from tests.web.people import Come, Person, words
from tests.web.test_browser import FAULTS, chromium, enter
from tests.web.test_browser import pytestmark as in_browser
from tests.web.test_interview_browser import press

from publius.api import clock
from publius.application import Application
from publius.settings import Settings
from publius.types import Agency, Role

__all__ = ["chromium"]
SECRET = "never-shown-again"


@pytest.fixture
def rules(home: Path) -> Path:
    folder = home / "srv" / "rules"
    folder.mkdir(parents=True)
    (folder / "a.md").write_text("# A\n\nThe first rule is short.")
    (folder / "large.md").write_bytes(b"x" * 1_000_001)
    return folder


@pytest.fixture
def settings(settings: Settings, rules: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(clock, "EVERY", 0.1)
    return msgspec.structs.replace(settings, source_folders=str(rules.parent), max_upload_mb=1)


async def ended(building: Application, agency: Agency, person: Person, said: str) -> httpx.Response:
    """The list of sources, once it says so and all that was handed over is read."""
    async with asyncio.timeout(60):
        while True:
            page = await person.get("/manage/sources")
            left = any(job.left for job in await building.jobs.list(agency))
            if said in words(page) and "Running" not in words(page) and not left:
                return page
            await asyncio.sleep(0.1)


async def test_from_the_empty_list_to_the_removal_with_documents(
    come: Come, building: Application, education: Agency, rules: Path
) -> None:
    person = await come(education, Role.ADMINISTRATOR)
    assert "There are none yet." in words(await person.get("/manage/sources"))
    wrong = await person.post("/manage/sources/add/folder", {"name": "rules", "address": "/etc"})
    assert wrong.status_code == 422 and "PUBLIUS_SOURCE_FOLDERS" in words(wrong) and 'value="/etc"' in wrong.text
    fields = {"name": "rules", "address": str(rules), "every": "1440", "removes": "1"}
    page = await person.post("/manage/sources/add/folder", fields, follow_redirects=True)
    assert "every day" in words(page) and "is removed" in words(page)
    page = await ended(building, education, person, "Last run")  # it is due at once, by its clock
    assert "2 found, 1 new or changed, 0 vanished, 1 not taken" in words(page) and "large.md: " in words(page)
    page = await person.post("/manage/sources/rules/pause", follow_redirects=True)
    assert "Paused" in words(page) and "Go on" in words(page)
    (rules / "b.md").write_text("# B\n\nThe second rule is new.")
    page = await person.post("/manage/sources/rules/run", follow_redirects=True)
    await ended(building, education, person, "3 found, 1 new or changed")
    assert "Its 2 documents" in words(await person.get("/manage/sources/rules/remove"))
    page = await person.post("/manage/sources/rules/remove", {"documents": "remove"}, follow_redirects=True)
    assert "There are none yet." in words(page)
    assert (await building.retrieval.list(education)).total == 0
    record = words(await (await come(education, Role.AUDITOR)).get("/ledger"))
    for done in ("added rules", "the clock ran rules", "paused rules", "had run rules", "removed rules with its doc"):
        assert done in record and str(rules) in record, "the auditor sees who did what, and where it is"


async def test_documents_stay_unless_it_is_said(
    come: Come, building: Application, education: Agency, rules: Path
) -> None:
    person = await come(education, Role.ADMINISTRATOR)
    source = await building.sources.add(education, "user:1", "rules", str(rules))
    await building.run_source(education, source)
    async with asyncio.timeout(60):
        while (await building.retrieval.list(education)).total == 0:
            await asyncio.sleep(0.1)
    await person.post("/manage/sources/rules/remove", {"documents": "keep"})
    assert await building.sources.list(education) == ()
    assert (await building.retrieval.list(education)).total == 1


@pytest.mark.parametrize(
    ("kind", "fields", "field", "said"),
    [
        ("folder", {"address": "/etc"}, "address", "PUBLIUS_SOURCE_FOLDERS"),
        ("web", {"address": "agency.gov"}, "address", "begins with https://"),
        ("web", {"address": "https://u:hunter2@agency.gov/"}, "address", "without a name or password"),
        ("web", {"address": "https://agency.gov/", "hosts": "*.gov"}, "hosts", "in full"),
        ("web", {"address": "https://agency.gov/", "name": "My Rules"}, "name", "lower-case letters"),
        ("ckan", {"address": "https://catalog.data.gov"}, "query", "Give a query"),
        ("bucket", {"address": "https://s3.test", "style": "host"}, "address", "names no bucket"),
        ("bucket", {"address": "https://s3.test/b", "key": "k"}, "secret", "Give both"),
        ("bucket", {"address": "https://s3.test/b", "region": "Mars 1"}, "region", "region"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    come: Come, education: Agency, kind: str, fields: dict[str, str], field: str, said: str
) -> None:
    person = await come(education, Role.ADMINISTRATOR)
    page = await person.post(
        f"/manage/sources/add/{kind}", {"name": "rules", "every": "1440", "removes": "1", **fields}
    )
    assert page.status_code == 422 and said in words(page) and f'href="#{field}"' in page.text
    assert "checked" in page.text and 'value="1440" selected' in page.text
    for name, value in fields.items():
        assert f'value="{value}"' in page.text, name


async def test_a_secret_is_shown_on_no_page(come: Come, education: Agency) -> None:
    person = await come(education, Role.ADMINISTRATOR)
    fields = {"name": "laws", "address": "https://s3.test/rules", "key": "reader", "secret": SECRET}
    wrong = await person.post("/manage/sources/add/bucket", {**fields, "name": "NO"})
    assert wrong.status_code == 422 and SECRET not in wrong.text and 'value="reader"' in wrong.text
    page = await person.post("/manage/sources/add/bucket", fields, follow_redirects=True)
    assert "laws" in words(page) and SECRET not in page.text


async def test_nobody_else_comes_near(
    come: Come, building: Application, education: Agency, state: Agency, rules: Path
) -> None:
    await building.sources.add(education, "user:1", "rules", str(rules))
    paths = ["/manage/sources", "/manage/sources/add/folder", "/manage/sources/rules/remove"]
    for person in (await come(education), await come(education, Role.AUDITOR)):
        for path in paths:
            assert (await person.get(path)).status_code == 403
        for act in ("run", "pause", "resume", "remove"):
            assert (await person.post(f"/manage/sources/rules/{act}")).status_code == 403
    stranger = await come(state, Role.ADMINISTRATOR)
    assert "There are none yet." in words(await stranger.get("/manage/sources"))
    for act in ("run", "pause", "resume", "remove"):
        assert (await stranger.post(f"/manage/sources/rules/{act}")).status_code == 404
    assert (await stranger.get("/manage/sources/add/ftp")).status_code == 404
    assert len(await building.sources.list(education)) == 1


class TestInABrowser:
    pytestmark = in_browser

    async def test_by_keyboard_without_scripts_on_a_phone(
        self, chromium: Browser, building: Application, address: str, education: Agency, rules: Path
    ) -> None:
        phone = {"viewport": {"width": 360, "height": 700}, "java_script_enabled": False}
        visit = await enter(chromium, building, address, education, Role.ADMINISTRATOR, **phone)
        page = visit.page
        await visit.go("/manage")
        await press(page, "[href='/manage/sources']")
        await press(page, "[href='/manage/sources/add/folder']")
        await page.get_by_label("Name", exact=True).fill("rules")
        await page.get_by_label("Folder", exact=True).fill(str(rules))
        await press(page, "main button[type=submit]")
        await expect(page.get_by_text("It has not been run.")).to_be_visible()
        await press(page, "[action='/manage/sources/rules/run'] button")
        await expect(page.get_by_text("2 found, 1 new or changed")).to_be_visible(timeout=30_000)  # it reloads itself
        await press(page, "[href='/manage/sources/rules/remove']")
        await press(page, "main button[type=submit]")
        await expect(page.get_by_text("There are none yet.")).to_be_visible()
        assert (await building.retrieval.list(education)).total == 1

    async def test_every_page_is_fit_for_a_phone_and_a_screen_reader(
        self, chromium: Browser, building: Application, address: str, education: Agency, rules: Path
    ) -> None:
        await building.sources.add(education, "user:1", "r" * 40, str(rules), every_minutes=60)
        phone = {"viewport": {"width": 360, "height": 700}}
        visit = await enter(chromium, building, address, education, Role.ADMINISTRATOR, **phone)
        adding = [f"/manage/sources/add/{kind}" for kind in ("folder", "web", "ckan", "bucket")]
        for path in ["/manage/sources", f"/manage/sources/{'r' * 40}/remove", *adding]:
            await visit.go(path)
            assert await visit.page.evaluate("document.documentElement.scrollWidth") <= 360, path
            assert await visit.page.evaluate(FAULTS) == [], path
        assert visit.complaints == []
