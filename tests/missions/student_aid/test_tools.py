"""The tools of student aid: the Department's own cases, whatever answers people give, and both languages."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from tests.missions.student_aid.asking import ANYTHING, FAMILY, ON_ONES_OWN, computed, refused

from publius.inference.grammar.ebnf import Grammar
from publius.inference.grammar.schema import Compiler
from publius.kit import InvalidInput, Tool
from publius.kit.fuzzing import arguments
from publius.policy import schema as policy
from publius_missions.student_aid import tools
from publius_missions.student_aid.dependency import QUESTIONS
from publius_missions.student_aid.index import TABLES
from publius_missions.student_aid.situation import FILING_STATUS, Person

CASES = tomllib.loads(Path(__file__).with_name("worked_cases.toml").read_text(encoding="utf-8"))["case"]
TOOLS = [each for each in vars(tools).values() if isinstance(each, Tool)]
NAMED = {number: name for name, number in FILING_STATUS.items()}
FILED = {"US": "us", "ELSEWHERE": "elsewhere", "NOT_REQUIRED": "not_required"}


def asked_of(case):
    """A worked case as a person would answer it."""
    answers = {"award_year": "2026-27", "dependent": "parents" in case, "family_size": case.get("family_size", 1)}
    answers |= {
        "student_married": case.get("student", {}).get("married", False),
        "benefits": case.get("benefits", False),
    }
    answers |= {"state": case.get("state")}
    for whose in ("parents", "student"):
        unit = case.get(whose, {})
        answers[whose] = [person(each) for each in unit.get("people", [{}] if whose in case else [])]
        for name in ("cash", "investments", "business_farm", "child_support"):
            answers[f"{whose}_{name}"] = unit.get(name, 0)
    answers["parents_married"] = case.get("parents", {}).get("married", False)
    return answers


def person(held):
    named = {"adjusted_gross_income": 0, "income_earned": 0, "income_tax": 0} | held
    named["filing_status"] = NAMED[held.get("filing_status", 0)]
    return named | {"filed": FILED[held.get("filed", "US")]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_worked_case_comes_out_to_the_dollar_from_a_persons_answers(case):
    result = computed(tools.student_aid_index, **asked_of(case))
    assert list(result.value) == case["aid"]
    assert {name: result.derivation.amounts()[name] for name in case["lines"]} == case["lines"]
    assert f"{result.value.sai:,}" in result.told("en") and f"{result.value.sai:,}" in result.told("es")


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_whatever_is_answered_is_computed_alike_or_refused_in_a_sentence_and_reads_in_spanish(tool):
    @ANYTHING
    @given(arguments(tool))
    def holds(values):
        try:
            result = tool(**values)
        except InvalidInput as problem:
            assert str(problem).strip()
            return
        assert result == tool(**values)
        assert result.derivation.lines and all(line.citation and line.formula for line in result.derivation.lines)
        for english, spanish in zip(result.lines("en"), result.lines("es"), strict=True):
            assert english.name != spanish.name and english.formula != spanish.formula
            assert all(one != other for one, other in zip(english.inputs, spanish.inputs, strict=True)), english.inputs
        assert figures(result.told("en")) == figures(result.told("es"))

    holds()


def figures(text):
    """The figures of a sentence; a date's day comes before its month in Spanish, so that the order is not compared."""
    return sorted(re.findall(r"-?\d+(?:,\d{3})*", text))


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_an_engine_can_be_held_to_every_schema(tool):
    policy.check(tool.schema(), "schema", strict=True)
    grammar = Grammar()
    assert grammar.text(Compiler(grammar, tool.schema()).root())


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_question_is_asked_in_both_languages_and_found_in_a_sentence(tool):
    for parameter in tool.parameters:
        for each in (parameter, *parameter.fields):
            assert each.ask.question and each.ask.es and each.ask.words, each.name
            assert bool(each.ask.help) == bool(each.ask.help_es), each.name
            assert all(choice.title and choice.title_es for choice in each.choices), each.name
    assert tool.asks and tool.title_es != tool.title


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"award_year": "2023-24"}, "2026-27, 2025-26, 2024-25"),
        ({"family_size": -2}, "-2 is too small"),
        ({"parents": [{"adjusted_gross_income": 10**12, "income_earned": 0, "income_tax": 0}]}, "too large"),
        ({"parents": []}, "What did your parents earn"),
        ({"student_married": True}, "married student is independent"),
        ({"dependent": False}, "Are you married"),
    ],
)
def test_what_cannot_be_is_said(given, says):
    assert says in str(refused(tools.student_aid_index, **FAMILY | given))


def test_what_nobody_said_is_named_and_not_taken_silently():
    told = computed(tools.student_aid_index, **FAMILY)
    assert "no savings" in told.told("en") and "no hay ahorros" in told.told("es")
    more = computed(tools.student_aid_index, **FAMILY, parents_cash=5, benefits=True, state="AK")
    assert not any(word in more.told("en") for word in ("savings", "SNAP", "Alaska"))


