"""What the library promises about documents: one of each, revisions, removal, names, many at once."""

import asyncio
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from publius.errors import InvalidRequest, NotFound, UnreadableDocument
from publius.retrieval.library import Library
from publius.storage import Database
from publius.types import Agency

PELL = b"# Pell Grants\n\nThe maximum Federal Pell Grant for the award year is 7,395 dollars.\n"
LOANS = b"# Loans\n\nA dependent first-year student may borrow 5,500 dollars in Direct Loans.\n"


async def found(library: Library, agency: Agency, words: str) -> list[str]:
    return [passage.name for passage in await library.search(agency, words)]


async def test_a_file_is_in_search_when_add_returns(library: Library, education: Agency) -> None:
    added = await library.add(education, "user:1", "aid/pell.md", PELL)
    assert (added.status, added.revision, added.name) == ("new", 1, "aid/pell.md")
    first = (await library.search(education, "maximum pell grant"))[0]
    opened = await library.open(education, first.document_id, first.revision)
    assert opened.text[first.start : first.end] == first.text
    assert "7,395" in first.text
    original = await library.original(education, added.document_id)
    assert (original.name, original.media_type, original.data) == ("aid/pell.md", opened.media_type, PELL)


async def test_the_same_file_twice_is_one_document(library: Library, education: Agency) -> None:
    first = await library.add(education, "user:1", "pell.md", PELL)
    again = await library.add(education, "user:2", "pell.md", PELL)
    renamed = await library.add(education, "user:2", "copy of pell.md", PELL)
    assert again.status == renamed.status == "unchanged"
    assert again.document_id == renamed.document_id == first.document_id
    assert renamed.name == "pell.md"
    assert (await library.list(education)).total == 1


async def test_a_changed_file_is_a_new_revision_and_the_old_passages_go(library: Library, education: Agency) -> None:
    first = await library.add(education, "user:1", "pell.md", PELL)
    second = await library.add(education, "user:1", "pell.md", PELL.replace(b"7,395", b"7,999"))
    assert (second.status, second.revision, second.document_id) == ("revised", 2, first.document_id)
    texts = [passage.text for passage in await library.search(education, "maximum pell grant 7,395")]
    assert any("7,999" in text for text in texts)
    assert not any("7,395" in text for text in texts)
    old = await library.open(education, first.document_id, 1)
    assert "7,395" in old.text
    assert (old.revision, old.current) == (1, 2)
    assert "7,999" in (await library.open(education, first.document_id)).text


async def test_a_file_changed_into_a_copy_of_another_is_revised_all_the_same(
    library: Library, education: Agency
) -> None:
    await library.add(education, "user:1", "pell.md", PELL)
    await library.add(education, "user:1", "loans.md", LOANS)
    changed = await library.add(education, "user:1", "loans.md", PELL)
    assert (changed.status, changed.name) == ("revised", "loans.md")
    assert not any("5,500" in passage.text for passage in await library.search(education, "borrow direct loans"))


async def test_a_removed_document_is_out_of_search_and_its_postings_with_it(
    library: Library, database: Database, education: Agency
) -> None:
    added = await library.add(education, "user:1", "pell.md", PELL)
    await library.add(education, "user:1", "loans.md", LOANS)
    await library.remove(education, added.document_id)
    assert "pell.md" not in await found(library, education, "maximum pell grant")
    for attempt in (library.open, library.original, library.remove):
        with pytest.raises(NotFound):
            await attempt(education, added.document_id)
    async with database.agency(education) as connection:
        for table in ("passages", "postings", "revisions"):
            rows = await connection.execute(f"SELECT DISTINCT document_id FROM {table}")
            assert added.document_id not in [row.document_id for row in await rows.fetchall()]


async def test_removal_and_search_agree_within_one_transaction(
    library: Library, database: Database, education: Agency
) -> None:
    added = await library.add(education, "user:1", "pell.md", PELL)
    async with database.agency(education) as connection:
        await connection.execute("DELETE FROM documents WHERE id = %s", [added.document_id])
        assert await found(library, education, "pell") == ["pell.md"]  # not committed: others still see it whole
        rows = await connection.execute("SELECT count(*) FROM passages")
        assert (await rows.fetchone())[0] == 0
    assert await found(library, education, "pell") == []


