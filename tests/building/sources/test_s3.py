"""The promise: a bucket is read again and again by its list, only what changed, and its secret is told to nobody.

Against moto's server, which checks each signature and what the key may do as the real one does.
"""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from tests.building.sources.site import run
from tests.building.sources.store import Store, moto
from yarl import URL

from publius.application import Application
from publius.errors import InvalidRequest, NotFetched
from publius.retrieval.sources.s3 import Bucket, Place
from publius.retrieval.sources.signing import Keys, signed
from publius.types import Agency

__all__ = ["moto"]
SECRET = "wrong-secret-of-nobody"


@pytest.fixture
def bucket(moto: Store) -> Store:
    moto("empty")
    return moto


@pytest.fixture
async def keep(building: Application, education: Agency, bucket: Store) -> Any:
    async def keep(place: str = "/rules/laws/", **settings: Any) -> None:
        kept = {**bucket.settings, **settings}
        await building.sources.add(education, "user:1", "site", bucket.address + place, kind="bucket", settings=kept)

    return keep


async def revisions(building: Application, agency: Agency) -> dict[str, int]:
    return {each.name: each.revision for each in (await building.retrieval.list(agency)).documents}


async def test_new_changed_unchanged_and_gone(
    building: Application, education: Agency, bucket: Store, keep: Any
) -> None:
    bucket("put", "laws/a.md", "# A\n\nThe first law is short.")
    bucket("put", "laws/deep/b +é&'!.md", "# B\n\nThe second law has an odd name.")
    bucket("put", "laws/large.md", "x" * 1_000_001)
    bucket("put", "laws/folder/", "")
    bucket("put", "other/c.md", "# C\n\nNot of this prefix.")
    await keep()
    done = await run(building, education)
    assert (done.found, done.changed) == (3, 2) and "1 MB" in done.refused[0].reason
    assert set(await revisions(building, education)) == {"site/a.md", "site/deep/b +é&'!.md"}
    again = await run(building, education)
    assert (again.found, again.changed, again.vanished) == (3, 0, [])

    bucket("put", "laws/a.md", "# A\n\nThe first law is longer now.")
    bucket("delete", "laws/deep/b +é&'!.md")
    done = await run(building, education)
    assert done.changed == 1 and [name for _, name in done.vanished] == ["site/deep/b +é&'!.md"]
    assert (await revisions(building, education))["site/a.md"] == 2
    source = msgspec.structs.replace(await building.sources.open(education, "site"), removes=True)
    await building.run_source(education, source)
    assert set(await revisions(building, education)) == {"site/a.md"}


@pytest.mark.slow
async def test_a_list_of_several_parts_is_read_to_its_end(
    building: Application, education: Agency, bucket: Store, keep: Any
) -> None:
    bucket("many", "1005")  # a part of the list holds 1,000
    await keep()
    source = await building.sources.open(education, "site")
    done = await building.sources.run(education, source)
    assert done.found == 1_005 and not done.refused


