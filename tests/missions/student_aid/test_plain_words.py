"""What the tools say, as somebody reads it who is the first of the family to go to college."""

import pytest
from tests.missions.student_aid.asking import FAMILY, computed

from publius.kit import Tool
from publius_missions.student_aid import tools

TOOLS = [each for each in vars(tools).values() if isinstance(each, Tool)]


@pytest.mark.parametrize("income", [20_000, 90_000, 120_000, 250_000])
def test_a_result_speaks_to_a_student_and_not_to_a_programmer(income):
    parent = {"adjusted_gross_income": income, "income_earned": income, "income_tax": 0, "filing_status": "joint"}
    result = computed(tools.student_aid_index, **FAMILY | {"parents": [parent]})
    for language, no_grant, unwanted in (
        ("en", "would be $0: the", "indicator"),
        ("es", "sería de $0: el", "indicador"),
    ):
        text = result.text(language)
        assert unwanted not in text and ": none:" not in text and ": ninguna:" not in text
        assert (no_grant in text) is (result.value.pell == 0)
    assert ("Maximum Pell Grant by income: yes, " in result.text()) is bool(result.value.max_pell)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_what_a_tool_says_of_itself_names_no_class_of_the_code(tool):
    assert "InvalidInput" not in tool.description and "derivation" not in tool.description.lower()


def test_an_input_of_a_line_is_called_by_a_name_that_can_be_read():
    result = computed(tools.student_aid_index, **FAMILY)
    assert not {"agi", "foreign"} & {name for line in result.derivation.lines for name in line.inputs}


def test_a_change_is_told_without_a_list_of_the_laws_terms():
    told = computed(tools.what_if, change="one_more_in_the_family", **FAMILY).told()
    assert "is listed below, before and after" in told and "income protection allowance" not in told
