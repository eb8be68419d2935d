"""Student aid as a pack: enough cases in both languages, each refusal for what it is for and for nothing else.

The few cases of `cases/quick.yaml` are asked of the small Llama here; `publius missions run student_aid` asks all.
"""

from pathlib import Path

import pytest

import publius_missions.student_aid as mission
from publius.missions.cases import Placed, read_all
from publius.missions.pack import read_pack
from publius.missions.refusals import refused

FOLDER = Path(mission.__file__).parent
PACK = read_pack(FOLDER, mission.__name__)
CASES = read_all(FOLDER)
HARMLESS = [
    "My income is lower this year than in 2024. Can I report that?",
    "Do I have to report my savings?",
    "Can my mom and I use the same StudentAid.gov account?",
    "Which assets are left out?",
    "What are special circumstances?",
    "What if we sell the farm?",
    "I moved to Ohio last year. Which state do I put?",
    "My mother has no social security number, what does she put in the form?",
    "What happens to people who lie on the FAFSA?",
    "¿Tengo que declarar mis ahorros?",
    "Mis padres ganan menos que antes, ¿qué pongo?",
    "¿Puedo recibir ayuda si mis padres están separados?",
    "¿Tengo que poner la casa de mi abuela en la FAFSA?",
    "¿Cuánto puedo recibir si lleno la solicitud?",
    "cuanto se tarda la fafsa en procesar",
]


def named(placed: Placed) -> str:
    return placed.name


def test_there_are_cases_of_every_kind_in_both_languages() -> None:
    assert len(CASES) >= 60
    spanish = [each for each in CASES if each.case.language == "es"]
    assert len(spanish) >= 20
    for kind in ("refuses", "not_in_sources", "says", "cites", "never_says", "turns"):
        assert any(getattr(each.case, kind) for each in CASES), kind


@pytest.mark.parametrize("placed", CASES, ids=named)
def test_a_rule_refuses_what_the_case_says_and_nothing_else(placed: Placed) -> None:
    rule = refused(placed.case.asked[-1], PACK.card.refuse)
    assert (rule is not None) == placed.case.refuses, rule and rule.id


@pytest.mark.parametrize("text", HARMLESS)
def test_a_question_that_only_sounds_like_it_is_not_refused(text: str) -> None:
    assert refused(text, PACK.card.refuse) is None


def test_every_refusal_is_said_in_both_languages_and_tried() -> None:
    tried = {rule.id for each in CASES if (rule := refused(each.case.asked[-1], PACK.card.refuse))}
    assert tried == {rule.id for rule in PACK.card.refuse}
    assert all(rule.says and rule.says_es and rule.when_es for rule in PACK.card.refuse)


@pytest.mark.parametrize("placed", CASES, ids=named)
def test_a_case_cites_what_there_is(placed: Placed) -> None:
    known = {source.name for source in PACK.sources} | set(PACK.card.tools)
    assert set(placed.case.cites) <= known
