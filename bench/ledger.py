"""The ledger: what it adds to a lone answer, records a second under load, and how fast a log is proved."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from uuid import UUID, uuid4

from bench.report import Report, Target
from publius.ledger import gathering
from publius.ledger.inspection import export, prove, verify_database
from publius.ledger.ledger import Ledger
from publius.ledger.verify import verify_file
from publius.storage import Database, EmbeddedServer, Owner, migrate
from publius.types import (
    Agency,
    Checked,
    Claim,
    Door,
    Draft,
    Evidence,
    Grant,
    Message,
    Model,
    Passage,
    Principal,
    Question,
    Receipt,
    Role,
    Usage,
)

LONE = 300  # answers one after the other
LOADED = 12_800  # answers under load
WORDS = "The grant for one year is $7,395 and is paid in two parts, in autumn and in spring. "
DOCUMENT = UUID(int=1)


def measure() -> Report:
    """Everything on an embedded database of its own."""
    with tempfile.TemporaryDirectory(prefix="publius-bench-") as folder:
        server = EmbeddedServer(Path(folder))
        address = server.start()
        try:
            migrate(address, "bench")
            agency = Owner(address).create_agency("bench", "Bench", rate_per_minute=1, tokens_per_day=1)
            return asyncio.run(_measure(address, agency, Path(folder)))
        finally:
            server.stop()


async def _measure(address: str, agency: Agency, home: Path) -> Report:
    async with Database.application(address, "bench") as database:
        ledger = Ledger(database, home)
        lone = [await _timed(ledger, agency) for _ in range(LONE)]
        alone = await _rate(ledger, agency, LOADED // 10, at_once=16, group=1)
        sixteen = await _rate(ledger, agency, LOADED, at_once=16, group=gathering.GROUP)
        many = await _rate(ledger, agency, LOADED, at_once=256, group=gathering.GROUP)
        ours = {
            "lone_ms_p50": round(statistics.median(lone) * 1e3, 2),
            "lone_ms_p95": round(statistics.quantiles(lone, n=20)[-1] * 1e3, 2),
            "records_per_second_16_at_once": round(sixteen),
            "records_per_second_256_at_once": round(many),
            **await _inspect(database, agency, ledger, home),
        }
        await ledger.close()
    return Report(
        name="ledger",
        ours=ours,
        peers={"one record a commit, 16 at once": {"records_per_second": round(alone)}},
        ratios={"group commit against one a commit, 16 at once": sixteen / alone},
        targets={
            "added to a lone answer (p50)": Target(ours["lone_ms_p50"], 4, "ms"),
            "records under load, 256 at once": Target(
                ours["records_per_second_256_at_once"], 2000, "records/s", most=False
            ),
            "proving a log in the database": Target(
                ours["verify_database_per_second"], 20_000, "records/s", most=False
            ),
        },
    )


async def _inspect(database: Database, agency: Agency, ledger: Ledger, home: Path) -> dict[str, float]:
    key, file = ledger.key.public, home / "log.jsonl"
    rates: dict[str, float] = {}
    start = time.perf_counter()
    report = await verify_database(database, agency, key)
    rates["verify_database_per_second"] = round(report.records / (time.perf_counter() - start))
    rates["checkpoints"] = report.checkpoints
    start = time.perf_counter()
    await export(database, agency, key, file)
    rates["export_per_second"] = round(report.records / (time.perf_counter() - start))
    start = time.perf_counter()
    if not (report.whole and verify_file(file, key).whole):
        raise AssertionError("The log that was just written does not prove.")
    rates["verify_file_per_second"] = round(report.records / (time.perf_counter() - start))
    receipt = await _walk(ledger, agency)
    start = time.perf_counter()
    await prove(database, agency, receipt)
    rates["prove_receipt_ms"] = round((time.perf_counter() - start) * 1e3, 1)
    return rates


async def _rate(ledger: Ledger, agency: Agency, records: int, *, at_once: int, group: int) -> float:
    """Records a second, with at most `group` of them in one commit."""
    usual, gathering.GROUP = gathering.GROUP, group

    async def some() -> None:
        for _ in range(records // at_once):
            await _walk(ledger, agency)

    start = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(at_once)))
    gathering.GROUP = usual
    return records / (time.perf_counter() - start)


async def _timed(ledger: Ledger, agency: Agency) -> float:
    start = time.perf_counter()
    await _walk(ledger, agency)
    return time.perf_counter() - start


async def _walk(ledger: Ledger, agency: Agency) -> Receipt:
    """A grounded walk with nothing in it but the record: four passages of 800 characters and a short answer."""
    question = Question(id=uuid4(), door=Door.API, model="library", messages=(Message("user", "How much?"),))
    async with ledger.open(question) as record:
        who = Principal("key:1", "Bench", agency, Role.MEMBER)
        record.note(Grant(who, Model("library", grounded=True, description=""), 100))
        record.note(Evidence(passages=tuple(_passage(at) for at in range(4))))
        record.note(Draft(text=WORDS, finish_reason="stop", model="small", weights="ab" * 32, usage=Usage(900, 20)))
        checked = Checked(text=WORDS, grounded=True, answered=True, claims=(Claim(text=WORDS),))
        return (await record.seal(checked)).receipt


def _passage(at: int) -> Passage:
    text = WORDS * 10
    return Passage(
        id=at, document_id=DOCUMENT, revision=1, title="Grants", name="g.md", text=text, start=0, end=len(text)
    )
