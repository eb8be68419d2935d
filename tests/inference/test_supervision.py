"""The promise: an engine that hangs or dies is replaced, never in a frenzy, and its log holds no content."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.inference.asking import ask, written

from publius.errors import EndsEngine, EngineLost, EngineUnavailable
from publius.inference import embedded, process
from publius.inference.catalog import CatalogModel
from publius.inference.embedded import EmbeddedEngine

pytestmark = pytest.mark.model

PATIENCE = 10.0  # Seconds: a machine that tests keep busy must not be taken for an engine that hangs.


@pytest.fixture
async def poisoned(
    fresh_home: Path, small: CatalogModel, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[EmbeddedEngine]:
    """An engine that the words of `poisoned_worker.py` kill, hang or break."""
    monkeypatch.setattr(process, "WORKER", "tests.inference.poisoned_worker")
    monkeypatch.setattr(embedded, "_PATIENCE", PATIENCE)
    engine = EmbeddedEngine(small, fresh_home, 0.2)
    await engine.start()
    yield engine
    await engine.stop()


async def test_an_engine_that_hangs_is_replaced_and_the_reason_is_logged(poisoned: EmbeddedEngine) -> None:
    first = poisoned.pid
    with capture_logs() as lines:
        with pytest.raises(EngineLost):
            await written(poisoned, ask("HANGING", max_tokens=40))
        assert (await written(poisoned, ask()))[0]
    assert poisoned.pid != first
    assert f"it did nothing for {PATIENCE:.0f} seconds" in str(lines)


async def test_a_step_that_breaks_ends_the_engine_and_says_where_but_not_what(
    poisoned: EmbeddedEngine, fresh_home: Path
) -> None:
    with capture_logs() as lines:
        with pytest.raises(EngineLost):
            await written(poisoned, ask("BREAKING: confidential", max_tokens=40))
        assert (await written(poisoned, ask()))[0]
    assert "RuntimeError in a step" in str(lines)
    assert "confidential" not in str(lines) + (fresh_home / "run" / "engine.log").read_text()


async def test_a_request_that_ends_the_engine_twice_is_refused_and_others_are_not(poisoned: EmbeddedEngine) -> None:
    for _ in range(2):
        with pytest.raises(EngineLost):
            await written(poisoned, ask("DEADLY", max_tokens=40))
    with pytest.raises(EndsEngine):
        await written(poisoned, ask("DEADLY", max_tokens=40))
    assert (await written(poisoned, ask()))[0]


async def test_an_engine_that_dies_each_time_is_not_started_in_a_frenzy(
    poisoned: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts: list[float] = []

    class Counting(process.subprocess.Popen):  # type: ignore[name-defined, misc]
        def __init__(self, *args: object, **options: object) -> None:
            starts.append(time.monotonic())
            super().__init__(*args, **options)

    monkeypatch.setattr(process.subprocess, "Popen", Counting)
    monkeypatch.setattr(process, "WORKER", "tests.inference.there_is_no_such_worker")
    monkeypatch.setattr(process, "_FIRST_PAUSE", 0.3)
    monkeypatch.setattr(process, "_WORTH_WAITING", 0.5)
    with pytest.raises(EngineLost):
        await written(poisoned, ask("DEADLY", max_tokens=40))
    begun = time.monotonic()
    while time.monotonic() - begun < 4:
        with pytest.raises(EngineUnavailable, match="No module named") as caught:
            await written(poisoned, ask())
        await asyncio.sleep(0.1)
    assert 3 <= len(starts) <= 5, "at once, then after 0.3, 0.6 and 1.2 seconds"
    assert caught.value.retry_after and caught.value.retry_after >= 1
    health = await poisoned.health()
    assert not health.ready and "could not start: " in health.detail
    monkeypatch.undo()
    for _ in range(200):
        if (await poisoned.health()).ready:
            break
        await asyncio.sleep(0.1)
    assert (await written(poisoned, ask()))[0], "it comes back by itself once the cause is gone"


async def test_an_end_that_was_meant_makes_nobody_a_suspect(fresh_home: Path, small: CatalogModel) -> None:
    one, two = EmbeddedEngine(small, fresh_home, 0.2), EmbeddedEngine(small, fresh_home, 0.2)
    await one.start()
    await two.start()
    stream = two.generate(ask(max_tokens=4000))
    await anext(stream)
    await one.stop()
    with pytest.raises(EngineLost):
        async for _ in stream:
            pass
    assert not (fresh_home / "engine" / "suspects.json").exists()
    await two.stop()
