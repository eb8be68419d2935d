"""Which request ended the engine: the one that did is refused, those that stood beside it are not."""

import asyncio
from pathlib import Path

import pytest

from publius.errors import EndsEngine
from publius.inference import suspects
from publius.inference.engine import Request
from publius.inference.suspects import Suspects, fingerprint
from publius.types import Message


@pytest.fixture
def kept(home: Path) -> Suspects:
    return Suspects(suspects.suspects_file(home))


async def passes(kept: Suspects, digest: str) -> bool:
    try:
        async with kept.trying(digest):
            return True
    except EndsEngine:
        return False


async def test_what_ends_the_engine_twice_is_refused_the_third_time(kept: Suspects) -> None:
    for engine in ("first", "second"):
        assert await passes(kept, "bad")
        kept.died(engine, ["bad"])
    with pytest.raises(EndsEngine, match="ended the engine 2 times") as caught:
        async with kept.trying("bad"):
            pass
    assert "publius engine pardon bad" in str(caught.value) and caught.value.status == 422


async def test_others_that_were_there_at_one_death_each_are_not_suspected(kept: Suspects) -> None:
    kept.died("first", ["bad", "a", "b"])
    kept.died("second", ["bad", "c", "d"])
    assert [digest for digest in ("bad", "a", "b", "c", "d") if not await passes(kept, digest)] == ["bad"]


async def test_what_was_there_both_times_is_tried_alone_until_the_one_that_did_it_is_known(kept: Suspects) -> None:
    crowd = ["bad", "a", "b", "c"]
    kept.died("first", crowd)
    kept.died("second", crowd)
    assert all([await passes(kept, digest) for digest in crowd])
    running: list[str] = []

    async def attempt(digest: str) -> None:
        async with kept.trying(digest):
            running.append(digest)
            assert len(running) == 1, "two suspects at once"
            await asyncio.sleep(0.01)
            running.remove(digest)
            if digest == "bad":
                kept.died("third", ["bad", "fresh"])
            else:
                kept.cleared(digest)

    await asyncio.gather(*(attempt(digest) for digest in crowd))
    assert [digest for digest in [*crowd, "fresh"] if not await passes(kept, digest)] == ["bad"]
    assert set(kept.all()) == {"bad", "fresh"}, "who finished is forgotten"


async def test_many_of_the_same_are_one_and_wait_for_what_the_first_does(kept: Suspects) -> None:
    for engine in ("first", "second"):
        kept.died(engine, ["bad", "a"])

    async def attempt() -> bool:
        async with kept.trying("bad"):
            await asyncio.sleep(0)
            kept.died("third", ["bad"])
            return True

    done = await asyncio.gather(attempt(), attempt(), attempt(), return_exceptions=True)
    assert done[0] is True and all(isinstance(each, EndsEngine) for each in done[1:])


async def test_two_clients_that_report_one_death_make_one_mark(kept: Suspects, home: Path) -> None:
    other = Suspects(suspects.suspects_file(home))
    kept.died("first", ["bad"])
    other.died("first", ["bad"])
    assert len(kept.all()["bad"].engines) == 1


async def test_other_processes_and_later_ones_know_it_until_it_is_pardoned(kept: Suspects, home: Path) -> None:
    for engine in ("first", "second"):
        kept.died(engine, ["bad-request"])
    other = Suspects(suspects.suspects_file(home))
    assert not await passes(other, "bad-request")
    assert other.pardon("bad-req") == ["bad-request"]
    assert await passes(kept, "bad-request")


async def test_marks_end_and_never_grow_without_bound(kept: Suspects, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.died("first", map(str, range(suspects.MOST + 50)))
    assert len(kept.all()) == suspects.MOST
    monkeypatch.setattr(suspects, "MEMORY", 0.0)
    assert kept.all() == {}
    kept.died("second", ["one"])
    monkeypatch.undo()
    assert set(kept.all()) == {"one"}


async def test_a_file_that_cannot_be_read_is_written_anew(kept: Suspects, home: Path) -> None:
    suspects.suspects_file(home).parent.mkdir()
    suspects.suspects_file(home).write_bytes(b"not ours")
    assert await passes(kept, "any")
    kept.died("first", ["any"])
    assert set(kept.all()) == {"any"}


def test_a_digest_is_the_agencys_own_and_the_file_holds_no_content(kept: Suspects, home: Path) -> None:
    def asked(text: str, salt: bytes, temperature: float = 0.0) -> Request:
        messages = (Message("user", text),)
        return Request(messages=messages, salt=salt, max_tokens=8, agency=1, user="me", temperature=temperature)

    one = fingerprint(asked("confidential", b"salt"))
    assert one == fingerprint(asked("confidential", b"salt", 0.7)), "how tokens are drawn makes no other request of it"
    assert one not in (fingerprint(asked("confidential", b"other")), fingerprint(asked("else", b"salt")))
    kept.died("first", [one])
    assert b"confidential" not in suspects.suspects_file(home).read_bytes()
