"""A ledger on a fresh database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from publius.ledger.ledger import Ledger
from publius.storage import Database


@pytest.fixture
async def ledger(database: Database, home: Path) -> AsyncIterator[Ledger]:
    opened = Ledger(database, home)
    await opened.start()
    yield opened
    await opened.close()
