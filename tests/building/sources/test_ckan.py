"""The promise: what a catalogue has on a subject is read with its licence and publisher, and kept up to date."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.building.sources.catalogue import Catalogue
from tests.building.sources.site import Site, names, run, served

from publius.application import Application
from publius.errors import InvalidRequest, NotFetched
from publius.retrieval.sources import ckan
from publius.types import Agency

TABLE = b"Well,Depth\nNorth,40\nSouth,55\n"


@pytest.fixture
async def catalogue() -> AsyncIterator[Catalogue]:
    async with served(Catalogue) as catalogue:
        yield catalogue


async def add(building: Application, agency: Agency, catalogue: Catalogue, address: str = "", **settings: Any) -> None:
    settings = {"pause": 0, **settings}
    at = address or catalogue.address
    await building.sources.add(agency, "user:1", "site", at, kind="ckan", settings=settings, removes=True)


async def test_files_come_with_licence_and_publisher_and_only_once(
    building: Application, education: Agency, catalogue: Catalogue
) -> None:
    wells = {"url": f"{catalogue.address}/files/wells.csv", "name": "Wells", "format": "CSV"}
    catalogue.dataset("wells", wells, {**wells, "format": "SHP"}, tags=("water",), license_title="Public Domain")
    catalogue.dataset("roads", {**wells, "url": f"{catalogue.address}/files/roads.csv"}, tags=("roads",))
    catalogue.pages["/files/wells.csv"] = (200, {"ETag": '"1"'}, TABLE)
    await add(building, education, catalogue, f"{catalogue.address}/api/3", tags=["water"], organization="water")
    first = await run(building, education)
    assert (first.found, first.changed, first.refused) == (1, 1, [])
    document = (await building.retrieval.list(education)).documents[0]
    assert document.name == "site/wells/00aaaaaa/Wells.csv" and document.publisher == "Water Board"
    origin = (await building.retrieval.open(education, document.id)).origin
    assert origin and origin.licence == "Public Domain" and origin.address == wells["url"]

    assert (await run(building, education)).changed == 0 and catalogue.headers[-1]["If-None-Match"] == '"1"'
    catalogue.pages["/files/wells.csv"] = (200, {"ETag": '"2"'}, TABLE + b"West,60\n")
    assert (await run(building, education)).changed == 1
    assert list((await names(building, education)).values()) == [2]
    catalogue.dataset("more", {**wells, "name": "More wells"}, tags=("water",))
    del catalogue.datasets["wells"]
    done = await run(building, education)
    assert len(done.vanished) == 1 and done.found == 1
    catalogue.datasets.clear()
    with pytest.raises(NotFetched, match="no such file"):
        await run(building, education)


async def test_what_the_catalogue_keeps_itself_is_asked_for_only_when_it_says_that_it_changed(
    building: Application, education: Agency, catalogue: Catalogue
) -> None:
    kept = {"url": f"{catalogue.address}/kept.csv", "format": "text/csv", "url_type": "upload", "name": "Kept"}
    catalogue.dataset("kept", {**kept, "last_modified": "2026-01-01T00:00:00"})
    catalogue.pages["/kept.csv"] = TABLE
    await add(building, education, catalogue, datasets=["kept"])
    await run(building, education)
    catalogue.pages["/kept.csv"] = TABLE + b"West,60\n"
    catalogue.asked.clear()
    assert (await run(building, education)).changed == 0 and "/kept.csv" not in catalogue.asked
    catalogue.datasets["kept"]["resources"][0]["last_modified"] = "2026-02-01T00:00:00"
    assert (await run(building, education)).changed == 1


async def test_every_page_of_what_is_found_is_read_and_no_more_than_is_wanted(
    building: Application, education: Agency, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ckan, "ROWS", 2)
    for number in range(5):
        path = f"/{number}.csv"
        catalogue.dataset(f"set-{number}", {"url": catalogue.address + path, "format": ".CSV", "name": ""})
        catalogue.pages[path] = TABLE + f"Well {number},{number}\n".encode()
    await add(building, education, catalogue, query="*:*", resources=4)
    done = await run(building, education)
    assert done.changed == 4 and [each.reason for each in done.refused] == [
        "There are more than 4 files. Ask for fewer."
    ]
    await building.sources.remove(education, "user:1", "site")
    await add(building, education, catalogue, query="*:*")
    assert (await run(building, education)).changed == 1


async def test_a_file_that_cannot_be_had_is_told_and_the_others_are_read(
    building: Application, education: Agency, catalogue: Catalogue, other: Site
) -> None:
    def file(name: str, url: str = "") -> dict[str, Any]:
        return {"url": url or f"{catalogue.address}/{name}", "name": name, "format": "CSV"}

    other.pages["/elsewhere"] = TABLE
    catalogue.pages["/good"] = TABLE
    catalogue.pages["/page"] = (200, {"Content-Type": "text/html"}, b"<html><body>Sign in</body></html>")
    catalogue.pages["/moved"] = (302, {"Location": "http://169.254.169.254/"}, b"")
    catalogue.pages["/large"] = b"x" * 1_000_001
    catalogue.dataset("files", file("good"), file("missing"), file("page"), file("moved"), file("large"),
                      file("elsewhere", f"{other.address}/elsewhere"), file("typed", "see our web site"))  # fmt: skip
    await add(building, education, catalogue, datasets=["files", "no-such-dataset"])
    done = await run(building, education)
    reasons = {each.name.rpartition("/")[2].removesuffix(".csv"): each.reason for each in done.refused}
    assert done.changed == 1 and not other.asked
    assert "404" in reasons["missing"] and "leads to a page" in reasons["page"] and "redirects" in reasons["moved"]
    assert "larger" in reasons["large"] and "not allowed" in reasons["elsewhere"] and "no address" in reasons["typed"]
    assert "no-such-dataset" in reasons["no-such-dataset"]
    catalogue.pages["/missing"] = TABLE + b"West,60\n"
    assert (await run(building, education)).changed == 1


async def test_what_is_no_catalogue_or_no_question_is_said(
    building: Application, education: Agency, catalogue: Catalogue
) -> None:
    with pytest.raises(InvalidRequest, match="Nothing of the catalogue"):
        await add(building, education, catalogue)
    catalogue.dataset("wells", {"url": f"{catalogue.address}/wells.csv", "format": "CSV"}, tags=('a" OR "b',))
    catalogue.pages["/wells.csv"] = TABLE
    await add(building, education, catalogue, tags=['a" OR "b'])
    assert (await run(building, education)).changed == 1, "a tag is a tag, whatever is in it"
    for answer in (b"<html>", b"{}", b'{"success": true, "result": 3}', (403, {}, b""), (500, {}, b""), b"[" * 100_000):
        search = next(path for path in catalogue.asked if "package_search" in path)
        catalogue.pages[search] = answer  # type: ignore[assignment]
        with pytest.raises(NotFetched, match="catalogue"):
            await run(building, education)
    assert len(await names(building, education)) == 1, "and nothing vanishes by it"


async def test_two_runs_at_once_add_nothing_twice(
    building: Application, education: Agency, catalogue: Catalogue
) -> None:
    catalogue.dataset("wells", {"url": f"{catalogue.address}/wells.csv", "format": "CSV", "name": "Wells"})
    catalogue.pages["/wells.csv"] = TABLE
    await add(building, education, catalogue, query="wells")
    await asyncio.gather(*(run(building, education) for _ in range(2)))
    assert list((await names(building, education)).values()) == [1]
