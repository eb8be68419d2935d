"""Whoever changes the log, even as the database's superuser, is found out, and the place is named."""

import asyncio
import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest

from publius.errors import InvalidRequest, NotFound
from publius.ledger.inspection import export, latest_checkpoint, prove, verify_database
from publius.ledger.ledger import Ledger
from publius.ledger.merkle import leaf_hash, tree_hash
from publius.ledger.proof import check
from publius.ledger.signing import Checkpoint, SigningKey
from publius.ledger.verify import Outside, Report, verify_file
from publius.storage import Database
from publius.types import Agency

from .walks import DOCUMENT, principal, question, walk

SIZE = 10


@pytest.fixture
async def answers(ledger: Ledger, education: Agency) -> list[Any]:
    """A log of ten records under ten checkpoints."""
    return [await walk(ledger, education) for _ in range(SIZE)]


async def verify(ledger: Ledger, database: Database, education: Agency, **kept: Any) -> Report:
    return await verify_database(database, education, ledger.key.public, outside=Outside(**kept))


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
    for kept in ({"receipts": (answers[9].receipt,)}, {"notes": (note,)}):
        fault = (await verify(ledger, database, education, **kept)).fault
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


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
@pytest.mark.parametrize("contents", [False, True])
async def test_an_exported_log_is_proved_with_the_file_and_the_key_alone(
    ledger: Ledger,
    database: Database,
    education: Agency,
    answers: list[Any],
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    contents: bool,
) -> None:
    monkeypatch.setattr("publius.ledger.inspection.BATCH", 3)
    monkeypatch.setattr("publius.ledger.log.BATCH", 4)
    file = home / name
    assert await export(database, education, ledger.key.public, file, contents=contents) == SIZE
    report = verify_file(file, ledger.key.public, outside=Outside(receipts=(answers[3].receipt,)))
    assert report.whole, report.fault
    assert (report.records, report.checkpoints, report.contents) == (SIZE, SIZE, SIZE * 4 if contents else 0)
    assert not verify_file(file, SigningKey.generate().public).whole
    text = (gzip.decompress(file.read_bytes()) if name.endswith("gz") else file.read_bytes()).decode()
    assert ("VGhlIGdyYW50IGlzICQ3LDM5NS4=" in text) == contents


@pytest.mark.parametrize(
    ("change", "kind", "position"),
    [
        (lambda lines: [*lines[:9], lines[9].replace(b"answered", b"refused!"), *lines[10:]], "edited", 4),
        (lambda lines: lines[:9] + lines[11:], "missing", 4),
        (lambda lines: [*lines[:9], lines[11], lines[10], lines[9], *lines[12:]], "missing", 4),
        (lambda lines: lines[:-4], "cut", 8),
        (lambda lines: lines[:-1], "unsigned", 9),
        (lambda lines: [*lines[:9], b"not json\n", *lines[10:]], "malformed", 0),
        (lambda lines: [*lines, lines[0]], "malformed", 0),
        (lambda lines: lines[:1], "cut", 0),
    ],
)
async def test_a_changed_file_does_not_prove(
    ledger: Ledger,
    database: Database,
    education: Agency,
    answers: list[Any],
    home: Path,
    change: Callable[[list[bytes]], list[bytes]],
    kind: str,
    position: int,
) -> None:
    file = home / "log.jsonl"
    await export(database, education, ledger.key.public, file)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(change(lines)))
    fault = verify_file(file, ledger.key.public).fault
    assert fault is not None
    assert (fault.kind, fault.position) == (kind, position), fault.message


@pytest.mark.parametrize("content", [b"", b"{}\n", b"\x1f\x8b broken", b'{"type":"header","format":"else/9"}\n'])
def test_what_is_no_export_is_refused(home: Path, content: bytes) -> None:
    for name in ("log.jsonl", "log.jsonl.gz"):
        (home / name).write_bytes(content)
        with pytest.raises(InvalidRequest, match="not an exported ledger"):
            verify_file(home / name, SigningKey.generate().public)


async def test_a_compressed_file_that_breaks_off_does_not_prove(
    ledger: Ledger, database: Database, education: Agency, answers: list[Any], home: Path
) -> None:
    file = home / "log.jsonl.gz"
    await export(database, education, ledger.key.public, file)
    file.write_bytes(file.read_bytes()[:-400])
    fault = verify_file(file, ledger.key.public).fault
    assert fault is not None
    assert fault.kind == "malformed"


def test_the_offline_check_needs_no_database() -> None:
    code = (
        "import sys, publius.ledger.verify, publius.ledger.proof;"
        "sys.exit(any(name.startswith(('psycopg', 'publius.storage')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 700])
async def test_a_receipt_is_proved_by_itself(
    ledger: Ledger, database: Database, education: Agency, state: Agency, size: int
) -> None:
    answers = await asyncio.gather(*(walk(ledger, education) for _ in range(size)))
    for answer in answers[:: max(1, size // 7)]:
        proof = await prove(database, education, answer.receipt)
        carried = msgspec.json.decode(msgspec.json.encode(proof), type=type(proof))
        assert check(carried, ledger.key.public).size == size
    with pytest.raises(NotFound):
        await prove(database, state, answers[0].receipt)


async def test_a_proof_does_not_hold_for_anything_else(
    ledger: Ledger, database: Database, education: Agency, answers: list[Any]
) -> None:
    proof = await prove(database, education, answers[3].receipt)
    other = await prove(database, education, answers[4].receipt)
    moved = msgspec.structs.replace(proof.receipt, position=2)
    edited = proof.body.replace("key:7d4c", "key:0000")
    rehashed = msgspec.structs.replace(proof.receipt, leaf_hash=leaf_hash(edited.encode()).hex())
    for changed in (
        {"receipt": other.receipt},
        {"receipt": moved},
        {"body": edited},
        {"body": edited, "receipt": rehashed},
        {"path": proof.path[::-1]},
        {"path": ()},
        {"checkpoint": proof.checkpoint.replace("10", "11", 1)},
    ):
        with pytest.raises(InvalidRequest):
            check(msgspec.structs.replace(proof, **changed), ledger.key.public)
    with pytest.raises(InvalidRequest):
        check(proof, SigningKey.generate().public)


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
