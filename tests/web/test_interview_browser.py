"""The guided interview in a real browser: by keyboard alone, without scripts, in both languages, on a phone."""

import re

import pytest
from playwright.async_api import Browser, Page, expect
from tests.web.test_browser import FAULTS, Visit, chromium, enter, pytestmark
from tests.web.test_interview import FAMILY, START

from publius.application import Application
from publius.types import Agency

__all__ = ["chromium", "pytestmark"]
TABS = 80  # more than any page of the interview has places to stop at
WORDS = {
    "en": ("Start", "About you", "Check your answers", "is 5,250", "If the income were different"),
    "es": ("Empezar", "Sobre usted", "Revise sus respuestas", "es 5,250", "Si el ingreso fuera otro"),
}


@pytest.fixture
async def visit(chromium: Browser, building: Application, address: str, education: Agency) -> Visit:
    """Somebody on a phone whose browser runs no scripts."""
    await building.missions.turn(education, "student_aid", True, "local:tests")
    phone = {"viewport": {"width": 375, "height": 700}, "java_script_enabled": False}
    return await enter(chromium, building, address, education, **phone)


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what is focused matches."""
    for _ in range(TABS):
        await page.keyboard.press("Tab")
        if await page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"{selector} is not reached by keyboard on {page.url}")


async def press(page: Page, selector: str) -> None:
    """Go to a link or button by keyboard, press Enter, and wait for the page that comes."""
    await tab_to(page, selector)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def answer_by_keyboard(page: Page, text: str) -> None:
    """Answer the question in view, and go on with Enter."""
    if await page.locator("main [type=radio]").count():
        values = [await each.get_attribute("value") for each in await page.locator("main [type=radio]").all()]
        await tab_to(page, "main [type=radio]")
        for _ in range(values.index(text or "no")):
            await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Space")
        await expect(page.locator("main [type=radio]:checked")).to_have_value(text or "no")
    elif await page.locator("main select").count():
        await tab_to(page, "main select")
        await page.keyboard.type({"VA": "Virginia"}[text])
        await expect(page.locator("main select")).to_have_value(text)
    elif text:
        await tab_to(page, "main [type=text]")
        await page.keyboard.type(text)
    await press(page, "button[value=on]")


async def sound(page: Page) -> None:
    """Nothing wider than the phone, and no fault that an accessibility checker looks for first."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= 375, page.url
    assert await page.evaluate(FAULTS) == [], page.url


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "es"])
async def test_the_whole_way_by_keyboard_without_scripts(visit: Visit, language: str) -> None:
    page, (start, about, check, told, picture) = visit.page, WORDS[language]
    await visit.go(f"{START}?lang={language}")
    await sound(page)
    await expect(page.get_by_role("button", name=start)).to_be_visible()
    await press(page, "main form button")
    await expect(page.get_by_role("group", name=re.compile(f"^{about} "))).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", language)
    while found := re.search(r"/ask/([\w.]+)$", page.url):
        await sound(page)
        await answer_by_keyboard(page, FAMILY.get(found[1], ""))
    await expect(page.get_by_role("heading", level=1)).to_have_text(check)
    await sound(page)
    await press(page, "a[href$='/result']")
    await expect(page.locator(".result__says")).to_contain_text(told)
    await expect(page.get_by_role("heading", name=picture)).to_be_visible()
    await expect(page.get_by_role("img").first).to_be_visible()
    await sound(page)
    await tab_to(page, "summary")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("row").filter(has_text="85,000").first).to_be_visible()


async def test_enter_goes_on_an_error_takes_the_focus_and_leads_to_its_field(visit: Visit) -> None:
    page = visit.page
    await visit.go(START)
    await press(page, "main form button")
    await answer_by_keyboard(page, "2026-27")
    await tab_to(page, "main [type=text]")
    await page.keyboard.type("nineteen")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert page.url.endswith("/ask/birth_year"), "Enter in a field goes on, and not back"
    assert (await page.title()).startswith("Error:")
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#birth_year")).to_be_focused()
    await expect(page.locator("#birth_year")).to_have_value("nineteen")
    await page.keyboard.press("Control+a")
    await page.keyboard.type("2007")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await answer_by_keyboard(page, "")
    await page.go_back()
    await page.go_back()
    await expect(page.locator("#birth_year")).to_have_value("2007")
    await press(page, "button[value=on]")
    await expect(page.locator("main [type=radio][value=no]")).to_be_checked()
