"""What is asked together: a group that fails fails alone, and nobody is left waiting."""

import asyncio

import psycopg
import pytest

from publius.errors import RateLimited, StorageUnavailable
from publius.storage.grouping import Grouping
from publius.types import Agency

AGENCY = Agency(1, "education", "Education")


async def test_each_hears_its_own_result_and_what_comes_meanwhile_makes_up_the_next_group() -> None:
    groups: list[list[int]] = []

    async def double(agency: Agency, items: list[int]) -> list[int | RateLimited]:
        groups.append(items)
        await asyncio.sleep(0.01)
        return [RateLimited("No.", retry_after=1) if item == 3 else 2 * item for item in items]

    grouping = Grouping(double)
    first = asyncio.create_task(grouping.ask(AGENCY, 1))
    await asyncio.sleep(0.005)
    said = await asyncio.gather(*(grouping.ask(AGENCY, item) for item in (2, 3, 4)), return_exceptions=True)
    assert await first == 2
    assert (said[0], said[2]) == (4, 8)
    assert isinstance(said[1], RateLimited)
    assert groups == [[1], [2, 3, 4]]


@pytest.mark.parametrize("fault", [psycopg.DataError("out of range"), StorageUnavailable("Gone.")])
async def test_a_group_that_fails_leaves_nobody_waiting(fault: Exception) -> None:
    async def break_at_nought(agency: Agency, items: list[int]) -> list[int]:
        await asyncio.sleep(0.01)
        if 0 in items:
            raise fault
        return items

    grouping = Grouping(break_at_nought)
    broken = asyncio.create_task(grouping.ask(AGENCY, 0))
    await asyncio.sleep(0.005)
    async with asyncio.timeout(5):
        assert await grouping.ask(AGENCY, 1) == 1
        with pytest.raises(StorageUnavailable):
            await broken
