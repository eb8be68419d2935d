"""The promise: whatever a site, a catalogue or a store answers, the run ends with a sentence and nothing is lost."""

import gzip
import os
import time
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from tests.building.sources.catalogue import Catalogue
from tests.building.sources.site import Site, add, names, run, served

from publius.application import Application
from publius.errors import NotFetched
from publius.retrieval.sources import listing, s3, sitemap
from publius.retrieval.sources.fetching import unpacked
from publius.types import Agency

LIST = "/rules/?encoding-type=url&list-type=2&prefix="


def listed(*keys: str, more: str = "") -> bytes:
    each = "".join(f"<Contents><Key>{quote(key, safe='')}</Key><Size>9</Size><ETag>1</ETag></Contents>" for key in keys)
    return f"<ListBucketResult>{each}{more}</ListBucketResult>".encode()


def test_what_is_packed_small_is_not_unpacked_large_nor_for_long() -> None:
    started = time.process_time()
    with pytest.raises(NotFetched, match="larger"):
        unpacked(gzip.compress(bytes(50_000_000)), 1_000_000)
    assert unpacked(gzip.compress(b"") * 300_000 + gzip.compress(b"end"), 1_000) == b"end"
    for broken in (gzip.compress(b"x" * 99)[:-4], b"\x1f\x8bnothing", gzip.compress(b"x") + b"rest"):
        with pytest.raises(NotFetched, match="packed"):
            unpacked(broken, 1_000)
    assert time.process_time() - started < 10


@pytest.mark.parametrize("read", [sitemap.read, listing.read])
def test_a_list_of_nothing_but_elements_fills_no_memory(read: object) -> None:
    started = time.process_time()
    for junk in (b"<a/>" * 1_000_000, b"<a>" * 300 + b"</a>" * 300, b"<!DOCTYPE x [<!ENTITY a 'b'>]>"):
        for root in (b"urlset", b"ListBucketResult"):
            with pytest.raises(NotFetched):
                read(b"<" + root + b"><url>" + junk + b"</url></" + root + b">")  # type: ignore[operator]
    assert time.process_time() - started < 10


async def test_sitemaps_that_lead_in_circles_or_away_are_read_once_or_never(
    building: Application, education: Agency, site: Site, other: Site
) -> None:
    site.html("/a", "A page.")
    site.map("/a", at="/pages.xml")
    places = [f"{site.address}/sitemap.xml", f"{site.address}/pages.xml", f"{other.address}/secret",
              "http://169.254.169.254/latest", "file:///etc/passwd", "http://[::ffff:127.0.0.1]/"]  # fmt: skip
    named = "".join(f"<sitemap><loc>{place}</loc></sitemap>" for place in places)
    site.pages["/sitemap.xml"] = f"<sitemapindex>{named}</sitemapindex>".encode()
    site.pages["/pages.xml"] = (302, {"Location": "/real.xml"}, b"")
    site.map("/a", at="/real.xml")
    await add(building, education, site.address)
    done = await run(building, education)
    assert set(await names(building, education)) == {"a"} and not other.asked
    assert site.asked.count("/sitemap.xml") == 1 and len(done.refused) == 4


async def test_rules_without_end_forbid_everything(building: Application, education: Agency, site: Site) -> None:
    site.html("/a", "A page.")
    site.map("/a")
    site.pages["/robots.txt"] = b"User-agent: *\n" + b"Disallow: /x\n" * 100_000
    await add(building, education, site.address)
    with pytest.raises(NotFetched, match=r"robots\.txt.*larger"):
        await run(building, education)
    assert site.asked == ["/robots.txt"]


async def test_names_that_lead_out_or_cannot_be_kept_harm_nothing(
    building: Application, education: Agency, site: Site
) -> None:
    keys = [
        "../../etc/passwd",
        "/etc/passwd.md",
        "a\\..\\..\\b.md",
        "nul\0.md",
        "turned\u202edm.exe.md",
        "good.md",
        "..",
        "\1",
    ]
    site.pages[LIST] = listed(*keys)
    for key in keys:
        site.pages[f"/rules/{quote(key, safe='/')}"] = (
            200, {"Content-Disposition": 'attachment; filename="../../etc/publius/x"'}, f"# {key!r}\n\nA rule.".encode()
        )  # fmt: skip
    await building.sources.add(education, "user:1", "site", f"{site.address}/rules", kind="bucket")
    done = await run(building, education)
    kept = {each.name for each in (await building.retrieval.list(education)).documents}
    assert kept >= {"site/good.md", "site/etc/passwd.md", "site/a/b.md"}
    assert all(name.startswith("site/") and ".." not in name and name.isprintable() for name in kept)
    assert any(each.name == "../../etc/passwd" for each in done.refused)
    shown = await building.sources.open(education, "site")
    assert shown.refused == len(done.refused) and all(each.name.isprintable() for each in shown.refusals)
    assert (await run(building, education)).changed == 0
    for path in (Path("/etc/publius/x"), building.settings.home / "etc"):
        assert not path.exists()


