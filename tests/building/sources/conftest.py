"""A site, another beside it, and a building whose operator lets sources reach this machine."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from tests.building.sources.site import Site, served

from publius.settings import Settings


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with served() as site:
        yield site


@pytest.fixture
async def other() -> AsyncIterator[Site]:
    async with served() as other:
        other.html("/secret", "The secret is here.")
        yield other


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, source_private_hosts="127.0.0.1", max_upload_mb=1)
