"""The promise: a pack is read without running it, and what is wrong with it is named by file, line and field."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.missions import packs

from publius.missions import discover
from publius.missions.faults import BrokenMission
from publius.missions.loading import commands_of, tools_of
from publius.missions.pack import read_pack
from publius.settings import Settings


def rewritten(file: str, old: str, new: str) -> Callable[[Path], object]:
    def change(folder: Path) -> object:
        text = (folder / file).read_text()
        assert old in text
        return (folder / file).write_text(text.replace(old, new))

    return change


BROKEN = [
    (rewritten("mission.toml", 'owner = "Office of Parks"\n', ""), "mission.toml, line 1: owner is missing."),
    (
        rewritten("mission.toml", 'owner = "Office of Parks"', "owner = 7"),
        "mission.toml, line 5: owner: expected a text",
    ),
    (rewritten("mission.toml", 'owner = "Office of Parks"', 'owner = ""'), "mission.toml, line 5: owner is empty."),
    (rewritten("mission.toml", "owner", "ownr"), "mission.toml, line 5: ownr is no field of it."),
    (rewritten("mission.toml", "2999-01-01", '"next year"'), "mission.toml, line 7: review_by: "),
    (rewritten("mission.toml", 'id = "gardens"', 'id = "Gardens!"'), "mission.toml, line 1: id is 'Gardens!'"),
    (rewritten("mission.toml", '"Gardeners"', '"Gardeners'), "mission.toml, line 8: it is not TOML"),
    (lambda folder: (folder / "mission.toml").unlink(), "mission.toml: the file is missing."),
    (lambda folder: (folder / "README.md").unlink(), "README.md: the file is missing."),
    (lambda folder: (folder / "prompt.md").write_text(" \n"), "prompt.md: the file is empty."),
    (lambda folder: (folder / "prompt.md").write_bytes(b"a\nb\xff"), "prompt.md, line 2: it is not UTF-8 text."),
    (rewritten("sources/rules.en.md", "date = 2026-01-31\n", ""), "sources/rules.en.md, line 2: date is missing."),
    (rewritten("sources/rules.en.md", "+++\n\n", "\n\n"), "sources/rules.en.md, line 1: it does not begin with"),
    (rewritten("sources/rules.en.md", '"en"', '"fr"'), "sources/rules.en.md, line 3: language: "),
]


@pytest.mark.parametrize("change, sentence", BROKEN, ids=[sentence for _, sentence in BROKEN])
def test_what_is_wrong_is_named(tmp_path: Path, change: Callable[[Path], object], sentence: str) -> None:
    folder = packs.write(tmp_path / "gardens")
    change(folder)
    with pytest.raises(BrokenMission) as raised:
        read_pack(folder, "gardens")
    assert raised.value.message.startswith(sentence)
    assert "publius missions check" in raised.value.next_step


def test_a_pack_is_found_and_read_without_running_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = "publius_missions.student_aid.tools"
    monkeypatch.delitem(sys.modules, tools, raising=False)  # Another test may have run them.
    packs.write(settings.home / "missions" / "education" / "gardens", tools="raise SystemExit('it ran')\n")
    found = discover(settings)
    pack = found.own["education"]["gardens"]
    assert (pack.model, pack.agency, pack.title("es")) == ("mission:gardens", "education", "Huertos")
    assert pack.source("rules.en.md") is pack.source("rules.en")
    assert pack.sources[0].text.startswith("# Rules")
    assert "student_aid" in found.installed and not found.broken
    assert tools not in sys.modules


def test_a_broken_pack_costs_the_others_nothing(settings: Settings) -> None:
    own = settings.home / "missions" / "education"
    packs.write(own / "gardens")
    packs.write(own / "plots")  # whose card says gardens
    (own / "empty").mkdir()
    packs.write(own / "student_aid", card=packs.CARD.replace("gardens", "student_aid"))
    found = discover(settings)
    assert list(found.own["education"]) == ["gardens"] and "student_aid" in found.installed
    said = {broken.id: broken.error.message for broken in found.broken}
    assert said == {
        "empty": "mission.toml: the file is missing.",
        "plots": "mission.toml: id is 'gardens', but its folder or entry point is called 'plots'.",
        "student_aid": "mission.toml: a mission student_aid is installed already.",
    }


def test_tools_of_an_agencys_own_folder_run_when_they_are_asked_for(settings: Settings) -> None:
    packs.write(settings.home / "missions" / "education" / "gardens")
    pack = discover(settings).own["education"]["gardens"]
    [fee] = tools_of(pack)
    assert fee(square_metres=20).value == 60
    [count] = commands_of(pack)
    assert count.name == "count-plots"
    elsewhere = packs.write(settings.home / "missions" / "state" / "gardens")
    (elsewhere / "commands.py").write_text("from publius.kit import nothing_of_that_name\n")
    with pytest.raises(BrokenMission, match=r"commands.py, line 1: it cannot be imported \(cannot import name"):
        commands_of(discover(settings).own["state"]["gardens"])
