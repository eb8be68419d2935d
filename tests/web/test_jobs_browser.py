"""A job's page in a real browser: it says how far the job is by itself, and its buttons are those that do something."""

import re

import pytest
from playwright.async_api import Browser, Route, expect
from tests.web.test_browser import FAULTS, chromium, enter, pytestmark
from tests.web.test_interview_browser import press, tab_to

from publius.application import Application
from publius.retrieval.jobs import Job
from publius.types import Agency, Role

__all__ = ["chromium", "pytestmark"]
FILES = 8


@pytest.fixture
async def job(building: Application, education: Agency) -> Job:
    """A job that is paused before anything of it is read, so that the test decides when it goes on."""
    files = [(f"rule-{n}.md", f"# Rule {n}\n\nForm {n} is due in {n} days.".encode()) for n in range(FILES)]
    waiting = await building.jobs.put(education, "local:tests", "Test", [*files, ("broken.pdf", b"%PDF-no")])
    return await building.jobs.pause(education, waiting.id)


async def test_progress_comes_by_itself_and_the_buttons_with_it(
    chromium: Browser, building: Application, address: str, education: Agency, job: Job
) -> None:
    visit = await enter(
        chromium, building, address, education, Role.ADMINISTRATOR, viewport={"width": 360, "height": 700}
    )
    page = visit.page
    await visit.go(f"/documents/jobs/{job.id}")
    state = page.locator("#state")
    await expect(state).to_contain_text("Paused: ")
    assert await page.evaluate(FAULTS) == []
    await page.evaluate("window.still = true")
    await tab_to(page, "#cancel-button")
    async with page.expect_response("**/documents/jobs/*"):
        pass
    await expect(page.locator("#cancel-button")).to_be_focused()

    await building.jobs.resume(education, job.id)
    await expect(state).to_have_text(f"{FILES} of {FILES + 1} read, 1 failed", timeout=30_000)
    await expect(page.get_by_text("broken.pdf")).to_be_visible()
    await expect(page.get_by_role("button", name="Take off the list")).to_be_visible()
    for name in ("Pause", "Go on", "Cancel the rest"):
        await expect(page.get_by_role("button", name=name)).to_be_hidden()
    assert await page.evaluate("window.still"), "and the page was never loaded anew"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.wait_for_timeout(2_500)
    assert asked == [], "what is over is not asked for again"

    await page.get_by_role("button", name="Take off the list").click()
    await expect(page.get_by_text("There are none.")).to_be_visible()
    assert visit.complaints == []


async def test_paused_and_resumed_by_keyboard(
    chromium: Browser, building: Application, address: str, education: Agency, job: Job
) -> None:
    visit = await enter(chromium, building, address, education, Role.ADMINISTRATOR)
    page = visit.page
    await visit.go(f"/documents/jobs/{job.id}")
    async with building.database.agency(education) as connection:  # so that it does not end before it is paused again
        await connection.execute("LOCK TABLE documents IN EXCLUSIVE MODE")
        await press(page, "#resume-button")
        await expect(page.get_by_text("Being read: rule-").first).to_be_visible()
        await press(page, "#pause-button")
        # One file may have come to its end by then.
        await expect(page.locator("#state")).to_contain_text(re.compile(r"Paused: \d of"))
    await press(page, "#resume-button")
    await expect(page.locator("#state")).to_have_text(f"{FILES} of {FILES + 1} read, 1 failed", timeout=30_000)
    assert visit.complaints == []


async def test_a_server_that_is_away_for_a_moment_does_not_end_it(
    chromium: Browser, building: Application, address: str, education: Agency, job: Job
) -> None:
    visit = await enter(chromium, building, address, education, Role.ADMINISTRATOR)
    page, failed = visit.page, 0

    async def away(route: Route) -> None:
        nonlocal failed
        failed += 1
        if failed == 1:
            await route.abort()
        elif failed == 2:
            await route.fulfill(status=503, body="<p>Unavailable</p>", content_type="text/html")
        else:
            await route.continue_()

    await visit.go(f"/documents/jobs/{job.id}")
    await page.route(f"**/documents/jobs/{job.id}", away)
    await building.jobs.resume(education, job.id)
    await expect(page.locator("#state")).to_have_text(f"{FILES} of {FILES + 1} read, 1 failed", timeout=30_000)
    assert failed >= 3
    await expect(page.get_by_text("Unavailable")).to_be_hidden()
