"""Which sentences answer a question, and when none does: through the room's public face."""

import pytest

from publius.types import Evidence
from publius.verification import Verifier
from publius.verification.asking import Expected, expected, holds, unit
from publius.verification.naming import asking, parts, says_much, subjects
from publius.verification.words import is_spanish, stem

from .case import check, draft, embed, grant, passage, question


@pytest.mark.parametrize(
    ("asked", "kind", "span"),
    [
        ("What is the phone number of the help desk?", Expected.PHONE, ""),
        ("fax number for the contact center", Expected.FAX, ""),
        ("What does the agency charge for each copy?", Expected.MONEY, ""),
        ("How often must a plan be reviewed?", Expected.DURATION, ""),
        ("How fast must a request be decided?", Expected.DURATION, ""),
        ("current processing time for a renewal in weeks", Expected.DURATION, "week"),
        ("¿Durante cuántos semestres puedo recibir la beca?", Expected.DURATION, "semester"),
        ("On which date did it open?", Expected.DAY, ""),
        ("When did it open?", Expected.DAY, ""),
        ("By what date must it open?", Expected.DATE, ""),
        ("Is there a ceiling on awards?", Expected.SOME_FIGURE, ""),
        ("At what level is it mandatory?", Expected.SOME_FIGURE, ""),
        ("Does tuition include the cost of housing?", None, ""),
        ("e-mail address of the help desk", Expected.EMAIL, ""),
        ("Why was the grant raised to $6,000?", Expected.REASON, ""),
        ("¿Por qué subió la beca?", Expected.REASON, ""),
        ("When was it raised, and why?", Expected.DAY, ""),
        ("Who is the director of the laboratory?", Expected.PERSON, ""),
        ("Who signs the form?", Expected.NAME, ""),
        ("What was the rank of the officer who asked?", None, ""),
        ("Will my Known Traveler Number stay the same?", None, ""),
        ("Does a library card count as evidence?", None, ""),
        ("Does the port only charge until access is confirmed?", None, ""),
        ("Must a school agree when it sets its rules?", None, ""),
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
        ("It may open within thirty days.", Expected.DATE, "", True),
        ("It may open within thirty days.", Expected.DAY, "", False),
        ("It was opened in May 2021.", Expected.DAY, "", True),
        ("Cafeteria: 7:00 a.m. to 2:30 p.m.", Expected.DATE, "", True),
        ("Write to help@agency.gov.", Expected.EMAIL, "", True),
        ("See www.agency.gov.", Expected.EMAIL, "", False),
        ("The Assistant Secretary advises the Secretary of Education.", Expected.PERSON, "", False),
        ("In 2001 Secretary of State Colin Powell took office.", Expected.PERSON, "", True),
        ("Rates rose because costs did.", Expected.REASON, "", True),
        ("Rates rose in May.", Expected.REASON, "", False),
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
        ("For how many years was a passport book issued in 2009 valid?", PASSPORT),
        ("Does the Republic of Freedonia accept a passport at its border?", PASSPORT),
        (
            "Why is a passport book valid for twelve years from the date of issue?",
            f"{PASSPORT} This is to protect you.",
        ),
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


@pytest.mark.parametrize(
    ("asked", "sources"),
    [
        (
            "Which deal cost more, Louisiana or Alaska, and what was the price of each?",
            ["The price of the Louisiana deal was $15 million.", "The price of the Alaska deal was $7.2 million."],
        ),
        (
            "I am back from a vacation in France. How soon must I complete the travel form?",
            ["The travel form must be completed within five days of the return."],
        ),
    ],
)
async def test_names_may_stand_in_two_passages_or_only_tell_of_the_person(asked: str, sources: list[str]) -> None:
    checked = await check(asked, sources, "")
    assert [citation.quote for citation in checked.citations] == sources


async def test_two_names_of_one_thing_must_stand_together() -> None:
    sources = [
        "Madeleine Albright served as the first woman to lead the Department from 1997 to 2001.",
        "General George Marshall, who led it before, was given the Nobel Peace Prize in 1953 for his plan.",
    ]
    checked = await check("In what year did Madeleine Albright receive the Nobel Peace Prize?", sources, "")
    assert not checked.answered


async def test_a_document_is_of_what_its_file_is_named_after() -> None:
    bonus = "Level 5 performance ratings earn a bonus of up to 3.85% of the basic pay."
    for name, answered in (("tts-handbook-ratings.md", True), ("ratings.md", False)):
        evidence = Evidence(passages=(passage(bonus, 1, name=name),))
        asked = question("What percentage is the bonus for a level 5 performance rating in TTS?")
        checked = await Verifier(embed).check(grant(), asked, evidence, draft(""))
        assert checked.answered is answered


@pytest.mark.parametrize(("first", "answered"), [("Perkins", False), ("Undergraduate", True)])
async def test_the_first_word_of_a_question_is_a_name_where_the_passages_write_it_as_one(
    first: str, answered: bool
) -> None:
    sources = [
        "The interest rate of a loan for an undergraduate is 6.8 percent.",
        "A school keeps the records of a Perkins loan.",
    ]
    checked = await check(f"{first} loan: what is the interest rate?", sources, "")
    assert checked.answered is answered


async def test_a_figure_of_the_question_is_no_answer_to_it() -> None:
    asked = "When was the test project for the 2026-27 cycle first released?"
    without = await check(asked, ["The first release of the test project is for the 2026-27 cycle."], "")
    dated = "The test project for the 2026-27 cycle was first released on July 17, 2025."
    assert not without.answered
    assert dated in (await check(asked, [dated], "")).text


async def test_what_lacks_the_thing_asked_for_is_not_quoted_beside_what_has_it() -> None:
    about, fee = (
        "The fee for a passport card of a small child is set by regulation.",
        "A passport card has a fee of $30.",
    )
    checked = await check("What is the fee for a passport card of a small child?", [about, fee], "")
    assert [citation.quote for citation in checked.citations] == [fee]


async def test_a_list_is_quoted_whole_with_the_sentence_that_leads_to_it() -> None:
    leaving = (
        "Upon termination of individual employment:\n\na. Disable system access of the individual;\n"
        "b. Conduct exit interviews about security;\nc. Retrieve all property of the system.\n\n"
        "Other controls are listed elsewhere."
    )
    checked = await check("Which controls apply upon termination of individual employment?", [leaving], "")
    assert [citation.quote for citation in checked.citations] == [leaving.partition("\n\nOther")[0]]
    assert "employment: Disable system access" in checked.text and "Retrieve all property" in checked.text


async def test_quotations_stand_in_the_order_in_which_they_are_read() -> None:
    first, second = "The index of federal sites is rebuilt every week.", "All federal sites are scanned every day."
    checked = await check("How often are all federal sites scanned, and how often rebuilt?", [f"{first} {second}"], "")
    assert [citation.quote for citation in checked.citations] == [first, second]


async def test_of_the_rows_of_a_table_the_one_that_holds_the_condition_is_quoted() -> None:
    table = "Family size | Income protection allowance of parents\n3 | $36,330\n4 | $44,880\n5 | $52,950\n6 | $61,930"
    checked = await check("How much is the income protection allowance of parents for a family of four?", [table], "")
    assert checked.text == "Family size: 4; Income protection allowance of parents: $44,880 [1][2]"


async def test_what_llama_leaves_out_of_a_question_that_asks_two_things_is_quoted_beside_it() -> None:
    weekly, daily = "The index of federal sites is rebuilt every week.", "All federal sites are scanned every day."
    asked = "How often is the index of federal sites rebuilt, and how often are the sites scanned?"
    checked = await check(asked, [weekly, daily], weekly)
    assert checked.text == f"{weekly} [1]\n“{daily}” [2]"


async def test_a_sentence_of_llama_that_leaves_the_figure_out_is_completed_by_its_source() -> None:
    source = "The reviewers must decide about the appeal of the student within thirty days."
    asked = "How many days do the reviewers have to decide about the appeal of a student?"
    checked = await check(asked, [source], "The reviewers must decide about the appeal of the student.")
    assert "thirty days" in checked.text


def test_what_a_question_is_made_of() -> None:
    asked = "I am back from France. Which deal cost more, Louisiana or Alaska, and what was the price of each?"
    assert asking(asked).startswith("Which deal") and asking("It was late. What is it?") == "It was late. What is it?"
    assert [part.strip() for part in parts(asked)][1:] == ["Louisiana", "Alaska", "what was the price of each?"]
    assert subjects(asked) == [stem("price")] and subjects("How many visas were issued?") == [stem("visas")]
    assert subjects("How many people are there, and for how many years is it valid?") == []
    assert subjects("Which architect designed the building?") == [stem("architect")]
    assert says_much("The maker is gone. What is acceptable?") and says_much(
        "How many rooms are there and when do they open?"
    )
    assert not says_much("Perkins loan: what is the interest rate?")


def test_spanish_is_known_without_its_accents() -> None:
    assert is_spanish("cuanto cuesta el pasaporte") and is_spanish("cuantos anos dura una visa")
    assert not is_spanish("What does a passport to Los Angeles cost?")


async def test_a_year_that_is_asked_of_stands_with_the_sentence_and_not_just_anywhere_in_its_passage() -> None:
    source = "In 2001 the office gave out 90 visas. In 2002 it moved to the north of the town. It has a garden there."
    assert (await check("How many visas did the office give out in 2001?", [source], "")).answered
    assert not (await check("How many visas did the office give out in 2002?", [source], "")).answered


@pytest.mark.parametrize(("what", "answered"), [("visas", True), ("embassies", False)])
async def test_what_is_counted_stands_beside_the_figure(what: str, answered: bool) -> None:
    source = "In the fiscal year the consular offices abroad gave out 105 visas to other applicants from Africa."
    assert (await check(f"How many {what} are there in Africa?", [source], "")).answered is answered
