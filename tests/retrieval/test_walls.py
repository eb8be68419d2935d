"""Agency B never meets A's documents: not by search, list, identifier, raw SQL or another's partition."""

import re

import numpy as np
import psycopg
import pytest

from publius.errors import NotFound
from publius.retrieval.library import Library
from publius.retrieval.search import SEARCH, parameters
from publius.storage import Database
from publius.types import Agency

SECRET = b"# Secret\n\nThe embassy's generator is in the east cellar.\n"
TABLES = ("documents", "revisions", "passages", "postings")


async def test_search_list_and_identifiers_stop_at_the_wall(library: Library, education: Agency, state: Agency) -> None:
    added = await library.add(state, "user:1", "secret.md", SECRET)
    assert await library.search(education, "embassy generator east cellar") == []
    assert (await library.list(education)).total == 0
    assert (await library.list(education, matching="secret")).total == 0
    for attempt in (library.open, library.original, library.remove):
        with pytest.raises(NotFound):
            await attempt(education, added.document_id)
    assert (await library.open(state, added.document_id)).text


async def test_the_same_bytes_in_two_agencies_are_two_documents(
    library: Library, education: Agency, state: Agency
) -> None:
    first = await library.add(state, "user:1", "secret.md", SECRET)
    second = await library.add(education, "user:2", "secret.md", SECRET)
    assert second.status == "new"  # "unchanged" would tell one agency what another holds
    assert second.document_id != first.document_id
    await library.remove(state, first.document_id)
    assert len(await library.search(education, "embassy generator")) == 1


async def test_one_agencys_words_do_not_weigh_in_anothers_scores(
    library: Library, education: Agency, state: Agency
) -> None:
    await library.add(education, "user:1", "a.md", b"# A\n\nThe cellar has a generator.\n")
    before = [(p.text, p.score) for p in await library.search(education, "cellar generator")]
    for n in range(5):
        await library.add(state, "user:1", f"{n}.md", SECRET + b"%d" % n)
    assert [(p.text, p.score) for p in await library.search(education, "cellar generator")] == before


async def test_raw_sql_as_the_application_sees_one_agency(
    library: Library, database: Database, education: Agency, state: Agency
) -> None:
    await library.add(state, "user:1", "secret.md", SECRET)
    for table in TABLES:
        async with database.agency(education) as connection:
            rows = await connection.execute(f"SELECT 1 FROM {table} WHERE agency_id = %s OR true", [state.id])
            assert await rows.fetchall() == []
            changed = await connection.execute(f"DELETE FROM {table}")
            assert changed.rowcount == 0
        async with database.platform() as connection:
            assert await (await connection.execute(f"SELECT 1 FROM {table}")).fetchall() == []


@pytest.mark.parametrize("table", ["passages", "postings"])
@pytest.mark.parametrize("verb", ["SELECT * FROM", "DELETE FROM", "TRUNCATE", "DROP TABLE", "ALTER TABLE"])
async def test_a_partition_named_directly_is_closed(
    library: Library, database: Database, education: Agency, state: Agency, table: str, verb: str
) -> None:
    await library.add(state, "user:1", "secret.md", SECRET)
    for agency in (education, state):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with database.agency(agency) as connection:
                tail = " DISABLE ROW LEVEL SECURITY" if verb == "ALTER TABLE" else ""
                await connection.execute(f"{verb} {table}_{state.id}{tail}")


async def test_even_the_owner_of_a_partition_sees_nothing_without_an_agency(
    library: Library, owner_address: str, education: Agency, state: Agency
) -> None:
    await library.add(state, "user:1", "secret.md", SECRET)
    with psycopg.connect(owner_address) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relname ~ '^(passages|postings|documents|revisions)(_[0-9]+)?$'"
            " AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
        assert rows.fetchall() == []


async def test_nothing_can_be_planted_behind_another_wall(
    library: Library, database: Database, education: Agency, state: Agency
) -> None:
    secret = await library.add(state, "user:1", "secret.md", SECRET)
    planted = [
        ("INSERT INTO documents (agency_id, name, title, media_type, sha256, revision, passages, added_by)"
         " VALUES (%s, 'x', 'x', 'x', '', 1, 0, 'x')", [state.id]),
        ("INSERT INTO postings (agency_id, term, document_id, passages, weights) VALUES (%s, 'x', %s, '{}', '{}')",
         [state.id, secret.document_id]),
    ]  # fmt: skip
    for statement, values in planted:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with database.agency(education) as connection:
                await connection.execute(statement, values)


async def test_a_foreign_key_is_no_way_around_the_wall(
    library: Library, database: Database, education: Agency, state: Agency
) -> None:
    """Referential checks look past row-level security, so a key without the agency would tell what exists."""
    secret = await library.add(state, "user:1", "secret.md", SECRET)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        async with database.agency(education) as connection:
            await connection.execute(
                "INSERT INTO revisions (document_id, number, name, title, media_type, sha256, original, text, pages,"
                " added_by) VALUES (%s, 9, 'x', 'x', 'x', '', '', 'x', '{}', 'x')",
                [secret.document_id],
            )


async def test_the_wall_lets_search_use_the_agencys_own_indexes(
    library: Library, database: Database, education: Agency, state: Agency
) -> None:
    """A condition that is not leakproof is kept from the index by row-level security; search must have none."""
    await library.add(state, "user:1", "secret.md", SECRET)
    values = parameters(state, ["embassi", "generat"], np.ones(384), 20)
    async with database.agency(state) as connection:
        await connection.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
        )
        rows = await connection.execute(f"EXPLAIN {SEARCH}", values, prepare=False)
        plan = "\n".join(row[0] for row in await rows.fetchall())
    assert re.search(rf"Index Only Scan using postings_{state.id}_\S+ on postings_{state.id}", plan)
    assert re.search(r"Index Cond: .*agency_id.* AND .*term = asked.lexeme", plan)
    assert re.search(rf"Index Scan using passages_{state.id}_embedding_idx", plan)
    assert not re.search(rf"(passages|postings)_{education.id}\b", plan)
