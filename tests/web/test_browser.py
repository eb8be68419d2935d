"""The pages in a real browser: sentences that arrive, a citation in view, a phone, a keyboard, no scripts at all."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from tests.web.people import ASKED

from publius.application import Application
from publius.inference.echo import EchoEngine
from publius.types import Agency, Role

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        await browser.close()


class Visit:
    """Somebody at a browser. Whatever the console complains about, such as a broken policy, is kept."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "blob:", "data:")):
            self.complaints.append(f"a request to {url}")

    async def go(self, path: str) -> None:
        await self.page.goto(self.address + path)


async def enter(
    chromium: Browser, building: Application, address: str, agency: Agency, role: Role = Role.MEMBER, **options: object
) -> Visit:
    """Sign somebody in by a one-time link, as a person would."""
    context: BrowserContext = await chromium.new_context(**options)  # type: ignore[arg-type]
    visit = Visit(await context.new_page(), address)
    user = await building.identity.users.create(agency, f"{role}-{len(chromium.contexts)}", name="Ana", role=role)
    await visit.go("/sign-in/" + await building.identity.sessions.link(agency, user.id))
    await visit.page.get_by_role("button", name="Continue to Publius").click()
    await expect(visit.page.get_by_role("heading", level=1)).to_have_text("What do you want to know?")
    return visit


async def test_sentences_arrive_and_a_citation_opens_in_view(
    chromium: Browser, building: Application, address: str, education: Agency, library: str, engine: EchoEngine
) -> None:
    engine._delay = 0.05
    visit = await enter(chromium, building, address, education, viewport={"width": 1280, "height": 600})
    page = visit.page
    await page.get_by_label("Your question").fill(ASKED)
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("button", name="Stop")).to_be_visible()
    await expect(page.locator(".turn--running .sentence").first).to_contain_text("$310 a day")
    assert "$999" not in await page.locator("main").inner_text()
    await expect(page.locator("#status")).to_contain_text("Answer complete. 2 withheld.")
    await expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    await expect(page.locator(".turn")).to_have_count(1)
    assert "/conversations/" in page.url
    await page.get_by_text("2 sentences were withheld").click()
    await expect(page.locator(".withheld__text").last).to_contain_text("$999")

    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="Copy with sources").click()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert "The travel allowance is $310 a day. [1]" in copied and "$999" not in copied
    assert "[1] Leave handbook: “The travel allowance is $310 a day.”" in copied

    await page.locator(".cite").first.click()
    cited = page.locator("mark.cited")
    await expect(cited).to_have_text("The travel allowance is $310 a day.")
    await expect(cited).to_be_in_viewport()
    await page.go_back()
    await page.get_by_role("link", name="Receipt").click()
    await expect(page.get_by_text("Checked just now")).to_be_visible()
    assert visit.complaints == []