async def test_why_it_cannot_be_read_is_said_and_the_secret_never(
    building: Application, education: Agency, bucket: Store, keep: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket("put", "laws/a.md", "# A\n\nThe first law is short.")
    cases = {
        "secret does not belong": ("/rules/", {"secret": SECRET}),
        "does not know this access key": ("/rules/", {"key": "NOBODY", "secret": SECRET}),
        "no such bucket": ("/nowhere/", {}),
        "may not do this": ("/closed/", {}),
    }
    for words, (place, settings) in cases.items():
        await keep(place, **settings)
        source = await building.sources.open(education, "site")
        with pytest.raises(NotFetched, match=words):
            await building.run_source(education, source)
        shown = await building.sources.open(education, "site")
        assert words in shown.failure
        assert "secret" not in shown.shown["settings"]
        for secret in (SECRET, bucket.secret):
            assert secret not in f"{shown!r} {shown.shown} {capsys.readouterr()}"
            assert await _rows_with(building, education, secret) == 0
        await building.sources.remove(education, "user:1", "site")
    for file in building.settings.home.rglob("*"):
        if file.is_file() and "models" not in file.parts and file.stat().st_size < 10_000_000:
            assert SECRET.encode() not in file.read_bytes(), file


async def test_a_sealed_secret_opens_for_its_own_server_alone(
    building: Application, education: Agency, bucket: Store, keep: Any
) -> None:
    await keep()
    source = await building.sources.open(education, "site")
    moved = msgspec.structs.replace(source, address=f"http://127.0.0.1:{bucket.port + 1}/rules/")
    with pytest.raises(InvalidRequest, match="cannot be opened"):
        await building.run_source(education, moved)


@pytest.mark.parametrize(
    ("address", "other", "words"),
    [
        ("http://169.254.169.254/latest/", {}, "not public"),
        ("http://10.0.0.1/rules/", {}, "not public"),
        ("https://127.0.0.1", {}, "no bucket"),
        ("ftp://127.0.0.1/rules", {}, "address"),
        ("http://127.0.0.1/rules", {"secret": ""}, "belong together"),
        ("http://127.0.0.1/rules", {"style": "virtual"}, "style"),
        ("http://127.0.0.1/rules", {"key": "a\nb"}, "key"),
    ],
)
async def test_what_cannot_be_a_bucket_is_refused_when_it_is_added(
    building: Application, education: Agency, address: str, other: dict[str, str], words: str
) -> None:
    given = {"key": "k", "secret": "s", **other}
    with pytest.raises((InvalidRequest, NotFetched), match=words):
        await building.sources.add(education, "user:1", "site", address, kind="bucket", settings=given)
    assert await building.sources.list(education) == ()


async def test_a_server_that_is_not_there_or_no_bucket_is_told(
    building: Application, education: Agency, site: Any
) -> None:
    site.html("/rules/?encoding-type=url&list-type=2&prefix=", "A page.")
    await building.sources.add(education, "user:1", "page", f"{site.address}/rules", kind="bucket")
    with pytest.raises(NotFetched, match="no S3-compatible bucket"):
        await building.run_source(education, await building.sources.open(education, "page"))
    assert "authorization" not in {name.lower() for name in site.headers[0]}, "without a key nothing is signed"
    await building.sources.add(education, "user:1", "away", "http://127.0.0.1:9/rules", kind="bucket")
    with pytest.raises(NotFetched, match="take the connection"):
        await building.run_source(education, await building.sources.open(education, "away"))


@pytest.mark.parametrize(
    ("code", "words"), [("RequestTimeTooSkewed", "clock"), ("PermanentRedirect", "another address"), ("Odd", "403")]
)
async def test_what_moto_never_says_is_understood_too(
    building: Application, education: Agency, site: Any, code: str, words: str
) -> None:
    refusal = f"<Error><Code>{code}</Code><Message>told {SECRET}</Message></Error>".encode()
    site.pages["/rules/?encoding-type=url&list-type=2&prefix="] = (403, {}, refusal)
    await building.sources.add(education, "user:1", "site", f"{site.address}/rules", kind="bucket")
    with pytest.raises(NotFetched, match=words) as caught:
        await building.run_source(education, await building.sources.open(education, "site"))
    assert SECRET not in str(caught.value)


def test_addresses_of_both_styles() -> None:
    path = Place.of("https://s3.test:9000/rules/laws/", Bucket(), frozenset())
    assert str(path.object("laws/a b.md")) == "https://s3.test:9000/rules/laws/a%20b.md" and path.name("laws/a") == "a"
    host = Place.of("https://s3.us-east-1.amazonaws.com/rules", Bucket(style="host"), frozenset())
    assert str(host.object("a+b")) == "https://rules.s3.us-east-1.amazonaws.com/a%2Bb"
    assert str(host.list("t/=")).endswith("?encoding-type=url&continuation-token=t%2F%3D&list-type=2&prefix=")


def test_signatures_are_those_of_amazons_own_example() -> None:
    """The GET Bucket (list objects) example of the S3 API reference, with its keys and date."""
    keys = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
    url = URL("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J")
    told = signed(url, keys, datetime(2013, 5, 24, tzinfo=UTC))["authorization"]
    assert told.endswith("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    assert keys.secret not in repr(keys)


async def _rows_with(building: Application, agency: Agency, word: str) -> int:
    """How many rows of the sources hold a word anywhere."""
    async with building.database.agency(agency) as connection:
        rows = await connection.execute("SELECT * FROM sources AS s WHERE s::text LIKE %s", [f"%{word}%"])
        return len(await rows.fetchall())
