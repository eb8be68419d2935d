"""Who brings up a family alone is heard, of whom it is said, and nothing is heard of anybody else."""

import pytest

from publius.missions import hearing
from publius_missions.student_aid import tools

PARENTS, STUDENT, FILED = "parents_married", "student_married", "parents.0.filing_status"


@pytest.mark.parametrize(("text", "heard"), [
    ("dependent. He is a single dad.", {PARENTS: False}),
    ("I am dependent and my mother is divorced", {PARENTS: False}),
    ("dependent, my mom brought me up, she raised the three of us alone", {PARENTS: False}),
    ("dependent, a single parent raised me", {PARENTS: False}),
    ("Soy dependiente. Mi mamá es madre soltera.", {PARENTS: False}),
    ("soy dependiente, mi padre es viudo, ¿cuánta beca me dan?", {PARENTS: False}),
    ("dependent, my parents aren't married", {PARENTS: False}),
    ("dependent, my dad remarried", {PARENTS: True}),
    ("dependent, my parents were never married but live together", {PARENTS: True}),
    ("independent, I'm a single dad", {STUDENT: False}),
    ("soy independiente y soy mamá soltera", {STUDENT: False}),
    ("I am independent, not married", {STUDENT: False}),
    ("dependent, my parents were married", {}),
    ("dependent, what if my mom is a single mom", {}),
    ("dependent, is my dad a single parent?", {}),
    ("my dad makes 60,000, married, dependent", {}),
    ("dependent, my mom is single and filed taxes", {PARENTS: False}),
    ("dependent, my mom filed as single", {PARENTS: False, FILED: "single"}),
])  # fmt: skip
def test_it_is_heard_of_whom_it_is_said(text, heard):
    values = hearing.heard(tools.student_aid_index, [text], {}).values
    assert {path: value for path, value in values.items() if path in (PARENTS, STUDENT, FILED)} == heard


@pytest.mark.parametrize(("text", "status"), [
    ("dependent, my dad filed as head of household, he earned 40,000, I earned 0", "head_of_household"),
    ("dependent, my parents are married and filed jointly, and I earned nothing", "joint"),
    ("soy dependiente, mis padres declararon juntos y yo gané 0", "joint"),
])  # fmt: skip
def test_what_is_chosen_is_of_those_of_whom_the_sentence_speaks_there(text, status):
    values = hearing.heard(tools.student_aid_index, [text], {}).values
    assert values[FILED] == status
    assert "student.0.filing_status" not in values


def test_a_single_mother_who_speaks_of_herself_gives_her_own_figures():
    values = hearing.heard(tools.student_aid_index, ["I am independent, I am a single mom, AGI 20,000"], {}).values
    assert values["student.0.adjusted_gross_income"] == 20_000


def test_where_a_tool_has_no_list_of_people_the_speaker_is_meant():
    for text, married in (("soy independiente y no estoy casado", False), ("I am independent and married", True)):
        assert hearing.heard(tools.what_do_i_need, [text], {}).values[STUDENT] is married
