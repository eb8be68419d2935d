"""Interviews as data: what cannot be is refused by name, and whatever people answer, the way comes to an end."""

from pathlib import Path
from random import Random

import pytest

from publius.kit import InvalidInput, Kind, Tool
from publius.missions.faults import BrokenMission
from publius.missions.interview import Journey, Script, interview_of, read_script, unfit
from publius.missions.interview.script import Page
from publius.missions.pack import read_pack
from publius.missions.sealed import Kept, Seal
from publius.types import Agency
from publius.web.missions.shown import shown
from publius_missions.student_aid import tools as student_aid
from publius_missions.student_aid.dependency import QUESTIONS

PACK = read_pack(Path(student_aid.__file__).parent, "publius_missions.student_aid")
TOOLS: dict[str, Tool] = {name: getattr(student_aid, name) for name in PACK.card.tools}
HEAD = """
title = "Fares"
title_es = "Tarifas"
about = "a"
about_es = "a"
minutes = 1
computes = "pell_grant"
[[part]]
id = "one"
en = "One"
es = "Uno"
"""
YOUNG = {"birth_year": "2007"} | dict.fromkeys((question.name for question in QUESTIONS[1:]), "no")


@pytest.fixture(scope="module")
def script() -> Script:
    found = interview_of(PACK, TOOLS)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ('id = "a"\npart = "two"\ngives = ["pell_grant.credits"]', "page 'a' is of part 'two', which there is not"),
        ('id = "a"\npart = "one"', "page 'a' gives no input, and so needs en and es of its own"),
        (
            'id = "a"\npart = "one"\ngives = ["x.y"]\nwhen = { b = "yes" }',
            "looks at 'b', which is no fact and no earlier",
        ),
        ('id = "a"\npart = "one"\ngives = ["x.y"]\namong = ["x.z"]', "page 'a' has both gives and among"),
        ('id = "a"\npart = "one"\nwords = "x"', "words is no field of it"),
        (
            'id = "a"\npart = "one"\ngives = ["x.y"]\n[[page]]\nid = "a"\npart = "one"\ngives = ["x.y"]',
            "two are called 'a'",
        ),
    ],
)
def test_a_file_that_is_no_interview_is_refused_by_name(tmp_path: Path, page: str, said: str) -> None:
    (tmp_path / "interview.toml").write_text(f"{HEAD}[[page]]\n{page}\n")
    with pytest.raises(BrokenMission) as refused:
        read_script(tmp_path, "interview.toml")
    assert said in refused.value.said and refused.value.file == "interview.toml"


def test_what_the_tools_do_not_take_is_named(tmp_path: Path) -> None:
    (tmp_path / "interview.toml").write_text(
        f'then = ["fly"]\n{HEAD}[[page]]\nid = "a"\npart = "one"\ngives = ["pell_grant.shoes", "what_if.parents"]\n'
    )
    faults = list(unfit(read_script(tmp_path, "interview.toml"), TOOLS))
    assert faults == [
        "there is no tool 'fly'",
        "'pell_grant.shoes' is no single input of a tool",
        "'what_if.parents' is no single input of a tool",
    ]


def answered(script: Script, choose: Random, given: dict[str, str] | None = None) -> dict[str, str]:
    """Answers until there is no question any more: those that are given, and for the rest whatever comes."""
    answers: dict[str, str] = {}
    while page := (journey := Journey(script, TOOLS, answers)).open:
        said = (given or {}).get(page.id) or _anything(journey, page, choose)
        answers[page.id] = journey.read(page, said, choose.choice(["en", "es"]))
    return answers


def _anything(journey: Journey, page: Page, choose: Random) -> str:
    if page.among:
        return ",".join(name for name in journey.among(page) if choose.random() < 0.3)
    parameter = journey.parameter(page)
    if parameter.kind is Kind.YES_NO:
        return choose.choice(["yes", "no", "no", "no"])
    if parameter.choices:
        return choose.choice(parameter.choices).value
    if page.id == "birth_year":
        return str(choose.randint(1985, 2010))
    return f"{choose.randint(parameter.least, min(parameter.most, 10**6)):,}"


def test_whatever_people_answer_the_way_ends_in_a_result(script: Script) -> None:
    met, computed, tool = set(), 0, TOOLS[script.computes]
    for seed in range(24):
        answers = answered(script, Random(seed), YOUNG if seed % 2 else None)
        journey = Journey(script, TOOLS, answers)
        met |= {page.part for page in journey.pages}
        fields = journey.fields(tool.name)
        try:
            assert tool(**tool.read_form(fields)).told("es")
            computed += 1
        except InvalidInput as error:
            assert set(tool.contradictions(fields)) == set(error.problems.values()), answers
    assert computed >= 12
    assert met == {part.id for part in script.part}


def test_an_answer_off_the_way_counts_for_nothing_and_is_there_again_when_the_way_leads_back(script: Script) -> None:
    answers = answered(script, Random(3), YOUNG | {"parents_filed": "us", "award_year": "2026-27"})
    grown = Journey(script, TOOLS, answers | {"birth_year": "1980"})
    assert not [name for name in grown.fields("student_aid_index") if name.startswith("parents.")]
    assert grown.open is not None and grown.page("parents_tax") is None
    again = Journey(script, TOOLS, answers)
    assert again.fields("student_aid_index")["parents.0.income_tax"] == answers["parents_tax"]


def test_the_longest_way_fits_into_a_cookie(script: Script, education: Agency) -> None:
    """Every page answered, each with a figure that nothing can be spared of."""
    choose = Random(1)
    every = {page.id: str(choose.randint(10**11, 10**12)) for page in script.page}
    every |= {f"{page.id}.{name.rpartition('.')[2]}": str(choose.randint(10**11, 10**12))
              for page in script.page for name in page.among}  # fmt: skip
    assert len(every) > 80
    assert len(Seal(b"secret", education, "anywhere").close(Kept(every))) < 3_800


def test_what_cannot_be_is_told_as_soon_as_the_answers_make_it_certain(script: Script) -> None:
    tool = TOOLS[script.computes]
    grown = {
        "award_year": "2024-25",
        "birth_year": "1990",
        "student_married": "no",
        "bachelors_degree": "no",
        "family_size": "4",
        "lives_abroad": "no",
        "state": "CA",
        "benefits": "no",
    }
    before = Journey(script, TOOLS, grown)
    assert before.open is not None and before.open.id == "own_filed"
    assert not tool.contradictions(before.fields(tool.name))  # Who need not file has an index without the table.
    for filed, said in (("us", 1), ("not_required", 0)):
        journey = Journey(script, TOOLS, grown | {"own_filed": filed})
        assert len(tool.contradictions(journey.fields(tool.name), "es")) == said


def test_a_year_is_shown_without_a_comma() -> None:
    tool = TOOLS["am_i_dependent"]
    result = tool(**tool.read({"award_year": "2026-27", "birth_year": 2001}))
    for language in ("en", "es"):
        rows = shown(PACK, tool, result, [], None, language).rows
        assert [figure for row in rows for _, figure in row.inputs] == ["2001"]
