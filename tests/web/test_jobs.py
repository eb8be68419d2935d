"""The promise: many files from one form are read in the background, and their page says how far they are."""

import asyncio

from tests.web.people import Come, words

from publius.types import Agency, Role


def sent(count: int) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (f"rule-{n}.md", f"# Rule {n}\n\nForm {n} is due in {n} days.".encode())) for n in range(count)]


async def test_many_files_become_a_job_that_can_be_watched_without_scripts(
    come: Come, education: Agency, state: Agency
) -> None:
    person = await come(education, Role.ADMINISTRATOR)
    files = [*sent(11), ("files", ("broken.pdf", b"%PDF-no"))]
    page = await person.post("/documents/add", files=files, follow_redirects=True)
    path = page.url.path
    assert path.startswith("/documents/jobs/") and "of 12 read" in words(page)
    async with asyncio.timeout(60):
        while "11 of 12 read, 1 failed" not in words(page):
            assert "http-equiv" in page.text, "which asks again by itself"
            await asyncio.sleep(0.1)
            page = await person.get(path)
    while "http-equiv" in page.text:
        page = await person.get(path)
    assert "broken.pdf" in words(page) and "Pause" not in words(page)
    piece = await person.get(path, headers={"HX-Request": "true"})
    assert "<html" not in piece.text and "11 of 12 read" in words(piece) and "data-hx-get" not in piece.text
    assert "11 read" in words(await person.get("/documents/jobs"))

    for stranger, status in ((await come(state, Role.ADMINISTRATOR), 404), (await come(education), 403)):
        assert (await stranger.get(path)).status_code == status
        assert (await stranger.post(f"{path}/remove")).status_code == status
    assert (await person.post(f"{path}/retry")).status_code == 303
    gone = await person.post(f"{path}/remove", follow_redirects=True)
    assert "There are none." in words(gone)
    assert (await person.get(path)).status_code == 404


async def test_a_few_files_are_told_about_at_once(come: Come, education: Agency) -> None:
    person = await come(education, Role.ADMINISTRATOR)
    page = await person.post("/documents/add", files=sent(2))
    assert page.status_code == 200 and words(page).count("Read: 1 passage, ready to answer from.") == 2
