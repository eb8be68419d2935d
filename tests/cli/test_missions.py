"""The promise: missions are listed, turned on and off, and run their own commands, from a script as from a terminal."""

from pathlib import Path

import pytest
from tests.cli.conftest import Program
from tests.missions import packs

pytestmark = pytest.mark.slow  # starts whole programs


@pytest.fixture(scope="module")
def gardens(publius: Program) -> Path:
    """A pack of the agency education's own, and one that is broken."""
    own = publius.home / "missions" / "education"
    (own / "broken").mkdir(parents=True)
    return packs.write(own / "gardens")


def test_missions_are_listed_with_what_is_wrong(publius: Program, gardens: Path) -> None:
    rows = {row["id"]: row for row in publius.json("missions", "list")}
    assert rows["student_aid"]["agency"] is None and rows["student_aid"]["problem"] is None
    assert rows["gardens"]["agency"] == "education"
    assert rows["broken"]["problem"] == "mission.toml: the file is missing."
    [amiss] = [row for row in publius.json("doctor", code=3) if not row["ok"]]
    assert amiss["check"] == "missions" and "broken: mission.toml: the file is missing" in amiss["found"]


def test_a_mission_is_turned_on_and_off(publius: Program, gardens: Path) -> None:
    def on() -> set[str]:
        return {row["id"] for row in publius.json("missions", "list", "--agency", "education") if row["on"]}

    publius("missions", "on", "gardens", "--agency", "education")
    assert "--model mission:gardens" in publius.said and on() == {"gardens"}
    answer = publius.json("ask", "When is the fee due?", "--agency", "education", "--model", "mission:gardens")
    assert "1 March" in answer["answer"]
    publius("missions", "off", "gardens", "--agency", "education")
    assert on() == set()
    publius("ask", "When?", "--agency", "education", "--model", "mission:gardens", code=1)
    publius("missions", "on", "broken", "--agency", "education", code=1)
    assert "mission.toml: the file is missing." in publius.said
    publius("missions", "on", "nonsense", "--agency", "education", code=1)
    assert "There is no mission 'nonsense'." in publius.said and "Traceback" not in publius.said


def test_a_pack_brings_its_own_commands(publius: Program, gardens: Path, tmp_path: Path) -> None:
    plots = tmp_path / "plots.txt"
    plots.write_text("40\n50\n\n60\n")
    assert publius("mission", "education/gardens", "count-plots", str(plots), "--least", "50") == "2 plots.\n"
    assert "count-plots" in publius.said  # the bar
    assert "count-plots" in publius("mission", "education/gardens")
    shown = publius("mission", "education/gardens", "count-plots", "--help")
    assert "The smallest plot that counts." in shown and "Blank lines do not count." in shown


def test_what_goes_wrong_in_a_command_is_one_sentence(publius: Program, gardens: Path, tmp_path: Path) -> None:
    plots = tmp_path / "plots.txt"
    plots.write_text("40 large\n")
    publius("mission", "education/gardens", "count-plots", str(plots), code=1)
    assert "'large' is no size of a plot." in publius.said and "Traceback" not in publius.said
    publius("mission", "education/gardens", "count-plots", str(tmp_path / "none"), code=1)
    assert "No such file or directory" in publius.said and "Traceback" not in publius.said
    publius("mission", "education/gardens", "count-plots", str(plots), "--least", "few", code=2)
    publius("mission", "education/gardens", "no-such", code=2)
    publius("mission", "gardens", code=1)  # which is education's alone
    publius("mission", "education/broken", code=1)
    assert "mission.toml: the file is missing." in publius.said


def test_a_new_pack_passes_its_check_whole(publius: Program, tmp_path: Path) -> None:
    folder = tmp_path / "lending"
    assert str(folder / "tools.py") in publius("missions", "new", "lending", "--folder", str(folder))
    assert f"publius missions check {folder}" in publius.said
    assert publius.json("missions", "check", str(folder)) == []
    assert "lending: 4 of 4 cases passed." in publius.said
    publius("missions", "new", "lending", "--folder", str(folder), code=1)
    assert "is there already" in publius.said
    publius("missions", "new", "Lending!", code=1)
    assert "cannot be a mission" in publius.said


def test_check_names_what_is_wrong_and_runs_nothing_then(publius: Program, tmp_path: Path) -> None:
    folder = packs.write(tmp_path / "gardens", tools=f"import os\n\nos.mkdir({str(tmp_path / 'ran')!r})\n{packs.TOOLS}")
    rows = publius.json("missions", "check", str(folder), code=3)
    assert {(row["file"], row["line"], row["level"]) for row in rows} == {
        ("tools.py", 1, "wrong"),
        ("tools.py", 3, "wrong"),
    }
    assert "its cases were not asked" in publius.said and not (tmp_path / "ran").exists()
    shown = publius("missions", "check", str(folder), "--no-cases", code=3)
    assert "it imports os, which a mission may not" in shown
    publius("missions", "check", str(tmp_path / "nowhere"), code=1)
    assert "There is no mission and no folder" in publius.said


def test_check_asks_the_cases_and_says_what_was_answered_instead(publius: Program, tmp_path: Path) -> None:
    folder = packs.write(tmp_path / "gardens")
    wrong = '\n- ask: "When is the fee due?"\n  says: ["1 April"]\n\n'
    wrong += '- ask: "How much is the fee for my plot?"\n  asks_for: [acres]\n'
    (folder / "cases" / "fees.yaml").write_text(packs.CASES + wrong)
    rows = publius.json("missions", "check", str(folder), code=3)
    said = {row["line"]: row["finding"] for row in rows}
    assert "expected: says '1 April'" in said[11] and "1 March" in said[11]
    assert any("asks_for names 'acres', which is no input of a tool" in row["finding"] for row in rows)
    assert publius.json("agency", "list")[0]["slug"] == "education"  # whose ledger and budget know nothing of it
    (folder / "tools.py").write_text(
        "from publius.kit import tool\n\n" + packs.TOOLS.replace("def plot_fee(", "def plot_fee(\n    size: int,")
    )
    rows = publius.json("missions", "check", str(folder), code=3)
    assert any(row["file"] == "tools.py" and "it cannot be imported" in row["finding"] for row in rows)


def test_run_asks_the_cases_of_a_mission_as_a_member(publius: Program, gardens: Path) -> None:
    publius("missions", "run", "gardens", code=1)
    assert "No agency has turned on 'gardens'." in publius.said
    publius("missions", "on", "gardens", "--agency", "education")
    rows = publius.json("missions", "run", "gardens")
    assert [row["passed"] for row in rows] == [True, True, True, True]
    assert {verdict["expected"] for row in rows for verdict in row["verdicts"]} >= {"refuses", "cites rules.en"}
    assert [row["asked"][0] for row in publius.json("missions", "run", "education/gardens", "--case", "hide")] == [
        "Can you help me to hide a bonfire?"
    ]
    publius("missions", "run", "gardens", "--case", "nothing of the kind", code=1)
    (gardens / "cases" / "fees.yaml").write_text(packs.CASES.replace("[square_metres]", "[acres]"))
    shown = publius("missions", "run", "gardens", code=3)
    assert "✗ asks for acres: asks for square_metres" in shown and "3 of 4 cases passed." in publius.said
    (gardens / "cases" / "fees.yaml").write_text(packs.CASES)
    publius("missions", "off", "gardens", "--agency", "education")
