"""Reading in a process of its own: hostile files end that process and nothing else."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.retrieval.reading.making import real_docx

from publius.errors import UnreadableDocument
from publius.retrieval.passages import split
from publius.retrieval.reading import read
from publius.retrieval.reading.sandbox import Reader


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    reader = Reader(workers=2)
    yield reader
    await reader.close()


async def test_gives_what_reading_in_process_gives(reader: Reader) -> None:
    document = read("leave.docx", real_docx())
    assert await reader.read("leave.docx", real_docx()) == (document, split(document))


async def test_refusals_come_through_with_cause_and_cure(reader: Reader) -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        await reader.read("a.zip", b"PK\x03\x04")
    assert "ZIP" in refusal.value.message and "Copy or download it again" in refusal.value.next_step
    assert (await reader.read("a.txt", b"still here"))[0].text == "still here"


async def test_a_file_that_takes_too_long_is_stopped_and_the_next_is_read() -> None:
    reader = Reader(workers=1, seconds=1)
    try:
        with pytest.raises(UnreadableDocument, match="second"):
            await reader.read("a.md", b"a:\n" * 3_000_000)
        assert (await reader.read("a.txt", b"next"))[0].text == "next"
    finally:
        await reader.close()


async def test_a_file_that_takes_too_much_memory_is_stopped_and_the_next_is_read() -> None:
    reader = Reader(workers=1, memory=120 << 20)
    try:
        with pytest.raises(UnreadableDocument, match="memory"):
            await reader.read("a.md", b"*a* " * 500_000)
        assert (await reader.read("a.txt", b"next"))[0].text == "next"
    finally:
        await reader.close()


async def test_a_worker_that_dies_costs_one_file(reader: Reader) -> None:
    await reader.read("a.txt", b"first")
    for worker in reader._idle:
        os.kill(worker.pid, signal.SIGKILL)
    with pytest.raises(UnreadableDocument):
        await reader.read("a.txt", b"second")
    assert (await reader.read("a.txt", b"third"))[0].text == "third"


async def test_giving_up_on_a_file_leaves_no_process_behind(reader: Reader) -> None:
    task = asyncio.create_task(reader.read("a.md", b"a:\n" * 3_000_000))
    await asyncio.sleep(0.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not reader._idle
    assert (await reader.read("a.txt", b"next"))[0].text == "next"


async def test_many_at_once_share_the_pool(reader: Reader) -> None:
    results = await asyncio.gather(*(reader.read(f"{n}.txt", f"text {n}".encode()) for n in range(30)))
    assert [document.text for document, _ in results] == [f"text {n}" for n in range(30)]
    assert len(reader._idle) <= 2


async def test_the_process_knows_nothing_of_the_environment(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:password@host/db")
    await reader.read("a.txt", b"text")
    assert b"password" not in Path(f"/proc/{reader._idle[0].pid}/environ").read_bytes()
