"""The promise: a case passes exactly when the answer is what its author wrote down, and says what there was instead."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from tests.missions import packs

from publius.missions.cases import Case, cases_of, read_all, read_cases, read_example
from publius.missions.faults import BrokenMission
from publius.missions.verdicts import holds, judge, says
from publius.types import Answer, Checked, Citation, Receipt, Reply, ToolResult, Usage

SAYS = [
    ("The maximum is $7,395 a year.", "7395", True),
    ("The maximum is 7,395 dollars a year.", "$7,395", True),
    ("The maximum is $7,395 a year.", "maximum is $7,395", True),
    ("The maximum is $17,395 a year.", "$7,395", False),
    ("The maximum is $7,395 a year.", "$7,390", False),
    ("It is 25 % of it.", "25%", True),
    ("It is 25 % of it.", "$25", False),
    ("The index is −1,500.", "-1500", True),
    ("The index is 1,500.", "-1500", False),
    ("Su índice es -1,500.", "indice", True),
    ("A dependent\nstudent answers for parents.", "Dependent student", True),
    ("An independent student does not.", "dependent", False),
    ("Due June 30, 2027.", "June 30, 2027", True),
    ("Due June 30, 2027.", "June 30, 2026", False),
    ("For 2026-27 it is so.", "2026-27", True),
    ("For 2025-26 it is so.", "2026-27", False),
]


@pytest.mark.parametrize("text, phrase, held", SAYS)
def test_figures_count_by_value_and_words_as_words(text: str, phrase: str, held: bool) -> None:
    assert says(text, phrase) is held


def test_of_an_object_only_the_named_fields_are_compared() -> None:
    made = {"sai": -1500, "pell": 7395, "lines": [1, 2]}
    assert holds(made, {"pell": 7395}) and holds(made, {"lines": [1, 2]}) and holds(made, msgspec.UNSET)
    assert not holds(made, {"pell": 7390}) and not holds(made, {"pel": 7395}) and not holds(made, {"lines": [1]})
    assert holds(7395, 7395) and not holds(7395, {"pell": 7395})


def answer(text: str, *, cites: str = "", tool: str = "", **checked: Any) -> Answer:
    quoted = Citation(
        number=1, document_id=UUID(int=0), document="A", name=cites, revision=1, page=None, start=0, end=1, quote="A",
        tool=tool or None,
    )  # fmt: skip
    whole = {"answered": True, "grounded": True, "citations": (quoted,) if cites or tool else (), **checked}
    return Answer(
        id=uuid4(),
        created=datetime.now(UTC),
        model="mission:gardens",
        checked=Checked(text=text, **whole),
        finish_reason="stop",
        usage=Usage(),
        receipt=Receipt(record=uuid4(), agency="education", leaf_hash="", position=0, tree_size=1),
    )


def reply(kind: Any, *asks: str) -> Reply:
    return Reply(kind=kind, text="…", asks=asks)


NO = answer("No.", answered=False)
FEE = answer("The fee is $60.", tool="plot_fee", results=(ToolResult(name="plot_fee", value=60, text="60"),))
RULES = answer("By 1 March.", cites="rules.en.md")
REFUSED = answer("I cannot.", reply=reply("refuse"))
ASKS = answer("How large?", answered=False, reply=reply("ask", "square_metres"))
JUDGED = [
    ({"says": ["60"], "cites": ["plot_fee"], "computes": {"tool": "plot_fee", "value": 60}}, FEE, RULES),
    ({"computes": {"tool": "plot_fee"}}, FEE, NO),
    ({"says": ["2"]}, answer("It is 2."), answer("It is due. [2]")),
    ({"never_says": ["61 dollars"]}, FEE, answer("It is $61.", answered=True)),
    ({"cites": ["rules.en"]}, RULES, FEE),
    ({"cites": ["rules.en.md"]}, RULES, NO),
    ({"refuses": True}, REFUSED, NO),
    ({"not_in_sources": True}, NO, REFUSED),
    ({"not_in_sources": True}, answer("No.", reply=reply("not-in-sources")), FEE),
    ({"not_in_sources": True}, NO, ASKS),
    ({"asks_for": ["square_metres"]}, ASKS, FEE),
]


@pytest.mark.parametrize("expected, right, wrong", JUDGED, ids=[str(expected) for expected, _, _ in JUDGED])
def test_each_expectation_can_pass_and_fail(expected: dict[str, Any], right: Answer, wrong: Answer) -> None:
    case = msgspec.convert({"ask": "?", **expected}, Case)
    assert all(verdict.met for verdict in judge(case, right))
    assert not all(verdict.met for verdict in judge(case, wrong))


BROKEN = [
    ("- ask: What?\n  says: [a]\n- ask: Why?\n", "cases/a.yaml, line 3: a case expects nothing"),
    ("- ask: What?\n  turns: [What]\n  says: [a]\n", "cases/a.yaml, line 1: a case has either ask or turns."),
    ("- ask: What?\n  sayss: [a]\n", "cases/a.yaml, line 2: sayss is no field of it."),
    ("- ask: a\n  says: [b]\n- ask: What?\n  says: a\n", "cases/a.yaml, line 4: says: expected a list, got a text."),
    ("- ask: What?\n  language: fr\n  says: [a]\n", "cases/a.yaml, line 2: language: "),
    ("- ask: What?\n  never_says: [$]\n", "cases/a.yaml, line 1: '$' has neither a word nor a figure"),
    ("ask: What?\n", "cases/a.yaml, line 1: it is not a list of cases"),
    ("- ask: 'What\n", "cases/a.yaml, line 2: it is not YAML"),
    ("- ask: !!python/object/apply:os.system [ls]\n", "cases/a.yaml, line 1: it is not YAML"),
    ("- ask: What?\n  note: 2026-13-45\n", "cases/a.yaml, line 1: it is not YAML"),
]


@pytest.mark.parametrize("text, sentence", BROKEN)
def test_what_is_wrong_with_a_case_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "a.yaml").write_text(text)
    with pytest.raises(BrokenMission) as raised:
        read_cases(tmp_path, "cases/a.yaml")
    assert raised.value.message.startswith(sentence)


def test_cases_know_their_place_and_the_readme_has_one(tmp_path: Path) -> None:
    folder = packs.write(tmp_path / "gardens")
    assert [case.name for case in read_all(folder)] == [
        "README.md:4",
        "cases/fees.yaml:1",
        "cases/fees.yaml:4",
        "cases/fees.yaml:8",
    ]
    assert [case.name for case in cases_of(read_all(folder), ["FEES.yaml:4", "bonfire"])] == [
        "cases/fees.yaml:4",
        "cases/fees.yaml:8",
    ]
    (folder / "README.md").write_text("# Garden plots\n")
    assert read_example(folder) is None