def test_a_table_that_is_not_known_is_said():
    family = {"award_year": "2024-25", "dependent": False, "family_size": 4, "student_married": False}
    problem = refused(tools.student_aid_index, **family, student=[ON_ONES_OWN | {"adjusted_gross_income": 90_000}])
    assert list(problem.problems) == ["family_size"] and "no source was found" in str(problem)
    need_not_file = ON_ONES_OWN | {"filed": "not_required"}
    assert computed(tools.student_aid_index, **family, student=[need_not_file]).value.sai == -1_500


JOINT = {"adjusted_gross_income": 50_000, "income_earned": 50_000, "income_tax": 2_000, "filing_status": "joint"}
ALONE = {"award_year": "2026-27", "dependent": False, "family_size": 1, "student_married": False}


@pytest.mark.parametrize(
    ("given", "at"),
    [
        (FAMILY | {"parents": [ON_ONES_OWN], "family_size": 1}, "family_size"),
        (FAMILY | {"parents_married": True, "family_size": 2}, "family_size"),
        (FAMILY | {"parents": [ON_ONES_OWN] * 2, "family_size": 2}, "family_size"),
        (FAMILY | {"parents": [JOINT], "parents_married": False}, "parents.0.filing_status"),
        (FAMILY | {"parents": [ON_ONES_OWN] * 2, "parents_married": False}, "parents"),
        (FAMILY | {"student": [JOINT]}, "student.0.filing_status"),
        (FAMILY | {"student_married": True}, "student_married"),
        (ALONE | {"student": [ON_ONES_OWN], "student_married": True}, "family_size"),
        (ALONE | {"student": [JOINT]}, "student.0.filing_status"),
        (ALONE | {"student": [ON_ONES_OWN] * 2}, "student"),
    ],
)
def test_a_family_that_cannot_be_is_refused_at_the_answer_in_both_languages_by_both_tools(given, at):
    for tool, more in ((tools.student_aid_index, {}), (tools.what_if, {"change": "one_more_in_the_family"})):
        said = []
        for language in ("en", "es"):
            with pytest.raises(InvalidInput) as problem:
                tool.read(given | more, language)
            assert list(problem.value.problems) == [at]
            said.append(problem.value.problems[at])
        assert said[0] != said[1] and all(each.endswith(".") for each in said)
    with pytest.raises(InvalidInput) as direct:
        tools.student_aid_index(**tools.student_aid_index.read(FAMILY) | rows(given))
    assert list(direct.value.problems) == [at]


def rows(given):
    """People as the tool is handed them."""
    return given | {name: [Person(**each) for each in given[name]] for name in ("parents", "student") if name in given}


def test_parents_who_filed_jointly_are_two_where_nobody_says_otherwise():
    family = FAMILY | {"parents": [JOINT]}
    told = computed(tools.student_aid_index, **family)
    assert told.value == computed(tools.student_aid_index, **family, parents_married=True).value


def test_there_is_no_pell_grant_with_a_bachelors_degree_and_the_law_is_named():
    poor = {"parents": [ON_ONES_OWN | {"adjusted_gross_income": 20_000}]}
    young = computed(tools.student_aid_index, **FAMILY | poor)
    graduate = computed(tools.student_aid_index, **FAMILY | poor, bachelors_degree=True)
    assert young.value.pell == 7_395 and "study for a first bachelor's degree" in young.told("en")
    assert graduate.value == young.value._replace(pell=0)
    known = {"award_year": "2026-27", "student_aid_index": 0}
    assert "first bachelor's degree" in computed(tools.pell_grant, **known).told("en")
    whole = computed(tools.pell_grant, **known, bachelors_degree=True)
    assert whole.value == 0
    changed = computed(tools.what_if, change="one_more_in_the_family", **FAMILY | poor, bachelors_degree=True)
    assert changed.value.pell_before == changed.value.pell_after == 0
    for result in (graduate, whole, changed):
        assert "1070a(c)(1)" in result.told("en") and "1070a(c)(1)" in result.told("es")
        assert any("1070a(c)(1)" in line.citation for line in result.derivation.lines)
        assert "would be $" not in graduate.told("en")


def test_whose_income_counts_is_asked_by_dependency():
    for dependent, wanted in ((True, ["parents"]), (False, ["student", "student_married"])):
        given = {"award_year": "2026-27", "dependent": dependent, "family_size": 2}
        assert [each.name for each in tools.student_aid_index.missing(given)] == wanted


@pytest.mark.parametrize(("credits", "percent"), [(12, 100), (15, 100), (11, 92), (9, 75), (7, 58), (6, 50), (1, 8)])
def test_credits_are_a_whole_percent_of_full_time(credits, percent):
    result = computed(tools.pell_grant, award_year="2026-27", student_aid_index=0, credits=credits)
    assert result.value == round(7_395 * percent / 100 + 1e-9)


