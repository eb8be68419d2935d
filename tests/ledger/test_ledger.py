"""Every walk leaves exactly one leaf, whatever becomes of it, and an answer is never given without one."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from publius.errors import EngineFailed, Forbidden, LedgerUnavailable, Unauthenticated
from publius.ledger import body
from publius.ledger.ledger import Ledger
from publius.storage import Database
from publius.types import Agency, Claim, Delta

from .walks import DOCUMENT, checked, draft, evidence, principal, question, walk


async def leaves(database: Database, agency: Agency) -> list[Any]:
    async with database.agency(agency) as connection:
        rows = await connection.execute("SELECT body FROM ledger_records ORDER BY position")
        return [body.read(row.body.encode()) for row in await rows.fetchall()]


async def count(database: Database, agency: Agency, table: str) -> int:
    async with database.agency(agency) as connection:
        rows = await connection.execute(f"SELECT count(*) AS n FROM {table}")  # type: ignore[arg-type]
        return (await rows.fetchone()).n  # type: ignore[union-attr,no-any-return]


async def test_an_answer_carries_its_receipt_and_the_leaf_says_what_happened(
    ledger: Ledger, database: Database, education: Agency
) -> None:
    await walk(ledger, education)
    answer = await walk(ledger, education)
    assert (answer.receipt.agency, answer.receipt.position, answer.receipt.tree_size) == ("education", 1, 2)
    assert set(answer.timing) == {"retrieval", "ledger", "total"}
    leaf = (await leaves(database, education))[1]
    assert (leaf.record, leaf.position, leaf.question) == (answer.receipt.record, 1, answer.id)
    assert (leaf.who, leaf.door, leaf.model, leaf.outcome) == ("key:7d4c", "api", "library", "answered")
    assert (leaf.weights.name, leaf.usage.prompt) == ("small", 20)
    assert leaf.verification == body.Verdict(grounded=True, quoted=False, released=1, withheld={"meaning": 1})
    assert [(s.document, s.revision, s.start, s.end) for s in leaf.passages] == [(DOCUMENT, 2, 10, 30)]
    assert leaf.citations[0].document == DOCUMENT


async def test_a_leaf_holds_no_text_and_no_name(ledger: Ledger, database: Database, education: Agency) -> None:
    await walk(ledger, education, "How much is the grant for Zebulon?")
    async with database.agency(education) as connection:
        rows = await connection.execute("SELECT body FROM ledger_records")
        text = (await rows.fetchone()).body  # type: ignore[union-attr]
    for secret in ("Zebulon", "7,395", "blue", "Ada", "g.pdf"):
        assert secret not in text


async def test_the_same_words_twice_have_different_commitments(
    ledger: Ledger, database: Database, education: Agency
) -> None:
    await walk(ledger, education)
    await walk(ledger, education)
    first, second = await leaves(database, education)
    assert not set(first.commitments().values()) & set(second.commitments().values())


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (Forbidden("No."), "refused:permission_denied"),
        (EngineFailed("Broke."), "error:engine_failed"),
        (ZeroDivisionError(), "error:internal_error"),
    ],
)
async def test_refusals_and_errors_are_recorded_and_pass_on(
    ledger: Ledger, database: Database, education: Agency, error: Exception, outcome: str
) -> None:
    with pytest.raises(type(error)):
        async with ledger.open(question()) as record:
            record.note(principal(education))
            raise error
    (leaf,) = await leaves(database, education)
    assert (leaf.outcome, leaf.who, leaf.answer) == (outcome, "key:7d4c", None)
    assert leaf.prompt is not None


async def test_an_unknown_caller_is_recorded_with_the_platform_without_content(
    ledger: Ledger, database: Database, education: Agency
) -> None:
    with pytest.raises(Unauthenticated):
        async with ledger.open(question("a secret of the agency")):
            raise Unauthenticated("No.")
    platform = await database.agency_by_slug("platform")
    (leaf,) = await leaves(database, platform)
    assert (leaf.outcome, leaf.prompt, leaf.who) == ("refused:invalid_api_key", None, None)
    assert await count(database, platform, "ledger_contents") == 0
    assert await leaves(database, education) == []


async def test_a_cancelled_walk_is_recorded_with_what_had_left(
    ledger: Ledger, database: Database, education: Agency
) -> None:
    started = asyncio.Event()

    async def stream() -> None:
        async with ledger.open(question()) as record:
            record.note(principal(education))
            await record.begin()
            record.note(Claim(text="The grant is $7,395."))
            started.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(stream())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (leaf,) = await leaves(database, education)
    assert leaf.outcome == "cancelled"
    async with database.agency(education) as connection:
        rows = await connection.execute("SELECT content FROM ledger_contents WHERE item = 'answer'")
        assert (await rows.fetchone()).content == b"The grant is $7,395."  # type: ignore[union-attr]
    assert await count(database, education, "ledger_journal") == 0


async def test_cancelling_again_while_the_record_is_written_does_not_lose_it(
    ledger: Ledger, database: Database, education: Agency
) -> None:
    async def stop() -> None:
        async with ledger.open(question()) as record:
            record.note(principal(education))
            await asyncio.sleep(60)

    task = asyncio.create_task(stop())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await walk(ledger, education)
    assert [leaf.outcome for leaf in await leaves(database, education)] == ["cancelled", "answered"]


async def test_a_stream_that_its_reader_closes_is_recorded_as_cancelled(
    ledger: Ledger, database: Database, education: Agency
) -> None:
    async def stream() -> AsyncIterator[str]:
        async with ledger.open(question()) as record:
            record.note(principal(education))
            await record.begin()
            record.note(Delta(text="Dear "))
            yield "Dear "
            record.note(Delta(text="all"))
            yield "all"

    running = stream()
    assert await anext(running) == "Dear "
    await running.aclose()  # type: ignore[attr-defined]
    assert [leaf.outcome for leaf in await leaves(database, education)] == ["cancelled"]


async def test_a_walk_can_not_be_sealed_twice(ledger: Ledger, database: Database, education: Agency) -> None:
    async with ledger.open(question()) as record:
        record.note(principal(education))
        await record.seal(checked())
        with pytest.raises(LedgerUnavailable, match="its record already"):
            await record.seal(checked())
    assert len(await leaves(database, education)) == 1


async def test_many_at_once_make_one_unbroken_log_in_few_commits(
    ledger: Ledger, database: Database, education: Agency, state: Agency
) -> None:
    answers = await asyncio.gather(*(walk(ledger, agency) for _ in range(150) for agency in (education, state)))
    for agency in (education, state):
        positions = sorted(a.receipt.position for a in answers if a.receipt.agency == agency.slug)
        assert positions == list(range(150))
        assert await count(database, agency, "ledger_checkpoints") < 20


async def test_several_processes_append_to_one_log_without_a_fork(
    database: Database, owner_address: str, education: Agency, home: Path
) -> None:
    ledgers = [Ledger(database, home) for _ in range(3)]
    await asyncio.gather(*(walk(one, education) for _ in range(40) for one in ledgers))
    found = await leaves(database, education)
    assert [leaf.position for leaf in found] == list(range(120))
    assert len({leaf.record for leaf in found}) == 120
    for one in ledgers:
        await one.close()


async def test_one_agency_does_not_see_anothers_log(
    ledger: Ledger, database: Database, education: Agency, state: Agency
) -> None:
    await walk(ledger, education)
    async with ledger.open(question()) as record:
        record.note(principal(education))
        await record.begin()
        for table in ("heads", "records", "tiles", "checkpoints", "contents", "journal"):
            assert await count(database, state, f"ledger_{table}") == 0
        await record.seal(checked())


@pytest.mark.parametrize("table", ["ledger_records", "ledger_checkpoints"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET agency_id = agency_id", "TRUNCATE {}"])
async def test_neither_the_application_nor_the_owner_can_change_what_was_recorded(
    ledger: Ledger, database: Database, owner_address: str, education: Agency, table: str, statement: str
) -> None:
    await walk(ledger, education)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with database.agency(education) as connection:
            await connection.execute(statement.format(table))  # type: ignore[arg-type]
    with psycopg.connect(owner_address) as owner, pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        owner.execute(statement.format(table))  # type: ignore[arg-type]


async def test_an_agency_can_be_deleted_with_its_log(ledger: Ledger, owner_address: str, education: Agency) -> None:
    await walk(ledger, education)
    with psycopg.connect(owner_address) as owner:
        owner.execute("DELETE FROM agencies WHERE id = %s", [education.id])
        assert owner.execute("SELECT count(*) FROM ledger_records").fetchone() == (0,)


async def test_without_the_database_there_is_no_answer(owner_address: str, education: Agency, home: Path) -> None:
    with pytest.raises(LedgerUnavailable):
        await walk(Ledger(Database(owner_address), home), education)  # a database that was never connected to


async def test_while_another_holds_the_lock_too_long_there_is_no_answer(
    ledger: Ledger, owner_address: str, education: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publius.ledger.appender.LOCK_PATIENCE", 1)
    await walk(ledger, education)
    async with await psycopg.AsyncConnection.connect(owner_address) as holder:
        await holder.execute("SELECT 1 FROM ledger_heads FOR UPDATE")
        with pytest.raises(LedgerUnavailable):
            await walk(ledger, education)
        await holder.rollback()
    assert (await walk(ledger, education)).receipt.position == 1


async def test_another_key_does_not_go_on_with_a_log(
    ledger: Ledger, database: Database, education: Agency, home: Path
) -> None:
    await walk(ledger, education)
    (home / "keys" / "ledger.key").unlink()
    other = Ledger(database, home)
    with pytest.raises(LedgerUnavailable, match="is signed by the key"):
        await walk(other, education)
    await other.close()


async def test_a_log_that_went_back_is_not_gone_on_with(ledger: Ledger, database: Database, education: Agency) -> None:
    await walk(ledger, education)
    await walk(ledger, education)
    async with database.agency(education) as connection:
        await connection.execute("UPDATE ledger_heads SET size = 1")
    with pytest.raises(LedgerUnavailable, match="went back from 2 to 1"):
        await walk(ledger, education)


async def test_words_that_utf8_can_not_carry_are_recorded_too(
    ledger: Ledger, database: Database, education: Agency
) -> None:
    await walk(ledger, education, "half a sign \ud83d and a nul \x00")
    assert (await leaves(database, education))[0].outcome == "answered"


async def test_the_tools_and_draft_are_committed_to(ledger: Ledger, database: Database, education: Agency) -> None:
    async with ledger.open(question()) as record:
        record.note(principal(education))
        record.note(evidence())
        record.note(draft())
        await record.seal(checked())
    (leaf,) = await leaves(database, education)
    assert set(leaf.commitments()) == {"prompt", "draft", "answer", "passage:0"}
