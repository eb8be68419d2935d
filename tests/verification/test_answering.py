"""Which sentences answer a question, and when none does: through the room's public face."""

import pytest

from publius.types import Evidence
from publius.verification import Verifier
from publius.verification.asking import Expected, expected, holds, unit

from .case import check, draft, embed, grant, passage, question


@pytest.mark.parametrize(
    ("asked", "kind", "span"),
    [
        ("What is the phone number of the help desk?", Expected.PHONE, ""),
        ("fax number for the contact center", Expected.FAX, ""),
        ("What does the agency charge for each copy?", Expected.MONEY, ""),
        ("How often must a plan be reviewed?", Expected.DURATION, ""),
        ("current processing time for a renewal in weeks", Expected.DURATION, "week"),
        ("¿Durante cuántos semestres puedo recibir la beca?", Expected.DURATION, "semester"),
        ("On which date does it open?", Expected.DATE, ""),
        ("Is there a ceiling on awards?", Expected.SOME_FIGURE, ""),
        ("Does tuition include the cost of housing?", None, ""),
    ],
)
def test_what_a_question_asks_for(asked: str, kind: Expected | None, span: str) -> None:
    assert (expected(asked), unit(asked)) == (kind, span)


@pytest.mark.parametrize(
    ("text", "kind", "span", "held"),
    [
        ("The site is scanned every day.", Expected.DURATION, "", True),
        ("The list is rebuilt weekly.", Expected.DURATION, "", True),
        ("A passport is valid for ten years.", Expected.DURATION, "", True),
        ("A passport is valid for ten years.", Expected.DURATION, "week", False),
        ("Call (844) 875-6446.", Expected.PHONE, "", True),
        ("Call (844) 875-6446.", Expected.FAX, "", False),
        ("Once it has opened, apply.", Expected.FIGURE, "", False),
    ],
)
def test_whether_a_text_has_it(text: str, kind: Expected, span: str, held: bool) -> None:
    assert holds(text, kind, span) is held


LEVELS = (
    "AAL2 authenticators used by agencies shall be validated to meet FIPS 140 Level 1. "
    "AAL3 authenticators used by agencies shall be validated to meet FIPS 140 Level 2."
)
OFFICE = "The contact center of the office answers questions by mail. Its phone number is (844) 875-6446."
PASSPORT = "A passport book is valid for ten years from the date of issue. A passport card is valid as long."


@pytest.mark.parametrize(
    ("asked", "source"),
    [
        ("Which FIPS 140 level do AAL4 authenticators used by agencies need?", LEVELS),
        ("What is the fax number of the contact center of the office?", OFFICE),
        ("What does a passport book cost?", PASSPORT),
        ("How many weeks does the issue of a passport book take?", PASSPORT),
        ("Does the Republic of Freedonia accept a passport at its border?", PASSPORT),
    ],
)
async def test_what_is_near_but_lacks_what_was_asked_for_is_no_answer(asked: str, source: str) -> None:
    checked = await check(asked, [source], source)
    assert not checked.answered and not checked.citations
    assert [near.title for near in checked.nearest] == ["Title 1"]


@pytest.mark.parametrize(
    ("asked", "source", "said"),
    [
        ("Which FIPS 140 level do AAL3 authenticators used by agencies need?", LEVELS, "Level 2"),
        ("What is the phone number of the contact center of the office?", OFFICE, "875-6446"),
        ("How many years is a passport book valid?", PASSPORT, "ten years"),
        ("How many years does the Department of Education hold a passport book valid?", PASSPORT, "ten years"),
        ("How many years is a pasport book vallid?", PASSPORT, "ten years"),
    ],
)
async def test_the_same_with_what_was_asked_for_is_answered(asked: str, source: str, said: str) -> None:
    checked = await check(asked, [source], "")
    assert checked.answered and said in checked.text


async def test_both_halves_of_a_question_are_quoted_from_where_they_stand_and_a_copy_only_once() -> None:
    pell = "The maximum award of a Pell Grant is $7,395 for the year."
    teach = "The maximum award of a TEACH Grant is $4,000 for the year."
    checked = await check(
        "What is the maximum award of a Pell Grant and of a TEACH Grant?", [pell, "Again: " + pell, teach], ""
    )
    assert "$7,395" in checked.text and "$4,000" in checked.text
    assert checked.text.count("$7,395") == 1


async def test_a_spanish_question_is_held_against_english_passages_by_its_english_words() -> None:
    asked = question("¿Cuánto cuesta el pasaporte?")
    evidence = Evidence(
        passages=(passage("The fee for a passport book is $130.", 1),), sought="how much cost fee passport"
    )
    checked = await Verifier(embed).check(grant(), asked, evidence, draft(""))
    assert checked.text == "“The fee for a passport book is $130.” (en inglés) [1]"
    assert [citation.quote for citation in checked.citations] == ["The fee for a passport book is $130."]
