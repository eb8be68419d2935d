"""The promise: an agency with an engine of its own is served by that process and no other, and shares again if told."""

import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest
from tests.building.test_survival import LONG, Caller, client, until
from tests.serving import serving

from publius.application import Application, open_application
from publius.inference import exclusive, process
from publius.inference.catalog import read_catalog
from publius.inference.embedded import EmbeddedEngine
from publius.inference.exclusive import ExclusiveEngines, own_engine_name
from publius.settings import Settings
from publius.storage import Owner, Storage
from publius.types import Agency

pytestmark = pytest.mark.model

Ask = Callable[[Agency, Caller], Awaitable[Caller]]


@pytest.fixture
def settings(settings: Settings, store: Any) -> Settings:
    (settings.home / "models").symlink_to(store / "models")
    return msgspec.structs.replace(settings, engine="embedded", engine_cache_gb=0.2)


@pytest.fixture
async def app(storage: Storage, settings: Settings, owner: Owner, education: Agency) -> AsyncIterator[Application]:
    owner.set_limits(education.slug, exclusive_engine=True)
    async with open_application(settings, storage) as opened:
        yield opened


@pytest.fixture
async def ask(app: Application) -> AsyncIterator[Ask]:
    async with serving(app) as address:

        async def asked(agency: Agency, caller: Caller) -> Caller:
            key = (await app.identity.keys.create(agency, "tests"))[0]
            async with client(address, {"Authorization": f"Bearer {key}"}) as http:
                return await caller.call(http)

        yield asked


def hello() -> Caller:
    return Caller("Say hello.", stream=False, most=8)


async def beside(app: Application, agency: Agency) -> EmbeddedEngine:
    """The agency's engine, as another process of this home sees it."""
    home = app.settings.home
    engine = EmbeddedEngine(read_catalog().model("smollm2-135m"), home, 0.2, run_name=own_engine_name(agency.id))
    await engine.start()
    return engine


async def test_its_own_process_serves_it_and_no_other(
    app: Application, ask: Ask, education: Agency, state: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(app.engine, ExclusiveEngines) and isinstance(app.engine.shared, EmbeddedEngine)
    shared = app.engine.shared
    with monkeypatch.context() as broken:
        broken.setattr(process, "WORKER", "publius.no_such_module")
        refused = await ask(education, hello())
        assert (refused.status, refused.error) == (503, "engine_unavailable") and refused.retry_after
    assert (await ask(education, hello())).text
    assert (await shared.load()).read_tokens == 0, "not even while its own could not start"

    own = await beside(app, education)
    assert own.pid and shared.pid and own.pid != shared.pid
    mine = (await own.load()).read_tokens
    assert (await ask(state, hello())).text
    assert mine and (await own.load()).read_tokens == mine, "and the others' goes to the shared one alone"
    assert (await app.engine.load()).read_tokens == mine + ((await shared.load()).read_tokens or 0)

    killed, before = own.pid, shared.pid
    os.kill(killed, signal.SIGKILL)
    assert not (await ask(state, Caller(LONG, most=24))).error and shared.pid == before
    assert (await app.engine.health()).ready
    assert (await ask(education, hello())).text, "it is replaced, as the shared one would be"
    await own.start()
    assert own.pid not in (killed, shared.pid)
    await own.stop()


async def test_it_shares_again_and_its_process_ends(
    app: Application, ask: Ask, owner: Owner, education: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(app.engine, ExclusiveEngines)
    monkeypatch.setattr(exclusive, "IDLE", 2.0)
    assert (await ask(education, hello())).text
    owner.set_limits(education.slug, exclusive_engine=False)
    assert (await ask(education, hello())).text
    assert (await app.engine.shared.load()).read_tokens
    socket = process.socket_path(app.settings.home / "run", own_engine_name(education.id))
    await until(lambda: gone(socket.exists))


async def gone(exists: Callable[[], bool]) -> bool:
    return not exists()
