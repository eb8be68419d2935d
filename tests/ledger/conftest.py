"""A ledger on a fresh database."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from publius.ledger.ledger import Ledger
from publius.storage import Database
from publius.types import Agency

from .walks import walk

SIZE = 10


@pytest.fixture
async def ledger(database: Database, home: Path) -> AsyncIterator[Ledger]:
    opened = Ledger(database, home)
    await opened.start()
    yield opened
    await opened.close()


@pytest.fixture
async def answers(ledger: Ledger, education: Agency) -> list[Any]:
    """A log of ten records under ten checkpoints."""
    return [await walk(ledger, education) for _ in range(SIZE)]
