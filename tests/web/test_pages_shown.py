"""A cited page as it looks: drawn from the file, the cited words marked, the text beside it, walls before all."""

import io
import re

import pytest
from PIL import Image
from playwright.async_api import Browser, expect
from reportlab.pdfbase.pdfmetrics import stringWidth
from tests.retrieval.reading.making import eml, pdf, running_text
from tests.web.people import Come, words
from tests.web.test_browser import CHROMIUM, FAULTS, chromium, enter  # noqa: F401 - a fixture

from publius.application import Application
from publius.types import Agency, Role

RULE = "Records are kept for forty-five days after the student has left."
PAGES = (running_text(700, "This page says nothing of records."), running_text(400, RULE))


@pytest.fixture
async def rule(building: Application, education: Agency) -> str:
    """The address of the cited words of a PDF."""
    added = await building.retrieval.add(education, "local:tests", "rules.pdf", pdf(*PAGES, title="Rules"))
    text = (await building.retrieval.open(education, added.document_id)).text
    start = text.index("forty-five days")
    return f"/documents/{added.document_id}?revision=1&start={start}&end={start + 15}"


async def test_the_cited_page_is_shown_with_its_words_marked(come: Come, education: Agency, rule: str) -> None:
    person = await come(education)
    page = await person.get(rule)
    shown = words(page)
    assert "Page 2 of 2 as it looks, with the cited words marked" in shown
    assert '<mark class="cited"' in page.text and "Dated" in shown and "English" in shown
    [found] = re.findall(r'<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', page.text)
    x, y, width, height = map(int, found)
    # The line's feet are 400 points above the lower edge of a letter page.
    assert y < (792 - 400) / 792 * 10_000 < y + height
    assert 0 < x < 5_000 and 500 < width < 3_000
    [address] = re.findall(r'<img src="(/documents/[^"]+)"', page.text)
    picture = await person.get(address.replace("&amp;", "&"))
    assert picture.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(picture.content)).size == (1200, 1553)
    other = await person.get(rule + "&page=1")
    assert "Page 1 of 2 as it looks" in words(other) and "<rect" not in other.text and "The cited page" in words(other)


async def test_no_page_is_drawn_for_whom_the_document_is_not(
    come: Come, building: Application, education: Agency, state: Agency, rule: str
) -> None:
    address = rule.partition("?")[0] + "/pages/2"
    member = await come(education)
    assert (await member.get(address)).status_code == 200
    assert (await (await come(state, Role.ADMINISTRATOR)).get(address)).status_code == 404
    assert (await (await come()).get(address)).status_code == 303
    assert (await (await come(education, Role.AUDITOR)).get(address)).status_code == 403
    for page in ("0", "3", "99999999", "-1"):
        assert (await member.get(rule.partition("?")[0] + f"/pages/{page}")).status_code == 404
    document = building.retrieval
    found = (await document.list(education)).documents[0]
    await document.label(education, found.id, "CUI")
    assert (await member.get(address)).status_code == 404  # it had been drawn before
    await document.remove(education, found.id)
    assert not document.pages._kept  # nor does anything of it stay in memory
    assert (await (await come(education, Role.ADMINISTRATOR)).get(address)).status_code == 404


async def test_a_mail_links_to_what_came_in_it_and_back(come: Come, building: Application, education: Agency) -> None:
    mail = eml(("rules.pdf", pdf(*PAGES)), ("setup.exe", b"MZ\x90" + bytes(40)))
    added = await building.retrieval.add(education, "local:tests", "note.eml", mail)
    person = await come(education, Role.ADMINISTRATOR)
    shown = await person.get(f"/documents/{added.document_id}")
    assert "note.eml/setup.exe: not read. The file is a program" in words(shown)
    part = added.parts[0].added
    assert part and f'href="/documents/{part.document_id}"' in shown.text
    inside = await person.get(f"/documents/{part.document_id}")
    assert f'href="/documents/{added.document_id}">note.eml</a>' in inside.text
    assert "and with them what came inside of it" in words(await person.get(f"/documents/{added.document_id}/remove"))
    listed = words(await person.get("/documents"))
    assert "note.eml/rules.pdf" in listed and "dated 24 November 2026" in listed and "Núria Vidal" in listed


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}")
async def test_in_a_browser_the_mark_lies_over_the_cited_words(
    chromium: Browser,  # noqa: F811
    building: Application,
    address: str,
    education: Agency,
    rule: str,
) -> None:
    visit = await enter(chromium, building, address, education, viewport={"width": 1000, "height": 900})
    await visit.go(rule + "#sheet")
    image, mark = visit.page.locator(".sheet img"), visit.page.locator(".sheet rect")
    await expect(image).to_be_visible()
    await expect(mark).to_have_count(1)
    page, box = await image.bounding_box(), await mark.bounding_box()
    assert page and box
    assert page["width"] > 400
    left = 72 + stringWidth("Records are kept for ", "Helvetica", 11)
    right = left + stringWidth("forty-five days", "Helvetica", 11)
    assert (box["x"] - page["x"]) / page["width"] == pytest.approx(left / 612, abs=0.005)
    assert (box["x"] + box["width"] - page["x"]) / page["width"] == pytest.approx(right / 612, abs=0.005)
    feet = page["y"] + (792 - 400) / 792 * page["height"]
    assert box["y"] < feet < box["y"] + box["height"]
    # By keyboard: from the picture to the other page and back.
    await visit.page.get_by_role("link", name="Previous page").press("Enter")
    await expect(visit.page.locator(".sheet figcaption")).to_have_text("Page 1 of 2 as it looks")
    await visit.page.get_by_role("link", name="The cited page").press("Enter")
    await expect(mark).to_have_count(1)
    # On a phone nothing is wider than it, and a checker for accessibility finds nothing.
    await visit.page.set_viewport_size({"width": 360, "height": 740})
    assert await visit.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await visit.page.evaluate(FAULTS) == []
    assert visit.complaints == []
