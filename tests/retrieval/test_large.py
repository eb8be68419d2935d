"""In a large library search reads a sample of a common word's documents; nothing that was found gets lost by it."""

import msgspec
import numpy as np
import psycopg
import pytest

from publius.retrieval import search as product
from publius.retrieval import spelling
from publius.retrieval.library import Library
from publius.storage import Database
from publius.types import Agency


@pytest.fixture
async def notes(library: Library, education: Agency) -> Agency:
    """Forty documents about grants, a few of which name something of their own."""
    own = {7: "The ombudsman wrote it.", 23: "The registrar wrote it, and the treasurer."}
    for n in range(40):
        rest = " ".join(f"word{n}x{m}" for m in range(20))  # or it would be folded as a near copy
        text = f"# Note {n}\n\nThe grant office wrote about the grant. {own.get(n, '')} {rest}"
        await library.add(education, "user:1", f"{n}.md", text.encode())
    return education


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty documents are more than is read of a word."""
    monkeypatch.setattr(product, "SAMPLE", 10)


async def test_a_common_word_counts_in_what_a_rare_one_finds(library: Library, notes: Agency, large: None) -> None:
    first = (await library.search(notes, "grant ombudsman"))[0]
    assert first.name == "7.md"
    without = (await library.search(notes, "qwertz ombudsman"))[0]  # the same but for a word that is nowhere
    assert first.score > without.score


async def test_the_score_from_a_sample_is_near_the_true_one(
    library: Library, notes: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await library.search(notes, "which grant did the registrar and the treasurer write about")
    monkeypatch.setattr(product, "SAMPLE", 10)
    sampled = await library.search(notes, "which grant did the registrar and the treasurer write about")
    assert sampled[0].name == whole[0].name == "23.md"
    assert sampled[0].score == pytest.approx(whole[0].score, abs=0.05)


async def test_only_common_words_still_find_by_meaning(library: Library, notes: Agency, large: None) -> None:
    found = await library.search(notes, "the grant office's grant")
    assert len(found) > 5
    assert all(passage.score > 0 for passage in found)


async def test_documents_above_the_ceiling_take_no_place_in_the_sample(
    library: Library, education: Agency, large: None
) -> None:
    for n in range(30):
        await library.add(education, "user:1", f"{n}.md", b"# Note %d\n\nThe grant office wrote." % n, label="CUI")
    await library.add(education, "user:1", "public.md", b"# Note\n\nThe ombudsman has a grant.", label="public")
    low = education.under(0)
    found = await library.search(low, "grant ombudsman")
    assert [passage.name for passage in found] == ["public.md"]
    assert found[0].score == pytest.approx((await _alone(library, low))[0].score)


async def _alone(library: Library, agency: Agency) -> list:  # type: ignore[type-arg]
    """What is found once nothing is above the ceiling any more: the same, as if it had never been there."""
    high = msgspec.structs.replace(agency, ceiling=2)
    for document in (await library.list(high)).documents:
        if document.name != "public.md":
            await library.remove(high, document.id)
    return await library.search(agency, "grant ombudsman")


async def test_the_part_that_a_sample_covers_is_told_by_the_last_id(database: Database, education: Agency) -> None:
    async with database.agency(education) as connection:
        rows = await connection.execute(
            "SELECT covered(true, '40000000-0000-4000-8000-000000000000'), covered(false, NULL) AS whole"
        )
        cut, whole = await rows.fetchone()
    assert cut == pytest.approx(0.25)
    assert whole == 1


async def test_a_typing_error_is_put_right_by_a_common_word(
    database: Database, notes: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spelling, "SAMPLE", spelling.OFTEN)
    async with database.agency(notes) as connection:
        assert set(await spelling.terms(connection, notes, "offixe ombudsman")) == {"offic", "ombudsman"}


@pytest.mark.parametrize(("passages", "width"), [(-1, "200"), (400_000, "200"), (1_000_000, "500"), (10**8, "1000")])
async def test_the_larger_the_library_the_wider_the_beam(
    database: Database, education: Agency, owner_address: str, passages: int, width: str
) -> None:
    with psycopg.connect(owner_address) as owner:
        table = f"passages_{education.id}"
        owner.execute("UPDATE pg_class SET reltuples = %s WHERE oid = %s::regclass", [passages, table])
    async with database.agency(education) as connection:
        await product.search(connection, education, "grant", np.full(384, 384**-0.5))
        row = await (await connection.execute("SHOW hnsw.ef_search")).fetchone()
    assert row is not None and row[0] == width
