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
from publius.missions.loading import commands_of
from publius.missions.pack import read_pack

PAGE = (ROOT / "docs/missions.md").read_text(encoding="utf-8")
BLOCKS = [(kind, text) for kind, text in re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)]


def blocks(kind: str) -> list[str]:
    return [text for each, text in BLOCKS if each == kind]


def test_what_the_page_writes_is_a_sound_pack(tmp_path: Path) -> None:
    folder = tmp_path / "lending"
    begin("lending", folder, date(2026, 11, 25))
    [card], [source], [cases], [commands] = (blocks(kind) for kind in ("toml", "markdown", "yaml", "python"))
    (folder / "mission.toml").write_text(card)
    (folder / "sources" / "rules.en.md").write_text(source)
    (folder / "sources" / "reglas.es.md").write_text(source.replace('"en"', '"es"'))
    (folder / "cases" / "page.yaml").write_text(cases)
    (folder / "commands.py").write_text(f'"""Commands."""\n\n{commands}')
    assert check(folder, "any", date(2026, 11, 25)) == []
    [count] = commands_of(read_pack(folder, "publius_own_missions.page.lending", agency="page"))
    (tmp_path / "loans.txt").write_text("3\n5\n")
    assert count(tmp_path / "loans.txt", least=4, progress=lambda done, total: None) == "1 loans."


def test_every_file_and_field_of_a_pack_is_on_the_page() -> None:
    from publius.missions.cases import Case
    from publius.missions.pack import Card

    missing = [name for name in (*Card.__struct_fields__, *Case.__struct_fields__) if name not in PAGE]
    assert missing == ["interview"]  # which is described with the pages that it makes


@pytest.mark.model
def test_the_commands_of_the_page_do_what_it_says(store: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(store / "models")
    environment = {**os.environ, "PUBLIUS_HOME": str(home), "PUBLIUS_ENGINE": "echo", "PUBLIUS_METRICS_PORT": "0"}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    before = "publius agency create education Education"
    for command in [before, *(line for block in blocks("sh") for line in block.strip().splitlines())]:
        done = subprocess.run(
            ["bash", "-euc", command], capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=120
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        if command == "publius missions check ./lending":
            assert "4 of 4 cases passed." in done.stderr
