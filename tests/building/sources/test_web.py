"""The promise: a site is read as its robots.txt lets it, and again only what changed; one bad page ends nothing."""

import gzip
import time

import pytest
from tests.building.sources.site import Site, add, names, run

from publius.application import Application
from publius.errors import NotFetched
from publius.retrieval.sources import fetching, noindex, web
from publius.types import Agency


async def test_only_what_changed_is_read_again(building: Application, education: Agency, site: Site) -> None:
    site.html("/", "The first page.", ETag='"1"')
    site.html("/rules/travel", "A trip is asked for ten days before.")
    site.pages["/rules/fees.csv"] = b"Permit,Fee\nParking,$40\nNoise,$25\n"
    site.map("/", "/rules/travel", "/rules/fees.csv")
    await add(building, education, site.address, removes=True)
    first = await run(building, education)
    assert (first.found, first.changed, first.refused, first.vanished) == (3, 3, [], [])
    assert await names(building, education) == {"index.html": 1, "rules/travel": 1, "rules/fees.csv": 1}
    listing = await building.retrieval.list(education, matching="travel")
    opened = await building.retrieval.open(education, listing.documents[0].id)
    assert opened.origin is not None and opened.origin.address == f"{site.address}/rules/travel"
    assert opened.title == "A trip is asked for ten days before."

    site.asked.clear()
    again = await run(building, education)
    assert (again.found, again.changed) == (3, 0) and await names(building, education) == {
        "index.html": 1, "rules/travel": 1, "rules/fees.csv": 1,
    }  # fmt: skip
    assert site.headers[-3]["User-Agent"].startswith("Publius/")

    site.html("/", "The first page, rewritten.", ETag='"2"')
    site.map("/", "/rules/fees.csv", "/rules/gone")
    del site.pages["/rules/fees.csv"]
    third = await run(building, education)
    assert third.changed == 1 and len(third.vanished) == 2
    assert [(each.name.rpartition("/")[2], "404" in each.reason) for each in sorted(third.refused, key=str)] == [
        ("fees.csv", True), ("gone", True),
    ]  # fmt: skip
    assert await names(building, education) == {"index.html": 2}, "what is gone is removed, as this source says"


async def test_the_sitemap_s_word_spares_the_request_and_an_etag_the_page(
    building: Application, education: Agency, site: Site
) -> None:
    site.html("/old", "An old page.")
    site.map("/old", changed="2020-02-03T04:05:06Z", at="/old.xml")
    site.html("/tagged", "A tagged page.", ETag='"1"')
    site.map("/tagged", at="/tagged.xml")
    site.pages["/sitemap.xml"] = (
        b"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        + b"".join(f"<sitemap><loc>{site.address}/{name}.xml</loc></sitemap>".encode() for name in ("old", "tagged"))
        + b"</sitemapindex>"
    )
    await add(building, education, site.address)
    assert (await run(building, education)).changed == 2
    site.asked.clear()
    assert (await run(building, education)).changed == 0
    assert "/old" not in site.asked and site.headers[-1]["If-None-Match"] == '"1"'
    site.html("/old", "An old page, changed.")
    site.map("/old", changed="2020-03-03", at="/old.xml")
    assert (await run(building, education)).changed == 1


async def test_robots_txt_is_kept_to_and_names_the_sitemap(
    building: Application, education: Agency, site: Site
) -> None:
    site.pages["/robots.txt"] = (
        f"User-agent: *\nDisallow: /\n\nUser-agent: publius\nDisallow: /private/\nAllow: /private/open\n"
        f"Disallow: /*.pdf$\nSitemap: {site.address}/maps/all.xml.gz\n"
    ).encode()
    site.map("/a", "/private/b", "/private/open", "/c.pdf", "/there", at="/plain")
    site.pages["/maps/all.xml.gz"] = gzip.compress(site.pages.pop("/plain"))  # type: ignore[arg-type]
    for page in ("/a", "/private/b", "/private/open", "/c.pdf"):
        site.html(page, f"This is {page}.")
    site.pages["/there"] = (302, {"Location": "/private/b"}, b"")
    await add(building, education, site.address)
    done = await run(building, education)
    assert {each.name.partition("/")[2] for each in done.refused} == {"private/b", "c.pdf", "there"}
    assert all("robots.txt forbids" in each.reason for each in done.refused)
    assert set(await names(building, education)) == {"a", "private/open"}
    assert not {"/private/b", "/c.pdf"} & set(site.asked)

    site.pages["/robots.txt"] = (503, {}, b"")
    site.asked.clear()
    with pytest.raises(NotFetched, match=r"robots\.txt"):
        await run(building, education)
    assert site.asked == ["/robots.txt"], "rules that cannot be had forbid everything"
    shown = await building.sources.open(education, "site")
    assert "robots.txt" in shown.failure and shown.vanished == 0


