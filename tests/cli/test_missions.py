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
