"""The sources of a mission are read once: before somebody asks, and for every building after that."""

from pathlib import Path

import pytest
from tests.missions.test_desk import pack, tools
from tests.verification.case import embed

from publius.missions.shelf import Shelf

__all__ = ["pack", "tools"]


async def test_what_was_prepared_is_not_read_again_by_whoever_asks(pack, tmp_path: Path) -> None:
    made: list[int] = []
    told: list[None] = []

    async def counted(texts):
        made.append(len(texts))
        return await embed(texts)

    first = Shelf(counted, tmp_path)
    await first.prepare(pack, lambda: told.append(None))
    assert len(told) == len(pack.sources) == len(made)
    for shelf in (first, Shelf(counted, tmp_path)):
        made.clear()
        await shelf.search(pack, "Which household pays less?", "en")
        assert set(made) == {1}, "the question alone"


@pytest.mark.parametrize("words", ["", " "])
async def test_nothing_asked_is_nothing_found(pack, tmp_path: Path, words: str) -> None:
    assert not (await Shelf(embed, tmp_path).search(pack, words, "en")).passages
