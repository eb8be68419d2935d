"""The promise: what an agency with its own engine says reaches no other, and an engine that cannot keep it says so."""

import asyncio
from collections.abc import Sequence

import pytest
from msgspec import structs
from tests.inference.test_writer import EDUCATION, KEY, LIBRARY, grant, passage, question

from publius.errors import EngineUnavailable, WeightsMissing
from publius.inference import exclusive
from publius.inference.echo import EchoEngine
from publius.inference.exclusive import ExclusiveEngines
from publius.inference.load import Durations, Load, total
from publius.inference.queued import QueuedEngine
from publius.inference.waiting import WaitingLimits
from publius.inference.writer import Writer
from publius.types import Agency, Evidence, Grant, Model, Share

STATE = Agency(2, "state", "State")
SECRET = "A member earns one day of osprey leave."


class Engine(EchoEngine):
    """An echo that remembers what it was shown, and whether it is up."""

    def __init__(self, trouble: WeightsMissing | None = None) -> None:
        super().__init__(lambda request: self._note([m.content for m in request.messages]))
        self.seen: list[str] = []
        self.up = False
        self.trouble = trouble

    def _note(self, texts: Sequence[str]) -> str:
        self.seen += texts
        return SECRET

    async def start(self) -> None:
        if self.trouble:
            raise self.trouble
        self.up = True

    async def stop(self) -> None:
        self.up = False

    async def count(self, texts: Sequence[str]) -> list[int]:
        self.seen += texts
        return await super().count(texts)


class House:
    """A shared engine, and the own ones as they are made."""

    def __init__(self, trouble: WeightsMissing | None = None) -> None:
        self.shared = Engine()
        self.own: list[Engine] = []
        self.trouble = trouble
        self.engines = ExclusiveEngines(self.shared, self._make)
        self.writer = Writer(self.engines, KEY)

    def _make(self, agency: int) -> Engine:
        self.own.append(Engine(self.trouble))
        return self.own[-1]

    async def ask(self, grant: Grant) -> str:
        said = "How much osprey leave?"
        evidence = Evidence(passages=(passage(SECRET),)) if grant.model.grounded else Evidence()
        return (await self.writer.write(grant, question(said, model=grant.model.id), evidence)).text


def alone(agency: Agency = EDUCATION, model: Model | None = None) -> Grant:
    given = grant(agency, model) if model else grant(agency)
    return structs.replace(given, share=Share(exclusive_engine=True))


async def test_nothing_of_such_an_agency_is_read_or_counted_by_the_shared_engine() -> None:
    house = House()
    for model in (LIBRARY, None):
        assert await house.ask(alone(model=model))
    assert not house.shared.seen and len(house.own) == 1 and house.own[0].up
    assert await house.ask(grant(STATE))
    assert await house.ask(alone(STATE))
    assert len(house.own) == 2, "each has its own"
    assert any("osprey" in text for text in house.shared.seen)
    await house.engines.stop()
    assert not any(engine.up for engine in house.own)


async def test_one_that_cannot_start_is_not_stood_in_for() -> None:
    house = House(WeightsMissing("There are no weights.", cure="Fetch them."))
    with pytest.raises(EngineUnavailable) as refused:
        await house.ask(alone())
    assert "engine of its own" in str(refused.value) and "Fetch them." in str(refused.value)
    assert not house.shared.seen
    assert await house.ask(grant(STATE)), "the others go on"
    house.own[0].trouble = None
    assert await house.ask(alone()), "and so does it, once it can"
    await house.engines.stop()


async def test_an_agency_that_shares_again_does_and_its_engine_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exclusive, "IDLE", 0.05)
    house = House()
    await house.ask(alone())
    before = (await house.engines.load()).written_tokens or 0
    await house.ask(grant())
    assert len(house.shared.seen) > 0
    async with asyncio.timeout(5):
        while house.own[0].up:
            await asyncio.sleep(0.01)
    load = await house.engines.load()
    assert (load.written_tokens or 0) == 2 * before, "what the ended one wrote is not forgotten"
    assert await house.ask(alone()) and len(house.own) == 2, "it gets another if it wants one again"
    await house.engines.stop()


class Slow(EchoEngine):
    """Takes its time to start and to write, and breaks off if it is ended."""

    ended = False

    async def start(self) -> None:
        await asyncio.sleep(0.3)
        assert not self.ended

    async def stop(self) -> None:
        self.ended = True


async def test_one_that_starts_or_writes_is_not_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exclusive, "IDLE", 0.05)
    slow = Slow(delay=0.1)
    engines = ExclusiveEngines(Engine(), lambda _: slow)
    async for _ in Writer(engines, KEY).stream(alone(), question("one two three four"), Evidence()):
        assert not slow.ended
    await engines.stop()


@pytest.mark.parametrize("engine", [EchoEngine(), QueuedEngine(EchoEngine(), 1, WaitingLimits())])
async def test_an_engine_that_is_always_shared_refuses_and_says_what_to_do(engine: EchoEngine | QueuedEngine) -> None:
    with pytest.raises(EngineUnavailable, match=r"PUBLIUS_ENGINE=embedded.*--shared-engine"):
        await Writer(engine, KEY).write(alone(), question("Hello"), Evidence())


def test_loads_are_summed_and_what_nobody_knows_stays_unknown() -> None:
    waited = Durations()
    waited.add(0.5)
    one = Load(running={1: 2}, waiting={}, waited=waited, read_tokens=5, cache_used=1.0, cache_bytes=100)
    two = Load(running={1: 1, 2: 1}, waited=waited, read_tokens=7, cache_used=0.5, cache_bytes=300, restarts=1)
    both = total([one, two, Load()])
    assert (both.running, both.waiting, both.read_tokens, both.restarts) == ({1: 3, 2: 1}, {}, 12, 1)
    assert both.waited and both.waited.total == 1.0 and sum(both.waited.counts) == 2
    assert (both.cache_used, both.cache_bytes) == (0.625, 400)
    assert both.memory is both.written_tokens is None
