"""The page for mission authors: its pack is a pack, and its commands do what it says."""

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from tests.quality.tree import ROOT

from publius.missions.beginning import begin
from publius.missions.checking import check
from publius.missions.interview import interview_of
from publius.missions.loading import commands_of, tools_of
from publius.missions.pack import read_pack

PAGE = (ROOT / "docs/missions.md").read_text(encoding="utf-8")
BLOCKS = [(kind, text) for kind, text in re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)]


def blocks(kind: str) -> list[str]:
    return [text for each, text in BLOCKS if each == kind]


def test_what_the_page_writes_is_a_sound_pack(tmp_path: Path) -> None:
    folder = tmp_path / "lending"
    begin("lending", folder, date(2026, 11, 25))
    [card, asked] = [text for text in blocks("toml") if "[project" not in text]
    [source], [cases], [commands] = (blocks(kind) for kind in ("markdown", "yaml", "python"))
    (folder / "mission.toml").write_text(card.replace("\n\n", '\ninterview = "interview.toml"\n\n', 1))
    (folder / "interview.toml").write_text(asked)
    (folder / "sources" / "rules.en.md").write_text(source)
    (folder / "sources" / "reglas.es.md").write_text(source.replace('"en"', '"es"'))
    (folder / "cases" / "page.yaml").write_text(cases)
    (folder / "commands.py").write_text(f'"""Commands."""\n\n{commands}')
    assert check(folder, "any", date(2026, 11, 25)) == []
    pack = read_pack(folder, "publius_own_missions.page.lending", agency="page")
    assert interview_of(pack, {tool.name: tool for tool in tools_of(pack)})
    [count] = commands_of(pack)
    (tmp_path / "loans.txt").write_text("3\n5\n")
    assert count(tmp_path / "loans.txt", least=4, progress=lambda done, total: None) == "1 loans."


def test_every_file_and_field_of_a_pack_is_on_the_page() -> None:
    from publius.missions import interview
    from publius.missions.cases import Case
    from publius.missions.pack import Card

    shapes = (Card, Case, interview.Script, interview.Part, interview.Page, interview.Fact, interview.Along)
    missing = [name for shape in shapes for name in shape.__struct_fields__ if name not in PAGE]
    assert missing == []


@pytest.mark.model
def test_the_commands_of_the_page_do_what_it_says(store: Path, tmp_path: Path) -> None:
    home = tmp_path / ".local" / "share" / "publius"  # where it is for who sets nothing
    home.mkdir(parents=True)
    (home / "models").symlink_to(store / "models")
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PUBLIUS_")}
    environment |= {"HOME": str(tmp_path), "PUBLIUS_ENGINE": "echo", "PUBLIUS_METRICS_PORT": "0"}
    before = ".venv/bin/publius agency create education Education\n"  # A first start has the agency already.
    done = subprocess.run(
        ["bash", "-euxc", before + "".join(blocks("sh"))],
        capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert "4 of 4 cases passed." in done.stderr
    assert (home / "missions" / "education" / "lending" / "mission.toml").is_file()