async def test_stop_ends_the_answer(
    chromium: Browser, building: Application, address: str, education: Agency, library: str, engine: EchoEngine
) -> None:
    engine._delay = 0.3
    visit = await enter(chromium, building, address, education)
    await visit.page.get_by_label("Your question").fill(ASKED)
    await visit.page.get_by_role("button", name="Ask", exact=True).click()
    await visit.page.get_by_role("button", name="Stop").click()
    await expect(visit.page.locator(".stopped")).to_contain_text("You stopped this answer")
    await expect(visit.page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
    for _ in range(50):
        await visit.page.reload()
        if "You stopped this answer" in await visit.page.locator(".turn").inner_text():
            break
        await asyncio.sleep(0.1)
    await expect(visit.page.locator(".turn")).to_contain_text("You stopped this answer")
    assert (await engine.health()).running == 0


async def test_llama_alone_keeps_its_words_in_order_and_is_marked(
    chromium: Browser, building: Application, address: str, education: Agency
) -> None:
    visit = await enter(chromium, building, address, education)
    await visit.page.get_by_text("Llama alone").click()
    await visit.page.get_by_label("Your question").fill("- one\n- two <hx-partial> & <b>three</b>")
    await visit.page.get_by_role("button", name="Ask", exact=True).click()
    await expect(visit.page.locator(".verdict--unchecked")).to_contain_text("Not checked against documents")
    await expect(visit.page.locator(".turn__answer")).to_contain_text("two <hx-partial> & <b>three</b>")
    assert visit.complaints == []


async def test_an_example_is_asked_with_one_click(
    chromium: Browser, building: Application, address: str, education: Agency, library: str
) -> None:
    visit = await enter(chromium, building, address, education)
    await visit.page.get_by_role("button", name="What are the main points of “Leave handbook”?").click()
    await expect(visit.page.locator("#status")).to_contain_text("Answer complete")
    await expect(visit.page.locator(".turn__question")).to_have_text("What are the main points of “Leave handbook”?")
    await expect(visit.page.locator("#introduction")).to_have_count(0)
    assert visit.complaints == []


async def test_what_fails_before_an_answer_is_said_in_its_place(
    chromium: Browser, building: Application, address: str, education: Agency
) -> None:
    visit = await enter(chromium, building, address, education)
    await visit.page.get_by_label("Your question").fill("   ")
    await visit.page.get_by_role("button", name="Ask", exact=True).click()
    await expect(visit.page.get_by_role("alert")).to_contain_text("Write a question first.")
    await expect(visit.page.get_by_role("heading", level=1)).to_have_count(1)
    [user] = await building.identity.users.list(education)
    await building.identity.users.end_sessions(education, user.id)
    await visit.page.get_by_label("Your question").fill("Is anybody there?")
    await visit.page.get_by_role("button", name="Ask", exact=True).click()
    await expect(visit.page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_uploads_show_what_becomes_of_each_file(
    chromium: Browser, building: Application, address: str, education: Agency
) -> None:
    visit = await enter(chromium, building, address, education, Role.ADMINISTRATOR)
    page = visit.page
    await page.get_by_role("link", name="Documents").first.click()
    files = [
        {"name": "fees.md", "mimeType": "text/markdown", "buffer": b"# Fees\n\nThe fee is $42."},
        {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 nothing"},
    ]
    await page.get_by_label("Files", exact=True).set_input_files(files)
    await page.get_by_role("button", name="Add").click()
    await expect(page.locator("#progress li").nth(0)).to_contain_text("ready to answer from")
    await expect(page.locator("#progress li").nth(1).locator(".icon--error")).to_be_visible()
    await expect(page.locator("#progress-status")).to_contain_text("1 of 2 read. 1 could not be read")
    await page.get_by_role("link", name="Show them in the list").click()
    await page.get_by_role("link", name="Fees", exact=True).click()
    await expect(page.locator(".opened__text")).to_contain_text("The fee is $42.")
    assert visit.complaints == []


async def test_the_whole_of_it_works_without_scripts(
    chromium: Browser, building: Application, address: str, education: Agency, library: str
) -> None:
    visit = await enter(chromium, building, address, education, Role.ADMINISTRATOR, java_script_enabled=False)
    page = visit.page
    await page.get_by_label("Your question").fill(ASKED)
    await page.get_by_role("button", name="Ask", exact=True).click()
    await expect(page.locator(".turn")).to_contain_text("$310 a day")
    await page.locator(".cite").first.click()
    await expect(page.locator("mark.cited")).to_be_in_viewport()
    await page.get_by_role("link", name="Documents").first.click()
    await page.get_by_label("Files", exact=True).set_input_files(
        [{"name": "fees.md", "mimeType": "text/markdown", "buffer": b"# Fees\n\nThe fee is $42."}]
    )
    await page.get_by_role("button", name="Add").click()
    await expect(page.get_by_label("What became of the files")).to_contain_text("ready to answer from")
    await page.get_by_role("link", name="Conversations").click()
    await page.locator("summary", has_text="Rename").click()
    await page.get_by_label("New title").fill("Travel money")
    await page.get_by_role("button", name="Rename").click()
    await page.get_by_role("link", name="Delete Travel money").click()
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("You have not asked anything yet.")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_the_keyboard_alone_is_enough(
    chromium: Browser, building: Application, address: str, education: Agency, library: str
) -> None:
    visit = await enter(chromium, building, address, education)
    page = visit.page
    await visit.go("/")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Your question")).to_be_focused()
    await page.keyboard.type(ASKED)
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Our documents")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#status")).to_contain_text("Answer complete")
    await expect(page.get_by_label("Ask a further question")).to_be_focused()
    for _ in range(12):
        await page.keyboard.press("Shift+Tab")
        if await page.evaluate("document.activeElement.classList.contains('cite')"):
            break
    await page.keyboard.press("Enter")
    await expect(page.locator("mark.cited")).to_be_focused()


async def test_a_phone_never_scrolls_sideways_and_the_marks_are_in_order(
    chromium: Browser, building: Application, address: str, education: Agency, library: str
) -> None:
    await building.retrieval.add(education, "local:tests", f"{'long' * 20}.txt", b"Words without end: " + b"x" * 300)
    phone = {"viewport": {"width": 360, "height": 740}}
    visit = await enter(chromium, building, address, education, Role.ADMINISTRATOR, **phone)
    await visit.page.get_by_label("Your question").fill(f"{ASKED} {'y' * 200}")
    await visit.page.get_by_role("button", name="Ask", exact=True).click()
    await expect(visit.page.locator("#status")).to_contain_text("Answer complete")
    answered = visit.page.url.removeprefix(address)
    receipt = str(await visit.page.get_by_role("link", name="Receipt").get_attribute("href"))
    manage = ["/manage", "/manage/members", "/manage/keys"]
    for path in ["/", answered, receipt, "/documents", f"/documents/{library}", "/conversations", "/settings", *manage]:
        await visit.go(path)
        wide = await visit.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, f"{path} is {wide} wide"
        assert await visit.page.evaluate(FAULTS) == [], path
    assert visit.complaints == []


# What an accessibility checker looks for first: names, labels, the order of headings, unique ids, contrast.
FAULTS = (Path(__file__).parent / "faults.js").read_text()
