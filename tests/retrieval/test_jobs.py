"""The promise: a file that was accepted is read once, whatever dies meanwhile; who added it can stop it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

import pytest
from tests.retrieval.conftest import ReadsHere, embed

from publius.errors import Conflict, InvalidRequest, NotFound
from publius.retrieval.jobs import Job, Jobs, Worker
from publius.retrieval.jobs.taking import Withdrawn, settle, take
from publius.retrieval.library import Library
from publius.retrieval.passages import Piece
from publius.retrieval.reading import ReadDocument
from publius.storage import Database
from publius.types import Agency

GONE = 1  # The number of a holder that does not live.


def files(count: int, word: str = "leave") -> list[tuple[str, bytes]]:
    return [
        (f"{word}-{n}.md", f"# {word} {n}\n\nStaff may take {n} days of {word} a year.".encode()) for n in range(count)
    ]


class Slow(ReadsHere):
    """Reading that waits until it is let go, and tells which file it has begun."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.go = asyncio.Event()

    async def read(self, name: str, data: bytes) -> tuple[ReadDocument, Sequence[Piece]]:
        self.begun.append(name)
        await self.go.wait()
        return await super().read(name, data)


@pytest.fixture
def jobs(database: Database) -> Jobs:
    return Jobs(database)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@contextlib.asynccontextmanager
async def at_work(database: Database, reader: ReadsHere) -> AsyncIterator[Worker]:
    worker = Worker(database, Library(database, embed, reader))
    async with worker.running():
        yield worker


async def until(jobs: Jobs, agency: Agency, job: Job, holds: Callable[[Job], bool]) -> Job:
    async with asyncio.timeout(60):
        while not holds(now := await jobs.open(agency, job.id)):
            await asyncio.sleep(0.02)
    return now


def over(job: Job) -> bool:
    return job.condition == "finished"


async def rows(database: Database, agency: Agency, query: str) -> list[tuple[object, ...]]:
    async with database.agency(agency) as connection:
        return [tuple(row) for row in await (await connection.execute(query)).fetchall()]


async def test_what_is_accepted_is_read_and_its_bytes_go(
    database: Database, library: Library, jobs: Jobs, education: Agency
) -> None:
    job = await jobs.put(education, "user:1", "Upload", [*files(5), ("broken.pdf", b"%PDF-no")])
    assert (job.files, job.waiting, job.condition) == (6, 6, "reading")
    async with at_work(database, ReadsHere()):
        job = await until(jobs, education, job, over)
    assert (job.done, job.failed) == (5, 1)
    assert {document.name for document in (await library.list(education)).documents} == {n for n, _ in files(5)}
    (failed,) = await jobs.items(education, job.id, states=("failed",))
    assert failed.name == "broken.pdf" and "PDF" in failed.reason
    kept = await rows(database, education, "SELECT name FROM job_items WHERE data IS NOT NULL")
    assert kept == [("broken.pdf",)], "which can be tried again"
    await jobs.retry(education, job.id)
    async with at_work(database, ReadsHere()):
        assert (await until(jobs, education, job, over)).failed == 1


async def test_agencies_take_turns_and_a_small_job_is_not_behind_a_large_one(
    database: Database, jobs: Jobs, education: Agency, state: Agency, slow: Slow
) -> None:
    large = await jobs.put(education, "user:1", "Upload", files(8, "large"))
    small = await jobs.put(education, "user:2", "Upload", files(2, "small"))
    other = await jobs.put(state, "user:3", "Upload", files(2, "other"))
    slow.go.set()
    async with at_work(database, slow):
        for agency, job in ((education, large), (education, small), (state, other)):
            await until(jobs, agency, job, over)
    words = [name.split("-")[0] for name in slow.begun]
    assert words[:4].count("other") == 2 and words[:6].count("small") >= 1 and words[-4:] == ["large"] * 4