async def test_one_page_that_fails_is_told_and_tried_again(
    building: Application, education: Agency, site: Site, other: Site
) -> None:
    site.html("/good", "A good page.")
    site.pages["/broken"] = (500, {}, b"out of order")
    site.pages["/large"] = b"x" * 1_000_001
    site.pages["/packed"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"0" * 30_000_000))
    site.map("/good", "/broken", "/large", "/packed")
    named = site.pages["/sitemap.xml"]
    assert isinstance(named, bytes)
    site.pages["/sitemap.xml"] = named.replace(
        b"</urlset>", f"<url><loc>{other.address}/secret</loc></url></urlset>".encode()
    )
    await add(building, education, site.address)
    done = await run(building, education)
    reasons = {each.name.rpartition("/")[2]: each.reason for each in done.refused}
    assert "answers 500" in reasons["broken"] and "next run" in reasons["broken"]
    assert "larger than 1 MB" in reasons["large"] and "larger than 1 MB" in reasons["packed"]
    assert "is not allowed" in reasons["secret"] and not other.asked
    assert set(await names(building, education)) == {"good"}
    assert len((await building.sources.open(education, "site")).refusals) == 4
    site.html("/broken", "It is mended.")
    assert (await run(building, education)).changed == 1
    assert (await building.sources.open(education, "site")).refused == 3


async def test_another_host_is_read_where_it_is_named(
    building: Application, education: Agency, site: Site, other: Site
) -> None:
    site.map("/secret", host=other.address)
    await add(building, education, site.address, settings={"hosts": [f"127.0.0.1:{other.port}"]})
    assert (await run(building, education)).changed == 1 and "/robots.txt" in other.asked


async def test_a_part_of_a_site_is_that_part(building: Application, education: Agency, site: Site) -> None:
    for page in ("/aid", "/aid/loans", "/aides", "/"):
        site.html(page, f"This is {page}.")
    site.map("/aid", "/aid/loans", "/aides", "/")
    await add(building, education, f"{site.address}/aid#top")
    await run(building, education)
    assert set(await names(building, education)) == {"aid", "aid/loans"}


