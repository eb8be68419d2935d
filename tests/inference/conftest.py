"""Real weights for tests that need them, and one engine process that such tests attach to."""

import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.inference.repository import Front, Storage, fronts, storages

from publius.inference.catalog import CatalogModel, read_catalog
from publius.inference.embedded import EmbeddedEngine


@pytest.fixture(scope="session")
def small() -> CatalogModel:
    return read_catalog().model("smollm2-135m")


def new_home(store: Path, folder: Path) -> Path:
    """A home with nothing running in it, with the store's weights."""
    (folder / "models").mkdir()
    for model in read_catalog().models:
        (folder / "models" / model.name).symlink_to(store / "models" / model.name)
    return folder


@pytest.fixture
def fresh_home(store: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="publius-test-") as folder:
        yield new_home(store, Path(folder))


@pytest.fixture(scope="session")
def engine_home(store: Path, small: CatalogModel) -> Iterator[Path]:
    """A home in which an engine serves for the whole test run."""
    with tempfile.TemporaryDirectory(prefix="publius-test-") as folder:
        home = new_home(store, Path(folder))
        process = EmbeddedEngine(small, home, 0.3).process()
        process.claim()
        process.ensure_running()
        while not process.socket.exists():
            process.check()
            time.sleep(0.05)
        try:
            yield home
        finally:
            process.stop()


@pytest.fixture
async def llama(engine_home: Path, small: CatalogModel) -> AsyncIterator[EmbeddedEngine]:
    """The real small Llama, attached to the engine of the test run."""
    engine = EmbeddedEngine(small, engine_home, 0.3)
    await engine.start()
    yield engine
    await engine.stop()


@pytest.fixture
def storage() -> Iterator[Storage]:
    yield from storages()


@pytest.fixture
def front(storage: Storage) -> Iterator[Front]:
    yield from fronts(storage)
