"""Which tool a person means: by its words, and where several are named by what the person says for each."""

import pytest

from publius.missions.routing import route, wants_result
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


@pytest.mark.parametrize(("text", "tool"), MEANT, ids=[text for text, _ in MEANT])
def test_the_tool_that_is_meant_is_chosen(text: str, tool: str) -> None:
    found = route(text, TOOLS)
    assert found is not None and found.name == tool
    assert wants_result(text)


@pytest.mark.parametrize("text", TOLD)
def test_what_is_asked_about_in_general_computes_nothing(text: str) -> None:
    assert route(text, TOOLS) is None or not wants_result(text)