async def test_a_list_that_goes_on_without_end_or_breaks_off_makes_nothing_vanish(
    building: Application, education: Agency, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages[LIST], site.pages["/rules/a.md"] = listed("a.md"), b"# A\n\nA rule."
    await building.sources.add(education, "user:1", "site", f"{site.address}/rules", kind="bucket", removes=True)
    await run(building, education)
    following = f"{LIST.replace('list-type', 'continuation-token=t&list-type')}"
    goes_on = "<IsTruncated>true</IsTruncated>"
    for first, then in (
        (listed(more=goes_on), b""),
        (listed(more=f"{goes_on}<NextContinuationToken>t</NextContinuationToken>"), b""),
        (listed("b.md", more=f"{goes_on}<NextContinuationToken>t</NextContinuationToken>"),
         listed("c.md", more=f"{goes_on}<NextContinuationToken>t</NextContinuationToken>")),
    ):  # fmt: skip
        site.pages[LIST], site.pages[following] = first, then
        with pytest.raises(NotFetched):
            await run(building, education)
    monkeypatch.setattr(s3, "MOST_OBJECTS", 1)
    site.pages[LIST] = listed("b.md", more=f"{goes_on}<NextContinuationToken>t</NextContinuationToken>")
    done = await run(building, education)
    assert done.vanished == [] and "more than 1 objects" in done.refused[-1].reason
    assert "a.md" in {each.name.removeprefix("site/") for each in (await building.retrieval.list(education)).documents}


async def test_what_a_catalogue_or_a_header_says_may_be_anything(
    building: Application, education: Agency, other: Site
) -> None:
    async with served(Catalogue) as catalogue:
        file = {"url": f"{catalogue.address}/wells.csv", "name": "We\0lls/../..", "format": "CSV"}
        catalogue.dataset("wells", file, license_title="Pub\0lic", organization={"title": "Wa\0ter", "name": "w"})
        catalogue.pages["/wells.csv"] = (
            200,
            {"ETag": '"\udcff\udc80"', "Last-Modified": "x" * 5_000},
            b"Well,Depth\nNorth,40\n",
        )
        settings = {"pause": 0, "datasets": ["wells"]}
        await building.sources.add(education, "user:1", "site", catalogue.address, kind="ckan", settings=settings)
        assert (await run(building, education)).changed == 1
        document = (await building.retrieval.list(education)).documents[0]
        origin = (await building.retrieval.open(education, document.id)).origin
        assert document.publisher == "Water" and origin and origin.licence == "Public"
        assert (await run(building, education)).changed == 0


async def test_a_password_in_an_address_is_neither_sent_nor_told(
    building: Application, education: Agency, site: Site
) -> None:
    with pytest.raises(NotFetched, match="without a name or password") as caught:
        await add(building, education, "https://reader:hunter2@agency.gov/")
    assert "hunter2" not in str(caught.value)
    with_one = site.address.replace("://", "://reader:hunter2@")
    site.pages["/a"] = (302, {"Location": f"{with_one}/b"}, b"")
    site.html("/good", "A page.")
    site.map("/a", "/good")
    await add(building, education, site.address)
    done = await run(building, education)
    assert "redirects" in done.refused[0].reason and "hunter2" not in repr(done)
    assert all("Authorization" not in headers for headers in site.headers)


class TestAFolder:
    @pytest.fixture
    def settings(self, settings: object, home: Path) -> object:
        return msgspec.structs.replace(settings, source_folders=str(home))  # type: ignore[type-var]

    async def test_with_a_name_that_is_no_text(self, building: Application, education: Agency, home: Path) -> None:
        folder = home / "rules"
        folder.mkdir()
        (folder / "good.md").write_text("# A\n\nA rule.")
        Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.md")).symlink_to("/etc/passwd")
        Path(os.fsdecode(os.fsencode(folder) + b"/b\xff.md")).write_text("# B\n\nAnother rule.")
        await building.sources.add(education, "user:1", "site", str(folder))
        done = await run(building, education)
        assert done.changed == 2 and len(done.refused) == 1
        assert (await building.sources.open(education, "site")).refusals[0].name.isprintable()