async def test_a_removed_file_can_come_back(library: Library, education: Agency) -> None:
    first = await library.add(education, "user:1", "pell.md", PELL)
    await library.remove(education, first.document_id)
    again = await library.add(education, "user:1", "pell.md", PELL)
    assert (again.status, again.revision) == ("new", 1)
    assert again.document_id != first.document_id


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.md", "etc/passwd.md"),
        ("..\\..\\windows\\system.md", "windows/system.md"),
        ("/aid//./pell.md", "aid/pell.md"),
        ("pe\x00ll\x1b[31m\n.md", "pell[31m.md"),
        ("pell\u202egpj.md", "pellgpj.md"),
        ("x" * 500 + "/pell.md", ("x" * 232 + "/pell.md")),
    ],
)
async def test_names_cannot_lead_out(library: Library, education: Agency, given: str, kept: str) -> None:
    assert (await library.add(education, "user:1", given, PELL)).name == kept


@pytest.mark.parametrize("name", ["", "..", "/", "../..", "\x00", " "])
async def test_a_name_with_nothing_left_is_refused(library: Library, education: Agency, name: str) -> None:
    with pytest.raises(InvalidRequest):
        await library.add(education, "user:1", name, PELL)


async def test_one_bad_file_never_stops_the_rest(library: Library, education: Agency, tmp_path: Path) -> None:
    good = tmp_path / "pell.md"
    good.write_bytes(PELL)
    files = [
        ("empty.pdf", b""),
        ("pell.md", good),
        ("gone.md", tmp_path / "gone.md"),
        ("loans.md", LOANS),
        ("..", LOANS),
        ("broken.pdf", b"%PDF-1.7 and then nothing"),
    ]
    progress = {p.name: p async for p in library.add_many(education, "user:1", files)}
    assert {name for name, p in progress.items() if p.added} == {"pell.md", "loans.md"}
    assert all(isinstance(progress[name].error, UnreadableDocument) for name in ("empty.pdf", "gone.md", "broken.pdf"))
    assert isinstance(progress[".."].error, InvalidRequest)
    assert (await library.list(education)).total == 2


async def test_two_ingests_of_one_agency_meet_without_deadlock_or_double(library: Library, education: Agency) -> None:
    files = [(f"{n}.md", b"# Part %d\n\nShared words and number %d of the same report." % (n, n)) for n in range(24)]

    async def ingest(order: list[tuple[str, bytes]]) -> list[str]:
        return [p.added.status async for p in library.add_many(education, "user:1", order) if p.added]

    async with asyncio.timeout(30):
        one, other = await asyncio.gather(ingest(files), ingest(files[::-1]))
    assert sorted(one + other) == ["new"] * 24 + ["unchanged"] * 24
    assert (await library.list(education)).total == 24


async def test_an_abandoned_ingest_leaves_only_whole_documents(library: Library, education: Agency) -> None:
    files = [(f"{n}.md", b"# Part %d\n\nSome words." % n) for n in range(40)]
    ingest = library.add_many(education, "user:1", files)
    await anext(ingest)
    await ingest.aclose()
    listing = await library.list(education)
    assert 1 <= listing.total < 40
    assert all(document.passages for document in listing.documents)


async def test_lists_are_paged_and_searched(library: Library, education: Agency) -> None:
    for n in range(5):
        await library.add(education, "user:1", f"year_{n}.md", b"# Report of year %d\n\nText." % n)
    page = await library.list(education, limit=2, offset=2)
    assert ([document.name for document in page.documents], page.total) == (["year_2.md", "year_3.md"], 5)
    assert [d.name for d in (await library.list(education, matching="REPORT OF YEAR 4")).documents] == ["year_4.md"]
    assert (await library.list(education, matching="year%4")).total == 0
    assert (await library.list(education, matching="\\")).total == 0
    assert (await library.list(education, offset=99)).total == 5


async def test_an_unknown_document_is_not_found(library: Library, education: Agency) -> None:
    added = await library.add(education, "user:1", "pell.md", PELL)
    with pytest.raises(NotFound):
        await library.open(education, uuid4())
    with pytest.raises(NotFound):
        await library.open(education, added.document_id, 2)


async def test_a_revision_that_cannot_be_written_leaves_the_one_before(
    library: Library, database: Database, education: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    await library.add(education, "user:1", "pell.md", PELL)
    monkeypatch.setattr("publius.retrieval.search.POSTINGS", "SELECT 1 / 0 /* %(agency)s */")
    with pytest.raises(psycopg.errors.DivisionByZero):
        await library.add(education, "user:1", "pell.md", LOANS)
    assert "7,395" in (await library.search(education, "pell"))[0].text