async def test_what_could_not_be_seen_is_not_taken_for_gone(
    building: Application, education: Agency, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for page in ("/a", "/b", "/c"):
        site.html(page, f"This is {page}.")
    site.map("/a", "/b", at="/one.xml")
    site.map("/c", at="/two.xml")
    site.pages["/sitemap.xml"] = (
        f"<sitemapindex><sitemap><loc>{site.address}/one.xml</loc></sitemap>"
        f"<sitemap><loc>{site.address}/two.xml</loc></sitemap></sitemapindex>"
    ).encode()
    await add(building, education, site.address, removes=True, settings={"pages": 3})
    await run(building, education)
    site.pages["/two.xml"] = (500, {}, b"")
    done = await run(building, education)
    assert done.vanished == [] and "500" in done.refused[0].reason
    assert set(await names(building, education)) == {"a", "b", "c"}
    site.map("/c", at="/two.xml")
    site.asked.clear()
    monkeypatch.setattr(fetching.Client, "is_spent", property(lambda _: "/a" in site.asked))
    done = await run(building, education)
    assert done.vanished == [] and [each.reason for each in done.refused] == [fetching.SPENT]
    site.html("/d", "This is /d.")
    site.map("/d", "/c", "/b", at="/two.xml")
    monkeypatch.undo()
    done = await run(building, education)
    assert done.vanished == [] and "more than 3 pages" in done.refused[0].reason
    monkeypatch.setattr(web, "MOST_SITEMAPS", 2)
    done = await run(building, education)
    assert done.vanished == [] and "more than 2 sitemaps" in done.refused[0].reason
    monkeypatch.setattr(web, "MOST_TOLD", 2)
    site.map(*(f"/{number}" for number in range(9)), at="/two.xml", host="http://elsewhere.test")
    monkeypatch.setattr(web, "MOST_SITEMAPS", 9)
    assert sum("not allowed" in each.reason for each in (await run(building, education)).refused) == 2


async def test_a_site_that_asks_to_come_back_is_asked_once_more(
    building: Application, education: Agency, site: Site
) -> None:
    site.html("/a", "This is a page.")
    site.map("/a")
    site.busy.add("/a")
    await add(building, education, site.address)
    done = await run(building, education)
    assert (done.changed, done.refused) == (1, []) and site.asked.count("/a") == 2


async def test_a_document_that_is_removed_is_not_named_by_what_the_last_run_told(
    building: Application, education: Agency, site: Site
) -> None:
    site.html("/a", "This is a page.")
    site.map("/a")
    await add(building, education, site.address)
    await run(building, education)
    site.pages["/a"] = (500, {}, b"")
    await run(building, education)
    assert (await building.sources.open(education, "site")).refusals[0].name.endswith("/a")
    document = (await building.retrieval.list(education)).documents[0]
    await building.retrieval.remove(education, document.id)
    shown = await building.sources.open(education, "site")
    assert (shown.refused, shown.refusals) == (1, [])


async def test_what_a_label_hides_is_not_named_by_a_source_either(
    building: Application, education: Agency, site: Site
) -> None:
    site.map("/secret-plan")
    await add(building, education, site.address, label="CUI")
    await run(building, education)
    assert len((await building.sources.open(education, "site")).refusals) == 1
    assert (await building.sources.open(education.under(0), "site")).refusals == []


NOT_WANTED = {
    "/meta": ({}, '<META content="nofollow, NoIndex" name=Robots>'),
    "/named": ({}, "<meta name='publius' content='none'/>"),
    "/header": ({"X-Robots-Tag": "noindex"}, ""),
    "/for-us": ({"X-Robots-Tag": "publius: nofollow, none"}, ""),
}
WANTED = {
    "/other": ({"X-Robots-Tag": "otherbot: noindex"}, '<meta name="robots" content="nofollow">'),
    "/comment": ({}, '<!-- <meta name="robots" content="none"> --><script>"<meta name=robots content=none>"</script>'),
    "/dated": ({"X-Robots-Tag": "unavailable_after: 25 Jun 2999 GMT"}, '<meta name="description" content="none">'),
}  # fmt: skip


async def test_a_page_that_asks_not_to_be_kept_is_left_and_counted(
    building: Application, education: Agency, site: Site
) -> None:
    for path, (headers, tag) in {**NOT_WANTED, **WANTED}.items():
        page = f"<!doctype html><html><head>{tag}<title>{path}</title></head><body><p>This is {path}.</p></body></html>"
        site.pages[path] = (200, {"Content-Type": "text/html", **headers}, page.encode())
    site.pages["/plan.txt"] = (200, {"X-Robots-Tag": "noindex", "Content-Type": "text/plain"}, b"Not to be kept.")
    site.map(*NOT_WANTED, *WANTED, "/plan.txt")
    await add(building, education, site.address, removes=True)
    done = await run(building, education)
    assert set(await names(building, education)) == {path[1:] for path in WANTED}
    assert done.noindex == len(NOT_WANTED) + 1 == len(done.refused)
    assert (await building.sources.open(education, "site")).noindex == done.noindex
    site.html("/other", "It is not to be kept any more.", **{"X-Robots-Tag": "noindex"})
    await run(building, education)
    assert "other" not in await names(building, education), "one that was taken before is gone"


def test_a_page_of_tags_that_never_end_is_read_in_no_time() -> None:
    for begun in (b"<meta ", b"<!--", b"<script", b"<meta name='", b"<meta " + b"a" * 40 + b"="):
        body = begun * (5_000_000 // len(begun))
        start = time.process_time()
        assert not noindex.asks_for_it(fetching.Fetched(200, {}, body))
        assert time.process_time() - start < 5
