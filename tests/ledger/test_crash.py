"""Kill it, fill its disk: what was acknowledged is there and proves, and nothing is answered without a record."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from psycopg.conninfo import make_conninfo
from tests.conftest import PASSWORD, TEMPLATE

from publius.errors import LedgerUnavailable
from publius.ledger import body
from publius.ledger.inspection import verify_database
from publius.ledger.ledger import Ledger
from publius.ledger.verify import Outside
from publius.storage import Database, EmbeddedServer, Owner, migrate
from publius.storage.migrate import role_name
from publius.types import Agency, Receipt

from .walks import walk

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def streaming(owner_address: str, education: Agency, home: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process of the same platform, in the middle of a stream."""
    address = make_conninfo(owner_address, user=role_name(TEMPLATE), password=PASSWORD)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.ledger.streamer", address, str(home), "education"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"begun\n"
    yield process
    if process.returncode is None:
        process.kill()
    await process.wait()


async def test_a_stream_whose_process_was_killed_is_sealed_as_interrupted(
    ledger: Ledger, database: Database, education: Agency, streaming: asyncio.subprocess.Process
) -> None:
    assert await ledger.recover() == 0  # it still lives
    streaming.kill()
    await streaming.wait()
    assert await ledger.recover() == 1
    assert await ledger.recover() == 0
    async with database.agency(education) as connection:
        rows = await connection.execute("SELECT body FROM ledger_records")
        (row,) = await rows.fetchall()
        rows = await connection.execute("SELECT content FROM ledger_contents WHERE item = 'prompt'")
        (prompt,) = await rows.fetchall()
    leaf: Any = body.read(row.body.encode())
    assert (leaf.outcome, leaf.who, len(leaf.passages)) == ("interrupted", "key:7d4c", 1)
    assert b"asked before the crash" in prompt.content
    report = await verify_database(database, education, ledger.key.public)
    assert (report.whole, report.records, report.open) == (True, 1, 0)


async def test_of_two_that_recover_at_once_one_seals(
    ledger: Ledger, database: Database, education: Agency, home: Path, streaming: asyncio.subprocess.Process
) -> None:
    streaming.kill()
    await streaming.wait()
    other = Ledger(database, home)
    sealed = await asyncio.gather(ledger.recover(), other.recover(), ledger.recover())
    assert sum(sealed) == 1
    assert (await verify_database(database, education, ledger.key.public)).records == 1
    await other.close()


async def answer_until_refused(ledger: Ledger, agency: Agency, receipts: list[Receipt]) -> None:
    while True:
        receipts.append((await walk(ledger, agency)).receipt)


def kill(server: EmbeddedServer) -> None:
    """SIGKILL for this PostgreSQL and each of its processes, as when the machine loses its power."""
    postmaster = psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))
    for process in [postmaster, *postmaster.children(recursive=True)]:
        process.kill()
    psutil.wait_procs([postmaster], timeout=10)


@pytest.mark.slow
async def test_no_acknowledged_record_is_lost_when_postgresql_is_killed_while_it_commits(home: Path) -> None:
    server = EmbeddedServer(home)
    address = server.start()
    try:
        migrate(address, PASSWORD)
        education = Owner(address).create_agency("education", "Education", rate_per_minute=1, tokens_per_day=1)
        receipts: list[Receipt] = []
        async with Database.application(address, PASSWORD) as database:
            ledger = Ledger(database, home)
            load = [asyncio.create_task(answer_until_refused(ledger, education, receipts)) for _ in range(16)]
            while len(receipts) < 200:
                await asyncio.sleep(0.01)
            kill(server)
            ends = await asyncio.gather(*load, return_exceptions=True)
            assert {type(end) for end in ends} == {LedgerUnavailable}
            server.stop()
            server.start()
            receipts.append((await walk(ledger, education)).receipt)
            kept = Outside(receipts=tuple(receipts))
            report = await verify_database(database, education, ledger.key.public, outside=kept)
            assert report.whole, report.fault
            assert len({receipt.position for receipt in receipts}) == len(receipts) <= report.records
            await ledger.close()
    finally:
        server.stop()


@pytest.fixture
def small_disk(home: Path) -> Iterator[Path]:
    """A disk of its own that can be filled to the last byte."""
    disk = home / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=420m", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Leave not one block free."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        block = bytes(1 << 20)
        while block:
            try:
                file.write(block)
            except OSError:
                block = block[: len(block) // 2]
    return filler


async def test_with_the_disk_full_nothing_is_answered_and_afterwards_all_is_well(small_disk: Path) -> None:
    server = EmbeddedServer(small_disk)
    address = server.start()
    try:
        migrate(address, PASSWORD)
        education = Owner(address).create_agency("education", "Education", rate_per_minute=1, tokens_per_day=1)
        receipts: list[Receipt] = []
        async with Database.application(address, PASSWORD) as database:
            ledger = Ledger(database, small_disk)
            receipts.append((await walk(ledger, education)).receipt)
            filler = fill(small_disk)
            with pytest.raises(LedgerUnavailable):
                while len(receipts) < 1000:
                    long = os.urandom(50_000).hex()  # soon more than the free pages of the tables can take
                    receipts.append((await walk(ledger, education, long)).receipt)
            filler.unlink()
            async with asyncio.timeout(30):
                while True:
                    try:
                        receipts.append((await walk(ledger, education)).receipt)
                        break
                    except LedgerUnavailable:
                        await asyncio.sleep(0.2)
            kept = Outside(receipts=tuple(receipts))
            report = await verify_database(database, education, ledger.key.public, outside=kept)
            assert report.whole, report.fault
            await ledger.close()
    finally:
        server.stop()
