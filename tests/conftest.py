"""What every test may ask for: an embedded PostgreSQL, a fresh migrated database, agencies, settings."""

import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from publius.application import EMBEDDING_MODEL, Application, open_application
from publius.errors import SetupError
from publius.inference import weights
from publius.inference.catalog import read_catalog
from publius.inference.echo import EchoEngine
from publius.inference.embedding import Embedder
from publius.settings import Settings, read
from publius.storage import Database, EmbeddedServer, Owner, Storage, migrate
from publius.storage.migrate import role_name
from publius.storage.server import CONFIGURATION
from publius.types import Agency

PASSWORD = "for-tests-alone"
TEMPLATE = "template_publius"
MEMORY = Path("/dev/shm")
ROOM = 6 << 30  # Bytes free there before tests keep their files in it.
_numbers = itertools.count(1)


def new_home() -> "tempfile.TemporaryDirectory[str]":
    """A folder for PUBLIUS_HOME: in memory where there is room, since a new database is some 300 small files.

    Not under pytest's own folder: a second run of pytest takes the rights to that away.
    """
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return tempfile.TemporaryDirectory(prefix="publius-test-", dir=MEMORY if roomy else None)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for PUBLIUS_HOME."""
    with new_home() as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The owner's address of a database that holds the newest schema and nothing else."""
    folder = new_home()
    embedded = EmbeddedServer(Path(folder.name))
    with pytest.MonkeyPatch.context() as patch:
        # Tests end processes, never the machine: what was written survives that without the disk.
        patch.setitem(CONFIGURATION, "fsync", "off")
        patch.setitem(CONFIGURATION, "max_wal_size", "256MB")
        address = embedded.start()
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        template = make_conninfo(address, dbname=TEMPLATE)
        migrate(template, PASSWORD)
        yield template
    finally:
        embedded.stop()
        folder.cleanup()


@pytest.fixture
def owner_address(server: str) -> Iterator[str]:
    """The owner's address of a fresh database, dropped afterwards."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(make_conninfo(server, dbname="postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE))
        )
        yield make_conninfo(server, dbname=name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def owner(owner_address: str) -> Owner:
    return Owner(owner_address)


@pytest.fixture
async def database(owner_address: str) -> AsyncIterator[Database]:
    address = make_conninfo(owner_address, user=role_name(TEMPLATE), password=PASSWORD)
    async with Database(address, size=8) as opened:
        yield opened


def make_agency(owner: Owner, slug: str, **limits: int) -> Agency:
    """An agency with limits that no test meets unless it asks to."""
    limits = {"rate_per_minute": 100_000, "tokens_per_day": 10**9, **limits}
    return owner.create_agency(slug, slug.title(), **limits)


@pytest.fixture
def education(owner: Owner) -> Agency:
    return make_agency(owner, "education")


@pytest.fixture
def state(owner: Owner) -> Agency:
    return make_agency(owner, "state")


@pytest.fixture
def settings(home: Path) -> Settings:
    return read({}, home=home, engine="echo", metrics_port=0)


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
def embedder(store: Path) -> Embedder:
    """The real one, loaded once: that takes longer than most tests."""
    return Embedder(store / "models" / EMBEDDING_MODEL)


@pytest.fixture
def engine() -> EchoEngine:
    """The null engine; a module that wants another script overrides this."""
    return EchoEngine()


@pytest.fixture
def storage(owner_address: str) -> Storage:
    """A fresh database, as the rooms are handed it."""
    return Storage(owner_address, make_conninfo(owner_address, user=role_name(TEMPLATE), password=PASSWORD))


@pytest.fixture
async def building(
    storage: Storage, settings: Settings, store: Path, engine: EchoEngine, embedder: Embedder
) -> AsyncIterator[Application]:
    """Every room, real: PostgreSQL, embeddings, reader processes, ledger; only Llama is the echo."""
    settings.home.mkdir(parents=True, exist_ok=True)
    (settings.home / "models").symlink_to(store / "models")
    async with open_application(settings, storage, engine=engine, embedder=embedder) as app:
        yield app
