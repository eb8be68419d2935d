"""The promise: a folder is read again and again without anything twice, and nothing outside of it is ever reached."""

import asyncio
import os
from pathlib import Path

import msgspec
import pytest

from publius.application import Application
from publius.errors import Conflict, InvalidRequest, NotFound
from publius.retrieval.sources import PRESENCE
from publius.settings import Settings
from publius.types import Agency


@pytest.fixture
def rules(home: Path) -> Path:
    folder = home / "srv" / "rules"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.md").write_text("# A\n\nThe first rule is short.")
    (folder / "deep" / "b.md").write_text("# B\n\nThe second rule is deep.")
    return folder


@pytest.fixture
def settings(settings: Settings, rules: Path) -> Settings:
    return msgspec.structs.replace(settings, source_folders=str(rules.parent), max_upload_mb=1)


async def names(building: Application, agency: Agency) -> dict[str, int]:
    """Every document with its revision, once all that waits is read."""
    async with building.worker.running(), asyncio.timeout(60):
        while any(job.left for job in await building.jobs.list(agency)):
            await asyncio.sleep(0.05)
    return {each.name: each.revision for each in (await building.retrieval.list(agency)).documents}


async def test_new_changed_unchanged_and_vanished(
    building: Application, education: Agency, state: Agency, rules: Path
) -> None:
    source = await building.sources.add(education, "user:1", "rules", str(rules))
    run = await building.run_source(education, source)
    assert (run.found, run.changed, run.vanished) == (2, 2, [])
    assert await names(building, education) == {"rules/a.md": 1, "rules/deep/b.md": 1}
    assert (await building.run_source(education, source)).changed == 0, "unchanged ones are skipped"
    (rules / "a.md").write_text("# A\n\nThe first rule is longer now.")
    (rules / "deep" / "b.md").unlink()
    run = await building.run_source(education, source)
    assert run.changed == 1 and [name for _, name in run.vanished] == ["rules/deep/b.md"]
    assert await names(building, education) == {"rules/a.md": 2, "rules/deep/b.md": 1}, "vanished ones stay"
    await building.run_source(education, msgspec.structs.replace(source, removes=True))
    assert await names(building, education) == {"rules/a.md": 2}, "unless the source says otherwise"
    shown = await building.sources.open(education, "rules")
    assert (shown.found, shown.changed, shown.vanished, shown.failure) == (1, 0, 1, "")
    assert await building.sources.list(state) == ()
    with pytest.raises(NotFound):
        await building.sources.remove(state, "user:1", "rules")
    with pytest.raises(Conflict):
        await building.sources.add(education, "user:1", "rules", str(rules))


async def test_nothing_outside_is_reached(building: Application, education: Agency, rules: Path, home: Path) -> None:
    secret = home / "secret"
    secret.mkdir()
    (secret / "key.md").write_text("# Key\n\nThe key is here.")
    for address in (secret, rules / "..", rules.parent / ".." / "secret", "/", "/etc", "relative", rules / "none"):
        if Path(os.path.realpath(address)) != rules.parent:
            with pytest.raises(InvalidRequest, match="PUBLIUS_SOURCE_FOLDERS"):
                await building.sources.add(education, "user:1", "out", str(address))
    (rules.parent / "way-out").symlink_to(secret)
    with pytest.raises(InvalidRequest):
        await building.sources.add(education, "user:1", "out", str(rules.parent / "way-out"))
    (rules / "link.md").symlink_to(secret / "key.md")
    (rules / "linked").symlink_to(secret)
    (rules / "large.md").write_bytes(b"x" * 1_000_001)
    (rules / ".hidden.md").write_text("hidden")
    os.mkfifo(rules / "pipe.md")
    source = await building.sources.add(education, "user:1", "rules", str(rules))
    run = await building.run_source(education, source)
    assert sorted(each.name for each in run.refused) == ["large.md", "link.md", "pipe.md"] and run.changed == 2
    assert set(await names(building, education)) == {"rules/a.md", "rules/deep/b.md"}
    rules.rename(rules.parent / "moved")
    rules.symlink_to(secret)  # the folder itself becomes a way out later
    with pytest.raises(InvalidRequest):
        await building.run_source(education, msgspec.structs.replace(source, removes=True))
    assert len(await names(building, education)) == 2, "a source that cannot be read removes nothing"
    assert "PUBLIUS_SOURCE_FOLDERS" in (await building.sources.open(education, "rules")).failure


async def test_by_the_clock_each_is_run_by_one_alone(building: Application, education: Agency, rules: Path) -> None:
    await building.sources.add(education, "user:1", "by-hand", str(rules))
    await building.sources.add(education, "user:1", "hourly", str(rules), every_minutes=60)
    async with building.database.presence(PRESENCE) as one, building.database.presence(PRESENCE) as another:
        found = await asyncio.gather(*(building.sources.due(education, each) for each in (one, another)))
        assert [source.name for source in found[0] + found[1]] == ["hourly"]
        busy = [source.id for source in found[0] + found[1]]
        for each in (one, another):
            assert await building.sources.due(education, each, busy) == ()


async def test_what_comes_to_equal_another_document_is_still_revised(
    building: Application, education: Agency, rules: Path
) -> None:
    source = await building.sources.add(education, "user:1", "rules", str(rules))
    await building.run_source(education, source)
    await names(building, education)
    (rules / "a.md").write_bytes((rules / "deep" / "b.md").read_bytes())
    assert (await building.run_source(education, source)).changed == 1
    assert await names(building, education) == {"rules/a.md": 2, "rules/deep/b.md": 1}
    assert (await building.run_source(education, source)).changed == 0


async def test_a_kind_or_setting_that_there_is_not_is_named(
    building: Application, education: Agency, rules: Path
) -> None:
    with pytest.raises(InvalidRequest, match="no kind of source 'ftp'"):
        await building.sources.add(education, "user:1", "rules", str(rules), kind="ftp")
    with pytest.raises(InvalidRequest, match="depth"):
        await building.sources.add(education, "user:1", "rules", str(rules), settings={"depth": 2})
