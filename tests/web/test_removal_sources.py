"""The promise: what sources of every kind brought, knew or were told goes with the document, the source, the agency."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import psycopg
import pytest
from tests.building.sources.catalogue import Catalogue
from tests.building.sources.site import run, served
from tests.web.test_removal import FILE, TEXT, WORD, holding

from publius.application import Application
from publius.ledger.keepsake import Keepsakes
from publius.settings import Settings
from publius.storage import Owner
from publius.types import Agency, Principal, Role

LIST = "/rules/?encoding-type=url&list-type=2&prefix="
KINDS = ("folder", "web", "ckan", "bucket")


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return msgspec.structs.replace(settings, source_folders=str(tmp_path), source_private_hosts="127.0.0.1")


@pytest.fixture
async def sealed(building: Application, education: Agency, tmp_path: Path) -> AsyncIterator[str]:
    """Four sources that have brought a file of the word each, and refused one; yields what a secret is sealed as."""
    (tmp_path / FILE).write_bytes(TEXT + b"\nfolder\n")
    (tmp_path / f"{WORD}.png").symlink_to("/nowhere")
    async with served(Catalogue) as site:
        for kind in KINDS:
            site.pages[f"/{kind}/{FILE}"] = (200, {"ETag": f'"{WORD}"'}, TEXT + kind.encode())
        site.map(f"/web/{FILE}", f"/web/missing-{WORD}")
        site.dataset(WORD, {"url": f"{site.address}/ckan/{FILE}", "name": FILE, "format": "md"},
                     {"url": f"{site.address}/missing", "name": WORD, "format": "md"}, license_title=WORD)  # fmt: skip
        objects = "".join(f"<Contents><Key>{key}</Key><ETag>{WORD}</ETag></Contents>" for key in (FILE, f"no-{WORD}"))
        site.pages[LIST] = f"<ListBucketResult>{objects}</ListBucketResult>".encode()
        site.pages[f"/rules/{FILE}"] = TEXT + b"bucket"
        wanted: dict[str, tuple[str, dict[str, object]]] = {
            "folder": (str(tmp_path), {}),
            "web": (site.address, {"pause": 0}),
            "ckan": (site.address, {"pause": 0, "datasets": [WORD]}),
            "bucket": (f"{site.address}/rules", {"key": "reader", "secret": WORD}),
        }
        for kind, (address, given) in wanted.items():
            await building.sources.add(education, "user:1", kind, address, kind=kind, settings=given)
            done = await run(building, education, kind)
            assert (done.changed, len(done.refused)) == (1, 1), (kind, done)
        yield str((await building.sources.open(education, "bucket")).settings["secret"])


async def test_documents_and_what_sources_knew_of_them(
    sealed: str, building: Application, education: Agency, owner_address: str
) -> None:
    home = building.settings.home
    assert holding(owner_address, home, WORD) >= {"documents", "revisions", "job_items", "sources"}
    for document in (await building.retrieval.list(education)).documents:
        await building.retrieval.remove(education, document.id)
    # What stays is what an administrator typed, and the record of that: the name of a dataset to take.
    assert holding(owner_address, home, WORD) == {"sources", "ledger_contents"}
    with psycopg.connect(owner_address) as connection:
        rows = connection.execute("SELECT name FROM sources AS s WHERE s::text LIKE %s", [f"%{WORD}%"]).fetchall()
    assert rows == [("ckan",)]


async def test_sources_with_what_they_brought(
    sealed: str, building: Application, education: Agency, owner_address: str
) -> None:
    by, home = Principal("user:1", "Ada", education, Role.ADMINISTRATOR), building.settings.home
    assert holding(owner_address, home, sealed.lower()) == {"sources"}, "and not in the ledger"
    for kind in KINDS:
        await building.run_source(education, await building.sources.open(education, kind))  # so that some of it waits
        await building.remove_source(by, kind, documents=True)
    assert holding(owner_address, home, sealed.lower()) == set()
    assert holding(owner_address, home, WORD) == {"ledger_contents"}, "the record of what was asked for"
    assert (await building.retrieval.list(education)).total == 0 and await building.jobs.list(education) == []


async def test_the_agency(
    sealed: str, building: Application, owner: Owner, owner_address: str, education: Agency
) -> None:
    home = building.settings.home
    owner.delete_agency("education")
    Keepsakes(home).forget("education")
    for word in (WORD, sealed.lower(), "education"):
        assert holding(owner_address, home, word) == set()
