"""Whoever changes the log, even as the database's superuser, is found out, and the place is named."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from publius.ledger.inspection import export, latest_checkpoint, verify_database
from publius.ledger.ledger import Ledger
from publius.ledger.merkle import tree_hash
from publius.ledger.signing import Checkpoint, SigningKey
from publius.ledger.verify import Outside, Report, verify_file
from publius.storage import Database
from publius.types import Agency, Checked, Choice, ToolCall

from .conftest import SIZE
from .walks import DOCUMENT, principal, question, walk


async def verify(ledger: Ledger, database: Database, education: Agency) -> Report:
    return await verify_database(database, education, ledger.key.public)


@pytest.fixture
def tamper(owner_address: str) -> Callable[..., None]:
    """Run statements as the superuser, with every trigger off."""

    def run(*statements: str) -> None:
        with psycopg.connect(owner_address) as superuser:
            superuser.execute("SET session_replication_role = replica")
            for statement in statements:
                superuser.execute(statement)  # type: ignore[arg-type]

    return run


async def test_a_whole_log_is_proved_content_and_all(
    ledger: Ledger, database: Database, education: Agency, answers: list[Any]
) -> None:
    seen: list[tuple[int, int]] = []
    report = await verify_database(
        database,
        education,
        ledger.key.public,
        outside=Outside(receipts=tuple(answer.receipt for answer in answers)),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert report.whole
    assert (report.records, report.checkpoints, report.contents, report.removed) == (SIZE, SIZE, SIZE * 4, 0)
    assert seen[-1] == (SIZE, SIZE)


async def test_several_answers_and_their_calls_are_content_too(
    ledger: Ledger, database: Database, education: Agency
) -> None:
    calls = (ToolCall("call_1", "weather", '{"place": "Ohio"}'),)
    choices = (
        Choice(text="", finish_reason="tool_calls", calls=calls),
        Choice(text="Rain.", finish_reason="stop"),
    )
    async with ledger.open(question()) as record:
        record.note(principal(education))
        await record.seal(Checked(text="", grounded=False, answered=True, choices=choices))
    report = await verify(ledger, database, education)
    assert report.whole and report.contents == 3  # prompt, answer, choices
    async with database.agency(education) as connection:
        rows = await connection.execute("SELECT body FROM ledger_records")
        leaf = (await rows.fetchone()).body  # type: ignore[union-attr]
    assert "Ohio" not in leaf and '"choices":"' in leaf


async def test_an_empty_log_is_whole(ledger: Ledger, database: Database, state: Agency) -> None:
    report = await verify(ledger, database, state)
    assert report.whole
    assert report.records == 0


EDITED_BODY = "UPDATE ledger_records SET body = replace(body, 'answered', 'refused') WHERE position = 4"
REHASHED = (
    "UPDATE ledger_records SET body = replace(body, 'key:7d4c', 'key:0000') WHERE position = 4",
    "UPDATE ledger_records SET leaf_hash = sha256('\\x00'::bytea || convert_to(body, 'UTF8')) WHERE position = 4",
)
SWAPPED = (
    "UPDATE ledger_records SET position = 100 WHERE position = 4",
    "UPDATE ledger_records SET position = 4 WHERE position = 6",
    "UPDATE ledger_records SET position = 6 WHERE position = 100",
)
RENUMBERED = (
    "DELETE FROM ledger_records WHERE position = 4",
    *(f"UPDATE ledger_records SET position = {at - 1} WHERE position = {at}" for at in range(5, SIZE)),
)
APPENDED = (
    f"INSERT INTO ledger_records SELECT agency_id, {SIZE}, gen_random_uuid(), removal, leaf_hash, body"
    " FROM ledger_records WHERE position = 4"
)


@pytest.mark.parametrize(
    ("statements", "kind", "position"),
    [
        ((EDITED_BODY,), "edited", 4),
        (("UPDATE ledger_records SET leaf_hash = sha256('x') WHERE position = 4",), "edited", 4),
        (REHASHED, "tree", 4),
        (("UPDATE ledger_records SET body = '{}' WHERE position = 4",), "edited", 4),
        (("DELETE FROM ledger_records WHERE position = 4",), "missing", 4),
        (("DELETE FROM ledger_records WHERE position = 0",), "missing", 0),
        (RENUMBERED, "moved", 4),
        (SWAPPED, "moved", 4),
        (("DELETE FROM ledger_records WHERE position >= 8",), "cut", 8),
        ((APPENDED,), "unsigned", SIZE),
        (("UPDATE ledger_records SET record = gen_random_uuid() WHERE position = 4",), "moved", 4),
        (("UPDATE ledger_checkpoints SET note = replace(note, '7', '8') WHERE size = 7",), "checkpoint", 6),
        (
            (
                "UPDATE ledger_checkpoints SET note = (SELECT note FROM ledger_checkpoints WHERE size = 6)"
                " WHERE size = 7",
            ),
            "checkpoint",
            6,
        ),
        (("DELETE FROM ledger_checkpoints WHERE size = 10",), "head", 9),
        (("UPDATE ledger_heads SET frontier = sha256('x')",), "head", SIZE),
        (("UPDATE ledger_contents SET content = 'else' WHERE position = 4 AND item = 'answer'",), "content", 4),
        (("UPDATE ledger_contents SET salt = sha256('x') WHERE position = 4 AND item = 'prompt'",), "content", 4),
        (("DELETE FROM ledger_contents WHERE position = 4 AND item = 'answer'",), "content", 4),
        (("UPDATE ledger_contents SET item = 'other' WHERE position = 4 AND item = 'answer'",), "content", 4),
        (("UPDATE ledger_contents SET position = 99 WHERE position = 9 AND item = 'answer'",), "content", 9),
    ],
)
async def test_each_kind_of_change_is_found_where_it_is(
    ledger: Ledger,
    database: Database,
    education: Agency,
    answers: list[Any],
    tamper: Callable[..., None],
    statements: tuple[str, ...],
    kind: str,
    position: int,
) -> None:
    tamper(*statements)
    fault = (await verify(ledger, database, education)).fault
    assert fault is not None
    assert (fault.kind, fault.position) == (kind, position), fault.message


async def test_a_tail_cut_off_with_its_checkpoints_is_found_by_whoever_kept_something(
    ledger: Ledger, database: Database, education: Agency, answers: list[Any], tamper: Callable[..., None]
) -> None:
    note = await latest_checkpoint(database, education)
    assert note
    async with database.agency(education) as connection:
        rows = await connection.execute("SELECT leaf_hash FROM ledger_records WHERE position < 8 ORDER BY position")
        root = tree_hash([row.leaf_hash for row in await rows.fetchall()])  # which is the whole frontier of eight
    tamper(
        "DELETE FROM ledger_records WHERE position >= 8",
        "DELETE FROM ledger_contents WHERE position >= 8",
        "DELETE FROM ledger_checkpoints WHERE size > 8",
        f"UPDATE ledger_heads SET size = 8, frontier = '\\x{root.hex()}'",
    )
    assert (await verify(ledger, database, education)).whole
    for kept in (Outside(receipts=(answers[9].receipt,)), Outside(notes=(note,)), ledger.outside(education)):
        fault = (await verify_database(database, education, ledger.key.public, outside=kept)).fault
        assert fault is not None
        assert (fault.kind, fault.position) == ("cut", 8)


async def test_a_log_rewritten_under_another_key_is_found(
    ledger: Ledger, database: Database, education: Agency, answers: list[Any], owner_address: str
) -> None:
    other = SigningKey.generate()
    with psycopg.connect(owner_address) as superuser:
        superuser.execute("SET session_replication_role = replica")
        for size, note in superuser.execute("SELECT size, note FROM ledger_checkpoints").fetchall():
            root = ledger.key.public.open(note).root
            forged = other.sign(Checkpoint(ledger.key.public.origin("education"), size, root))
            superuser.execute("UPDATE ledger_checkpoints SET note = %s WHERE size = %s", [forged, size])
    fault = (await verify(ledger, database, education)).fault
    assert fault is not None
    assert (fault.kind, fault.position) == ("checkpoint", 0)


async def test_another_agencys_checkpoint_does_not_pass(
    ledger: Ledger, database: Database, education: Agency, state: Agency, answers: list[Any], owner_address: str
) -> None:
    await walk(ledger, state)
    with psycopg.connect(owner_address) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(
            "UPDATE ledger_checkpoints SET note = (SELECT note FROM ledger_checkpoints WHERE agency_id = %s)"
            " WHERE agency_id = %s AND size = 1",
            [state.id, education.id],
        )
    fault = (await verify(ledger, database, education)).fault
    assert fault is not None
    assert (fault.kind, "another log" in fault.message) == ("checkpoint", True)


async def test_removed_content_leaves_a_log_that_still_proves(
    ledger: Ledger, database: Database, education: Agency, answers: list[Any], home: Path
) -> None:
    other = uuid4()
    await walk(ledger, education, document=other)
    by = principal(education)
    await ledger.remove(education, by, "court order 12", records=[answers[2].receipt.record])
    await ledger.remove(education, by, "document withdrawn", documents=[DOCUMENT])
    await walk(ledger, education)
    report = await verify(ledger, database, education)
    assert report.whole, report.fault
    # All four pieces of the one record, and the one passage of each of the other nine.
    assert (report.records, report.removed, report.contents) == (SIZE + 4, 4 + 9, 9 * 3 + 4 + 4)
    await export(database, education, ledger.key.public, home / "log.jsonl", contents=True)
    offline = verify_file(home / "log.jsonl", ledger.key.public)
    assert (offline.whole, offline.removed, offline.contents) == (True, report.removed, report.contents)
    async with database.agency(education) as connection:
        rows = await connection.execute("SELECT DISTINCT document FROM ledger_contents WHERE item = 'passage:0'")
        assert {row.document for row in await rows.fetchall()} == {other, DOCUMENT}


async def test_a_log_can_be_proved_while_it_grows(ledger: Ledger, database: Database, education: Agency) -> None:
    async def grow() -> None:
        for _ in range(60):
            await walk(ledger, education)

    growing = asyncio.create_task(grow())
    while not growing.done():
        report = await verify(ledger, database, education)
        assert report.whole, report.fault
    await growing


async def test_open_streams_are_counted(ledger: Ledger, database: Database, education: Agency) -> None:
    async with ledger.open(question()) as record:
        record.note(principal(education))
        await record.begin()
        assert (await verify(ledger, database, education)).open == 1