@pytest.mark.parametrize(
    ("given", "award"),
    [
        ({"student_aid_index": 3_275}, 4_120),
        ({"student_aid_index": 3_275, "cost_of_attendance": 4_000}, 4_000),
        ({"student_aid_index": 3_275, "cost_of_attendance": 4_000, "other_grants": 4_000}, 0),
        ({"student_aid_index": 7_971, "minimum_pell": True}, 740),
        ({"student_aid_index": 7_971, "minimum_pell": True, "enrolment": 50}, 370),
        ({"student_aid_index": 14_790, "minimum_pell": True}, 0),
        ({"student_aid_index": 0, "maximum_pell": True, "enrolment": 50}, 3_698),
    ],
)
def test_the_pell_grant_of_a_known_index(given, award):
    assert computed(tools.pell_grant, award_year="2026-27", **given).value == award


def test_before_2026_27_other_grants_that_cover_the_cost_do_not_end_the_pell_grant():
    given = {"student_aid_index": 0, "cost_of_attendance": 4_000, "other_grants": 4_000}
    assert computed(tools.pell_grant, award_year="2025-26", **given).value == 4_000


def answers(**yes):
    return {"award_year": "2026-27", "birth_year": 2006} | {each.name: False for each in QUESTIONS[1:]} | yes


@pytest.mark.parametrize("question", QUESTIONS[1:], ids=lambda each: each.name)
def test_each_question_of_the_law_makes_independent_and_ends_the_asking(question):
    before = {"award_year": "2026-27", "birth_year": 2006}
    for each in QUESTIONS[1:]:
        if each.name == question.name:
            break
        assert [one.name for one in tools.am_i_dependent.missing(before)] == [each.name]
        before[each.name] = False
    result = computed(tools.am_i_dependent, **before, **{question.name: True})
    assert not result.value.dependent and result.value.ground == question.name
    assert result.value.provisional == (question.name == "unusual_circumstances")
    assert result.derivation.lines[-1].citation == question.law and question.en in result.told()


@pytest.mark.parametrize(("year", "oldest_dependent"), [("2024-25", 2001), ("2025-26", 2002), ("2026-27", 2003)])
def test_who_is_24_by_the_years_end_is_independent_whatever_else(year, oldest_dependent):
    independent = computed(tools.am_i_dependent, award_year=year, birth_year=oldest_dependent - 1)
    assert independent.value.ground == "birth_year" and len(independent.derivation.lines) == 1
    assert computed(tools.am_i_dependent, **answers(award_year=year, birth_year=oldest_dependent)).value.dependent


def test_who_has_answered_too_little_is_asked_the_next_question():
    problem = refused(tools.am_i_dependent, award_year="2026-27", birth_year=2006)
    assert "orphan" in str(problem) and "veteran" not in str(problem)


@pytest.mark.parametrize(
    ("given", "contributors"),
    [
        ({"dependent": False, "student_married": False}, ("student",)),
        ({"dependent": False, "student_married": True}, ("student", "spouse")),
        ({"dependent": False, "student_married": True, "filed_jointly": True}, ("student",)),
        ({"dependent": True, "parents_together": "one"}, ("student", "parent")),
        ({"dependent": True, "parents_together": "together"}, ("student", "parent", "other parent")),
        ({"dependent": True, "parents_together": "together", "filed_jointly": True}, ("student", "parent")),
    ],
)
def test_who_contributes_and_consents(given, contributors):
    result = computed(tools.what_do_i_need, award_year="2026-27", citizenship="citizen", **given)
    assert result.value.contributors == contributors
    lines = result.derivation.amounts()
    assert lines["consent and approval for the tax data of 2024 to come from the IRS"] == len(contributors)


@pytest.mark.parametrize(
    ("given", "there", "absent"),
    [
        ({}, "tax_return", "foreign_return"),
        ({"filed": "elsewhere"}, "foreign_return", "tax_return"),
        ({"filed": "not_required"}, "income_records", "tax_return"),
        ({"citizenship": "eligible_noncitizen"}, "immigration_document", "social_security_number"),
        ({"parents_together": "apart"}, "which_parent", "benefits"),
        ({"benefits": True, "unusual_circumstances": True}, "unusual_circumstances", "which_parent"),
    ],
)
def test_the_checklist_is_that_of_the_situation(given, there, absent):
    usual = {"award_year": "2026-27", "dependent": True, "citizenship": "citizen", "parents_together": "one"}
    items = computed(tools.what_do_i_need, **usual | given).value.items
    assert there in items and absent not in items


def test_the_award_years_to_choose_from_are_those_with_tables():
    for tool in (tools.student_aid_index, tools.loan_limits):
        offered = {choice.value for choice in tool.parameter("award_year").choices}
        assert offered == {table.stem for table in TABLES.glob("*.toml")}
