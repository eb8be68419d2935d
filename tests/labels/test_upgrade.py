"""A database from before labels: everybody in the agency sees after the upgrade what they saw before it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from tests.conftest import PASSWORD

from publius.storage import Database, migrate
from publius.storage.migrate import MIGRATIONS
from publius.types import Agency

BEFORE = """
INSERT INTO agencies (slug, name, rate_per_minute, tokens_per_day) VALUES ('education', 'Education', 9, 9);
SELECT create_agency_partitions(id), set_config('publius.agency', id::text, false)
    FROM agencies WHERE slug = 'education';
INSERT INTO documents (name, title, media_type, sha256, revision, passages, added_by)
    VALUES ('a.md', 'A', 'text/markdown', 'x', 1, 1, 'user:1');
INSERT INTO revisions (document_id, number, name, title, media_type, sha256, original, text, pages, added_by)
    SELECT id, 1, name, title, media_type, sha256, 'x', 'Words.', '{}', added_by FROM documents;
INSERT INTO passages (document_id, start_at, end_at, headings, context, text, embedding)
    SELECT id, 0, 6, '{}', '', 'Words.', array_fill(0.1, ARRAY[384])::halfvec FROM documents;
INSERT INTO postings (term, document_id, passages, weights) SELECT 'word', id, '{1}', '{1}' FROM documents;
INSERT INTO users (username, name, role) VALUES ('ada', 'Ada', 'member');
INSERT INTO conversations (principal, title) VALUES ('user:1', 'Grounded'), ('user:1', 'Plain');
INSERT INTO turns (id, conversation_id, position, question, model, answer)
    SELECT gen_random_uuid(), c.id, 1, 'What?', 'library', jsonb_build_object('checked', jsonb_build_object(
        'grounded', c.title = 'Grounded', 'nearest', '[]'::jsonb,
        'citations', CASE c.title WHEN 'Grounded' THEN jsonb_build_array(jsonb_build_object('document_id', d.id))
            ELSE '[]' END))
    FROM conversations c, documents d;
"""


@pytest.fixture
def old(server: str, tmp_path: Path) -> Iterator[str]:
    """The owner's address of a database as it was before labels, with something in it."""
    scripts = tmp_path / "storage" / "migrations"
    shutil.copytree(MIGRATIONS.parent, scripts.parent)
    for script in (scripts / "versions").glob("0*.py"):
        if script.name >= "0004":
            script.unlink()
    name = f"test_old_{os.getpid()}"
    with psycopg.connect(make_conninfo(server, dbname="postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        address = make_conninfo(server, dbname=name)
        migrate(address, PASSWORD, scripts=scripts)
        with psycopg.connect(address) as made:
            made.execute(BEFORE)
        yield address
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def counts(database: Database, agency: Agency) -> dict[str, int]:
    found = {}
    async with database.agency(agency) as connection:
        for table in ("documents", "revisions", "passages", "postings", "conversations", "turns"):
            row = await (await connection.execute(f"SELECT count(*) AS n FROM {table}")).fetchone()
            found[table] = row.n
    return found


async def test_after_the_upgrade_all_is_internal_and_members_see_it(old: str) -> None:
    migrate(old, PASSWORD)
    async with Database.application(old, PASSWORD) as database:
        agency = await database.agency_by_slug("education")
        assert agency.labels.names == ("public", "internal", "CUI")
        everything = {"documents": 1, "revisions": 1, "passages": 1, "postings": 1, "conversations": 2, "turns": 2}
        assert await counts(database, agency.under(agency.labels.default)) == everything  # as a member sees it
        assert await counts(database, agency.under(0)) == dict.fromkeys(everything, 0)
        async with database.agency(agency) as connection:
            rows = await connection.execute("SELECT title, c.level, documents FROM conversations c JOIN turns t"
                                            " ON conversation_id = c.id ORDER BY title")  # fmt: skip
            grounded, plain = await rows.fetchall()
    assert (grounded.level, len(grounded.documents)) == (1, 1)
    assert (plain.level, plain.documents) == (1, [])