async def test_paused_resumed_and_cancelled(
    database: Database, library: Library, jobs: Jobs, education: Agency, slow: Slow
) -> None:
    job = await jobs.put(education, "user:1", "Upload", files(6))
    await jobs.pause(education, job.id)
    async with at_work(database, slow) as worker:
        await asyncio.sleep(0.3)
        assert slow.begun == [] and (await jobs.open(education, job.id)).condition == "paused"
        await worker.jobs.resume(education, job.id)
        await until(jobs, education, job, lambda job: job.taken == 2)
        cancelled = await jobs.cancel(education, job.id)
        slow.go.set()
        await asyncio.sleep(0.3)
    assert cancelled.condition == "cancelled" and cancelled.cancelled == 6 and len(slow.begun) == 2
    assert (await library.list(education)).total == 0, "not even what was being read"
    assert await rows(database, education, "SELECT 1 FROM job_items WHERE data IS NOT NULL") == []
    with pytest.raises(Conflict):
        await jobs.retry(education, job.id)
    with pytest.raises(Conflict):
        await jobs.put(education, "user:1", "Upload", files(1), job_id=job.id)
    await jobs.remove(education, job.id)
    assert await jobs.list(education) == []


async def test_what_a_stopped_server_had_in_hand_is_given_back(
    database: Database, jobs: Jobs, education: Agency, slow: Slow
) -> None:
    job = await jobs.put(education, "user:1", "Upload", files(3))
    async with at_work(database, slow):
        await until(jobs, education, job, lambda job: job.taken == 2)
    assert {(item.state, item.attempts) for item in await jobs.items(education, job.id)} == {("waiting", 0)}


async def test_a_file_that_ends_its_reader_three_times_fails_with_a_sentence(
    database: Database, jobs: Jobs, education: Agency
) -> None:
    job = await jobs.put(education, "user:1", "Upload", files(2))
    for _ in range(3):  # as a process does that dies with two in hand
        assert await take(database, education, GONE, [GONE], [])
        assert await take(database, education, GONE, [GONE], [])
        async with database.agency(education) as connection:
            await connection.execute("UPDATE job_items SET attempts = 1 WHERE position = 2")
    async with at_work(database, ReadsHere()):
        job = await until(jobs, education, job, over)
    first, second = await jobs.items(education, job.id)
    assert (first.state, second.state) == ("failed", "done") and "3 times" in first.reason


async def test_who_was_taken_for_dead_writes_nothing(
    database: Database, library: Library, jobs: Jobs, education: Agency
) -> None:
    job = await jobs.put(education, "user:1", "Upload", files(1))
    first = await take(database, education, GONE, [GONE], [])
    second = await take(database, education, 2, [2], [])
    assert first and second and first.id == second.id

    async def late(connection: object, added: object) -> None:
        await settle(connection, GONE, first, added)  # type: ignore[arg-type]

    with pytest.raises(Withdrawn):
        await library.add(education, "user:1", first.name, first.data, settle=late)
    assert (await library.list(education)).total == 0
    assert (await jobs.open(education, job.id)).taken == 1


async def test_a_job_is_its_agencys_and_its_files_have_their_labels(
    jobs: Jobs, library: Library, education: Agency, state: Agency
) -> None:
    low = education.under(1)
    await library.add(education, "user:1", "plan.md", b"# Plan\n\nThe plan is sealed.", label="CUI")
    sealed = await jobs.put(education, "user:1", "Upload", files(2), label="CUI")
    revised = await jobs.put(education, "user:1", "Upload", [("plan.md", b"# Plan\n\nIt changed.")])
    mixed = await jobs.put(education, "user:1", "Upload", files(1, "open"))
    assert {job.id for job in await jobs.list(low)} == {mixed.id}
    for agency, job in ((low, sealed), (low, revised), (state, mixed)):
        with pytest.raises(NotFound):
            await jobs.open(agency, job.id)
        with pytest.raises(NotFound):
            await jobs.cancel(agency, job.id)
        assert await jobs.items(agency, job.id) == ()
    with pytest.raises(InvalidRequest):
        await jobs.put(low, "user:2", "Upload", files(1), label="CUI")


async def test_all_of_a_job_or_nothing(jobs: Jobs, education: Agency) -> None:
    with pytest.raises(InvalidRequest):
        await jobs.put(education, "user:1", "Upload", [*files(3), ("..", b"no name")])
    with pytest.raises(InvalidRequest):
        await jobs.put(education, "user:1", "Upload", [])
    assert await jobs.list(education) == []


async def test_the_worker_ends_though_a_cancellation_is_lost(database: Database, library: Library) -> None:
    class Deaf(Worker):
        async def _forever(self) -> None:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(600)
            await asyncio.sleep(600)

    async with asyncio.timeout(60), Deaf(database, library).running():
        await asyncio.sleep(0)
