"""What search promises: the right passage first, nothing below the floor, and no harm from any query."""

import re
from collections.abc import Callable

import pytest

from publius.retrieval.library import Library
from publius.types import Agency, Evidence, Grant, Model, Question

PELL = b"""# Pell Grants

The maximum Federal Pell Grant for the award year is 7,395 dollars. Pell Grants need not be repaid.
"""
DIRECT = b"""# Direct Loans

A dependent first-year student may borrow 5,500 dollars in Direct Loans.
"""
PLUS = b"""# Parents

Parents of dependent undergraduates may borrow Direct PLUS Loans up to the cost of attendance.
"""
HOSTILE = [
    "'); DROP TABLE passages; --",
    "pell & | ! ( ) <-> :* 'grant",
    "a:b:c *:* ((( ))) !!! ||| &&& <2>",
    "%s %(words)s %d {} $1 ::halfvec",
    "\\' \\\" \\x00 E'\\000'",
    "pell\x00grant",
    "pell \ud800 grant",
    "",
    "   \n\t ",
    "the of and",
    "?¿!¡…",
    "¿Cuánto es la beca Pell máxima?",
    "maxmum pel grnt amout",
    "<script>alert(1)</script> SELECT * FROM documents",
    "pell " * 20_000,
    "x" * 100_000,
    " ".join(f"w{n}" for n in range(20_000)),
    "\U0010ffff" * 1000,
]

Ask = Callable[..., tuple[Grant, Question]]


@pytest.fixture
async def aid(library: Library, education: Agency) -> Agency:
    """The agency `education` with three documents on student aid."""
    for name, data in (("pell.md", PELL), ("direct.md", DIRECT), ("plus.md", PLUS)):
        await library.add(education, "user:1", name, data)
    return education


async def test_the_right_passage_comes_first(library: Library, aid: Agency) -> None:
    found = await library.search(aid, "How much may a dependent first-year student borrow?")
    assert "5,500" in found[0].text
    assert found[0].headings == ("Direct Loans",)
    scores = [passage.score for passage in found]
    assert scores == sorted(scores, reverse=True)


async def test_a_rare_word_weighs_more_than_a_common_one(library: Library, education: Agency) -> None:
    for n in range(12):
        await library.add(education, "user:1", f"{n}.md", b"# Note %d\n\nThe grant office wrote about the grant." % n)
    await library.add(education, "user:1", "rare.md", b"# Note\n\nThe ombudsman wrote.")
    assert (await library.search(education, "grant ombudsman"))[0].name == "rare.md"


async def test_words_joined_by_a_slash_are_found_apart(library: Library, education: Agency) -> None:
    await library.add(education, "user:1", "a.md", b"# Note\n\nApply to the school/employer/registrar by post.")
    await library.add(education, "user:1", "b.md", b"# Note\n\nNothing of that kind is written here.")
    first = (await library.search(education, "registrar"))[0]
    assert first.name == "a.md"


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
async def test_no_query_does_harm(library: Library, aid: Agency, ask: Ask, query: str) -> None:
    assert isinstance(await library.gather(*ask(aid, query)), Evidence)
    assert len(await library.search(aid, "pell grant")) == 3


async def test_nothing_is_shown_below_the_floor(library: Library, aid: Agency, ask: Ask) -> None:
    found = await library.gather(*ask(aid, "Which vaccines does a traveller to Mongolia need?"))
    assert found.passages == ()
    assert 1 <= len(found.nearest) <= 3
    answered = await library.gather(*ask(aid, "What is the maximum Federal Pell Grant for the award year?"))
    assert "7,395" in answered.passages[0].text
    assert answered.nearest == ()


async def test_an_empty_library_finds_nothing(library: Library, education: Agency, ask: Ask) -> None:
    assert await library.gather(*ask(education, "What is the maximum Pell Grant?")) == Evidence()


async def test_the_plain_model_gets_no_documents(library: Library, aid: Agency, ask: Ask) -> None:
    plain = Model(id="llama", grounded=False, description="")
    assert await library.gather(*ask(aid, "maximum Pell Grant", model=plain)) == Evidence()


async def test_a_short_follow_up_is_read_with_the_turn_before(library: Library, aid: Agency, ask: Ask) -> None:
    await library.add(aid, "user:1", "visit.md", b"# Parents\n\nParents may visit.\n")
    alone = await library.gather(*ask(aid, "And parents?"))
    after = await library.gather(*ask(aid, "How much may a student borrow in Direct Loans?", "And parents?"))
    assert alone.passages[0].name == "visit.md"
    assert [passage.name for passage in after.passages[:2]] == ["direct.md", "plus.md"]


async def test_near_copies_are_shown_once_and_the_whole_stays_small(
    library: Library, education: Agency, ask: Ask
) -> None:
    sentence = "The maximum Federal Pell Grant for the award year is 7,395 dollars, as the Department announced. " * 6
    for n in range(8):
        await library.add(education, "user:1", f"copy{n}.md", f"# Pell Grant\n\n{sentence} Copy {n}.".encode())
    for n in range(8):
        words = f"Pell Grant maximum award year rule {n} " + " ".join(f"detail{n}x{m}" for m in range(60))
        await library.add(education, "user:1", f"other{n}.md", f"# Pell Grant\n\n{words}.".encode())
    passages = (await library.gather(*ask(education, "maximum Federal Pell Grant for the award year"))).passages
    assert sum(passage.name.startswith("copy") for passage in passages) == 1
    assert len(passages) <= 8
    assert sum(len(re.findall(r"\w+", passage.text)) for passage in passages) <= 1_800
