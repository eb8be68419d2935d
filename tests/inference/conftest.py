"""Real weights for tests that need them, and one engine process that such tests attach to."""

import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from publius.errors import SetupError
from publius.inference import weights
from publius.inference.catalog import CatalogModel, read_catalog
from publius.inference.embedded import EmbeddedEngine


@pytest.fixture(scope="session")
def store() -> Path:
    """A home with real weights: PUBLIUS_TEST_HOME, or the usual one. What is missing is fetched."""
    home = Path(os.environ.get("PUBLIUS_TEST_HOME") or "~/.local/share/publius").expanduser()
    for model in read_catalog().models:
        try:
            weights.fetch(home / "models", model)
        except SetupError as error:
            pytest.skip(f"no weights here, and they cannot be fetched: {error}")
    return home


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
