"""The promise: what is removed is gone everywhere at once: every row and every file is searched for a word."""

import asyncio
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from tests.web.people import Come, Person, words

from publius.application import Application
from publius.errors import Conflict
from publius.ledger.inspection import verify_database
from publius.ledger.keepsake import Keepsakes
from publius.retrieval.jobs.taking import take
from publius.storage import Owner
from publius.types import Agency, Role

WORD = "qzxvorn"
FILE = f"{WORD}-rules.md"
TEXT = f"# {WORD.title()} handbook\n\nThe travel allowance is $310 a day for {WORD} staff.\n".encode()


def holding(address: str, home: Path, word: str) -> set[str]:
    """Every table with a row, and every file under `home`, that holds the word; bytes in tables are seen as hex."""
    found = set()
    with psycopg.connect(address) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'm')"
        ).fetchall()
        for (table,) in tables:
            query = sql.SQL("SELECT lower(t::text) FROM {} t").format(sql.Identifier(table))
            rows = "\n".join(row for (row,) in connection.execute(query))
            if any(form in rows for form in (word, word.encode().hex(), word.title().encode().hex())):
                found.add(table)
    for path in home.rglob("*"):
        in_name = word in path.name.casefold()
        if path.is_file() and not path.is_symlink() and (in_name or word.encode() in path.read_bytes().lower()):
            found.add(str(path))
    return found


@pytest.fixture
async def spread(building: Application, education: Agency, come: Come) -> tuple[Person, UUID]:
    """The word in all places that a document gets to: asked about, waiting anew, done by a job, failed, shown."""
    jobs = building.jobs
    done = await jobs.put(education, "user:1", "Upload", [(FILE, TEXT)])
    async with building.worker.running():
        while (await jobs.open(education, done.id)).condition != "finished":
            await asyncio.sleep(0.05)
    (item,) = await jobs.items(education, done.id)
    assert item.document_id
    waiting = await jobs.put(
        education, "user:1", "Upload", [("other-name.md", TEXT), (FILE, b"# New\n\nNot yet read.")]
    )
    await jobs.pause(education, waiting.id)
    person = await come(education, Role.ADMINISTRATOR)
    answered = await person.ask()
    assert WORD in words(answered)
    conversation = answered.url.path.rsplit("/", 1)[-1]
    await person.ask("And how much is that a year?", conversation=conversation, model="llama")
    return person, item.document_id


async def test_a_document(
    spread: tuple[Person, UUID], building: Application, owner_address: str, education: Agency
) -> None:
    person, document = spread
    home = building.settings.home
    before = holding(owner_address, home, WORD)
    assert before >= {
        "documents", "revisions", f"passages_{education.id}", f"postings_{education.id}", "job_items", "turns",
        "ledger_contents",
    }  # fmt: skip
    assert (await person.post(f"/documents/{document}/remove")).status_code == 303
    assert holding(owner_address, home, WORD) == set()
    report = await verify_database(
        building.database, education, building.ledger.key.public, outside=building.ledger.outside(education)
    )
    assert report.fault is None, "the log stays whole"
    assert (await building.retrieval.list(education)).total == 0
    page = words(await person.get("/conversations"))
    assert "What is the travel allowance" in page, "the question is the person's own"


async def test_what_is_being_read_is_not_written_any_more(
    building: Application, education: Agency, owner_address: str
) -> None:
    """The file is in a worker's hand, as a revision of a document that is removed meanwhile."""
    first = await building.retrieval.add(education, "user:1", FILE, TEXT)
    await building.jobs.put(education, "user:1", "Upload", [(FILE, TEXT + b"\nAnd more.\n")])
    taken = await take(building.database, education, 1, [1], [])
    assert taken
    await building.retrieval.remove(education, first.document_id)
    await building.worker._read(1, taken)
    assert holding(owner_address, building.settings.home, WORD) == set()


async def test_a_label(building: Application, education: Agency, owner: Owner, owner_address: str) -> None:
    """It goes once nothing has it: documents are not lost with a name."""
    owner.set_labels("education", ["public", "internal", WORD])
    education = await building.database.agency_by_slug("education")
    for number in range(3):
        await building.retrieval.add(education, "user:1", f"{number}.md", TEXT + str(number).encode(), label=WORD)
    with pytest.raises(Conflict, match="3 of the documents"):
        owner.set_labels("education", ["public", "internal"])
    for document in await building.retrieval.labelled(education, WORD):
        await building.retrieval.remove(education, document)
    owner.set_labels("education", ["public", "internal"])
    assert holding(owner_address, building.settings.home, WORD) == set()


async def test_an_agency(
    spread: tuple[Person, UUID], building: Application, owner: Owner, owner_address: str, education: Agency
) -> None:
    home = building.settings.home
    assert holding(owner_address, home, "education") >= {"agencies", "ledger_records"}
    owner.delete_agency("education")
    Keepsakes(home).forget("education")
    assert holding(owner_address, home, WORD) == set()
    assert holding(owner_address, home, "education") == set()
    with psycopg.connect(owner_address) as connection:
        assert not connection.execute("SELECT FROM pg_class WHERE relname LIKE %s", [f"%\\_{education.id}"]).fetchall()
