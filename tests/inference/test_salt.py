"""The walls through the shared engine: the prompt cache tells another agency nothing, and no answer holds its words."""

import asyncio
import random
from pathlib import Path

import pytest
from bench.walls import area, probe
from tests.inference.asking import written

from publius.inference.catalog import CatalogModel
from publius.inference.embedded import EmbeddedEngine
from publius.inference.engine import Request
from publius.inference.writer import cache_salt
from publius.types import Message

pytestmark = [pytest.mark.model, pytest.mark.slow]

KEY = b"the server's own secret"
LONG = "The office keeps a list of the bridges, their builders and the years in which each was repaired. " * 12


def ask(agency: int, *messages: Message, most: int = 1) -> Request:
    salt = cache_salt(KEY, agency)
    return Request(messages=messages, salt=salt, max_tokens=most, agency=agency, user="user:test")


async def test_an_agency_finds_its_own_prompt_in_the_cache_and_no_other_does(llama: EmbeddedEngine) -> None:
    prompt = Message("user", LONG + str(random.random()))
    for agency, cached in ((31, False), (31, True), (32, False), (33, False), (32, True)):
        usage = (await written(llama, ask(agency, prompt)))[1].usage
        assert (usage.cached_tokens > usage.prompt_tokens // 2) is cached, agency
        assert usage.cached_tokens == 0 or cached


@pytest.mark.alone
async def test_the_time_to_the_first_token_tells_another_agency_nothing(llama: EmbeddedEngine) -> None:
    """Forty probes in both directions: wide margins, since their spread is 0.09; `bench/walls.py` makes 400."""
    sent, unsent, again = await probe(llama, KEY, 40)
    assert 0.2 < area(sent, unsent) < 0.8
    assert area(again, sent + unsent) > 0.95


WORDS = ["kumquat", "obsidian", "walrus", "trombone", "saffron", "porcupine", "marzipan", "zeppelin"]
STREAMS, TOKENS = 32, 2000


async def test_no_word_of_an_agency_is_ever_in_anothers_answer(small: CatalogModel, fresh_home: Path) -> None:
    """Thirty-two streams at once over eight agencies, through a cache so small that they push one another out."""
    engine = EmbeddedEngine(small, fresh_home, 0.04)
    await engine.start()
    answers: list[tuple[int, str]] = []
    tokens = 0
    try:
        await written(engine, first := _told(0, -1))
        while tokens < TOKENS:
            streams = [
                (at % len(WORDS), written(engine, _told(at % len(WORDS), len(answers) + at))) for at in range(STREAMS)
            ]
            done = await asyncio.gather(*(stream for _, stream in streams))
            answers += [(agency, text.lower()) for (agency, _), (text, _) in zip(streams, done, strict=True)]
            tokens += sum(finish.usage.completion_tokens for _, finish in done)
        assert (await written(engine, first))[1].usage.cached_tokens == 0, "nothing was pushed out of the cache"
    finally:
        await engine.stop()
    for agency, text in answers:
        assert not [word for at, word in enumerate(WORDS) if at != agency and word in text], (WORDS[agency], text)
    own = sum(WORDS[agency] in text for agency, text in answers)
    assert own >= len(answers) // 2, f"only {own} of {len(answers)} answers hold their own word"


def _told(agency: int, number: int) -> Request:
    """A conversation in which the agency's secret word is said again and again; a model goes on saying it."""
    word = WORDS[agency]
    shot = (Message("user", f"The secret word is {word}."), Message("assistant", " ".join([word] * 8)))
    case = Message("system", f"You repeat words. This is case {number}.")
    last = Message("user", f"The secret word is {word}. Say it often.")
    return ask(agency + 1, case, *shot, *shot, last, most=80)
