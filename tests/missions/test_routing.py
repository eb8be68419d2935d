"""Which tool a person means: by its words, and where several are named by what the person says for each."""

import pytest

from publius.missions.routing import asks_else, gives_for, route, told_most, wants_result
from publius.missions.saying import said
from publius.missions.slots import slots_of
from publius_missions.student_aid import tools as student_aid

TOOLS = [
    student_aid.student_aid_index, student_aid.pell_grant, student_aid.am_i_dependent, student_aid.what_do_i_need,
    student_aid.compare_aid_offers, student_aid.what_if, student_aid.loan_limits,
]  # fmt: skip
MEANT = [
    ("How much Pell would I get?", "student_aid_index"),
    ("Soy dependiente, ¿cuánta beca pell me toca?", "student_aid_index"),
    ("soy dependiente y quiero saber mi beca pell", "student_aid_index"),
    ("¿Soy estudiante dependiente?", "am_i_dependent"),
    ("quiero saber si soy independiente", "am_i_dependent"),
    ("Am I dependent?", "am_i_dependent"),
    ("How much Pell Grant would I get in 2026-27 if my SAI is 3,275 and I take 6 credits?", "pell_grant"),
    ("What if my mother loses her job?", "what_if"),
    ("what happens to my pell grant if i get married", "what_if"),
    ("¿Y si me caso?", "what_if"),
    ("¿Qué pasa si mi papá pierde su trabajo?", "what_if"),
    ("how much can i borow as a freshman", "loan_limits"),
    ("Compare my aid offers", "compare_aid_offers"),
]
TOLD = [
    "What if my dad does not give consent?",
    "¿Qué pasa si mi padre no da su consentimiento en la FAFSA?",
    "¿Por cuántos semestres se puede recibir la Beca Pell?",
    "cuanto tiempo puedo recibir la beca pell",
    "How many semesters can I get a Pell Grant?",
    "How do I correct my FAFSA?",
    "Soy dependiente.",
    "What is the Student Aid Index?",
]
INDEX_KNOWN = [
    "Pell Grant with a SAI of 2,150 in 2025-26",
    "i was given a student aid index of 512, what pell grant is that",
    "Mi SAI salió en 4100, ¿cuánta beca Pell sería?",
    "beca pell 2026-27 con índice de ayuda estudiantil de 900",
]
LIMITS = [
    ("how much can a junior borrow", {"level": "third"}),
    ("loan amount for a dependent freshman", {"level": "first", "dependent": True}),
    ("how much loan money does an independent 2nd year undergraduate get", {"level": "second", "dependent": False}),
    ("how much can a high school senior borrow for college", {"level": "first"}),
    ("how much may a first-year medical student borrow", {"level": "professional"}),
    ("¿Cuánto puede pedir prestado una estudiante dependiente de cuarto año?", {"level": "third", "dependent": True}),
    ("¿Cuánto préstamo le dan a un estudiante independiente?", {"dependent": False}),
    ("cuánto puede pedir prestado un estudiante de tercer año de pregrado", {"level": "third"}),
]  # fmt: skip


@pytest.mark.parametrize("text", INDEX_KNOWN)
def test_who_says_an_index_asks_for_the_grant_that_it_leads_to(text: str) -> None:
    tool = route(text, TOOLS)
    assert tool is not None and tool.name == "pell_grant"
    values = said(text, slots_of(tool)).values
    assert "student_aid_index" in values and gives_for(tool, text, values)


@pytest.mark.parametrize(("text", "given"), LIMITS, ids=[text for text, _ in LIMITS])
def test_a_question_about_some_student_says_what_it_calls_that_student(text: str, given: dict[str, object]) -> None:
    tool = route(text, TOOLS)
    assert tool is not None and tool.name == "loan_limits"
    assert said(text, slots_of(tool)).values == given
    assert gives_for(tool, text, given) == ("level" in given)


@pytest.mark.parametrize(
    "text",
    [
        "Am I a dependent student?",
        "is my son a dependent student, how much may he borrow",
        "What is a dependent student?",
        "How much may independent or dependent students borrow?",
        "¿Soy estudiante dependiente?",
        "sophomore here, my sister is in graduate school: how much can I borrow?",
        "how much may I borrow, I am not a freshman",
    ],
)
def test_what_is_asked_or_can_be_two_is_not_heard(text: str) -> None:
    assert not said(text, slots_of(student_aid.loan_limits)).values


@pytest.mark.parametrize(("text", "tool"), MEANT, ids=[text for text, _ in MEANT])
def test_the_tool_that_is_meant_is_chosen(text: str, tool: str) -> None:
    found = route(text, TOOLS)
    assert found is not None and found.name == tool
    assert wants_result(text)


@pytest.mark.parametrize("text", TOLD)
def test_what_is_asked_about_in_general_computes_nothing(text: str) -> None:
    assert route(text, TOOLS) is None or not wants_result(text)


@pytest.mark.parametrize(
    "text",
    [
        "where do I see my SAI", "How long until I get my Pell Grant?", "who decides my pell grant",
        "Why is my SAI so high?",
        "I filed in May, when do I get my Pell?", "¿Dónde veo mi SAI?", "cuando me dan mi beca pell",
        "¿Quién decide mi SAI?",
        "¿Cuánto tarda mi beca Pell?", "¿Por qué es tan alto mi SAI?",
    ],
)  # fmt: skip
def test_how_long_when_where_who_and_why_are_no_request_to_compute(text: str) -> None:
    assert asks_else(text)


@pytest.mark.parametrize(
    "text",
    [
        "What would my SAI be when I am 24?", "How much Pell do I get, and when?",
        "¿Cuánta beca Pell me dan cuando me case?",
        "What if my mother, who works part-time, loses her job?", "compute my SAI", "how much can I borrow",
    ],
)  # fmt: skip
def test_a_request_to_compute_may_say_when_or_who(text: str) -> None:
    assert not asks_else(text)


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("My father makes 64k and we paid 2,800 in tax, we are five", "student_aid_index"),
        ("Mi papá gana 30,000 y pagó 700 de impuestos. Somos cuatro.", "student_aid_index"),
        ("College A: tuition 31,000, grants 9,000. College B: tuition 24,000, grants 4,000.", "compare_aid_offers"),
        ("La universidad A ofrece becas 9000 y préstamos 3500; la universidad B becas 4000.", "compare_aid_offers"),
        ("We are four in Ohio, in 2026-27", None),  # no amount
        ("How is a family of four with an AGI of 50,000 counted?", None),  # nobody says whose income
    ],
)
def test_figures_without_the_name_of_a_tool_are_for_the_one_that_lacks_least(text: str, tool: str | None) -> None:
    found = told_most(text, TOOLS, amounts=True)
    assert (found and found.name) == tool
