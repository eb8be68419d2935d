"""The promise: a pack is read without being run, and each thing that is not as it must be is named with its place."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.missions import packs
from tests.missions.test_packs import rewritten

from publius.missions.beginning import begin
from publius.missions.checking import Finding, check
from publius.missions.discovery import discover
from publius.missions.pack import Pack
from publius.settings import read

TODAY = date(2026, 11, 25)
PACKAGE = "gardens"
CARD, RULES, TOOLS, FEES = "mission.toml", "sources/rules.en.md", "tools.py", "cases/fees.yaml"

Change = Callable[[Path], object]


def added(file: str, text: str) -> Change:
    def change(folder: Path) -> object:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.write_text((path.read_text() if path.exists() else "") + text)

    return change


def found(folder: Path, change: Change) -> list[Finding]:
    change(packs.write(folder))
    return check(folder, PACKAGE, TODAY)


def test_a_sound_pack_has_no_findings_and_nothing_of_it_runs(tmp_path: Path) -> None:
    assert found(tmp_path / "gardens", added(TOOLS, "\nraise SystemExit('it ran')\n")) == []


@pytest.mark.parametrize("pack", discover(read({})).installed.values(), ids=lambda pack: pack.id)
def test_every_installed_pack_is_sound(pack: Pack) -> None:
    assert [finding for finding in check(pack.folder, pack.package, TODAY) if not finding.note] == []


def test_a_new_pack_is_sound(tmp_path: Path) -> None:
    files = begin("water_access", tmp_path / "water", TODAY)
    assert {"mission.toml", "README.md", "tools.py", "cases/first.yaml", "sources/lending.en.md"} <= set(files)
    assert check(tmp_path / "water", "any", TODAY) == []
    assert "$" not in (tmp_path / "water" / "mission.toml").read_text()
    expired = check(tmp_path / "water", "any", date(2028, 1, 1))
    assert [(finding.file, finding.line) for finding in expired] == [(CARD, 7)]


WRONG = [
    # Who answers for it, and in which languages.
    (rewritten(CARD, "2999-01-01", "2026-11-24"), CARD, 7, "review_by was 2026-11-24"),
    (rewritten(CARD, 'contact = "gardens@parks.example"\n', ""), CARD, 1, "contact is missing"),
    (rewritten(CARD, "tools =", 'languages = ["en", "es"]\ndescription_es = "X"\ntools ='), CARD, 0, "no when_es"),
    (rewritten(CARD, "tools =", 'languages = ["en", "es"]\ntools ='), CARD, 1, "description_es is missing"),
    (rewritten(CARD, "tools =", 'languages = ["en", "es"]\ntools ='), "sources", 0, "the language es, and no source"),
    (rewritten(CARD, "tools =", 'interview = "talk.toml"\ntools ='), CARD, 10, "there is no such file"),
    (rewritten(CARD, "tools =", 'interview = "README.md"\ntools ='), "README.md", 3, "it is not TOML"),
    # README, prompt, sources.
    (lambda folder: (folder / "README.md").write_text("# Plots\n"), "README.md", 0, "it has no example"),
    (rewritten("README.md", "cites: [rules.en]", "cites: rules"), "README.md", 5, "cites: expected a list"),
    (lambda folder: (folder / "prompt.md").unlink(), "prompt.md", 0, "the file is missing"),
    (lambda folder: (folder / RULES).unlink(), "sources", 0, "there is no source"),
    (rewritten(RULES, 'licence = "CC0-1.0"\n', ""), RULES, 2, "licence is missing"),
    (rewritten(RULES, "2026-01-31", "2026-12-31"), RULES, 6, "date is 2026-12-31, which is still to come"),
    (rewritten(RULES, '"https://parks.example/rules"', '"the office"'), RULES, 4, "must be a web address"),
    # Cases.
    (rewritten(FEES, "  refuses: true\n", "  says: [never]\n"), "cases", 0, "no case is refused"),
    (rewritten(FEES, "  not_in_sources: true\n", "  says: [never]\n"), "cases", 0, "no case is beyond the sources"),
    (added(FEES, "- ask: a\n  cites: [rulez.en]\n"), FEES, 10, "cites names 'rulez.en'"),
    (added(FEES, "- ask: a\n  computes: {tool: plot_fees}\n"), FEES, 10, "computes names 'plot_fees'"),
    (added(FEES, "- ask: a\n  language: es\n  says: [b]\n"), FEES, 10, "language is es"),
    # Tools and commands.
    (rewritten(CARD, '"plot_fee"', '"plot_fee", "water_fee"'), TOOLS, 0, "there is no tool water_fee"),
    (rewritten(CARD, '["plot_fee"]', "[]"), TOOLS, 9, "mission.toml does not name the tool plot_fee"),
    (rewritten(TOOLS, "def plot_fee(\n", "def plot_fee(\n    extra,\n"), TOOLS, 10, "plot_fee: extra has no type"),
    (rewritten(TOOLS, " -> Result[int]", ""), TOOLS, 9, "plot_fee does not say what it returns"),
    (rewritten(TOOLS, '    """The fee of one', '    x = """The fee of one'), TOOLS, 9, "plot_fee has no docstring"),
    (lambda folder: (folder / TOOLS).unlink(), TOOLS, 0, "the file is missing, and mission.toml names tools"),
    (added(TOOLS, "def ("), TOOLS, 16, "it is not Python"),
    (rewritten("commands.py", "    told: Progress,", "    told,"), "commands.py", 14, "told has no type"),
    # Figures of the law.
    (added("tables/2026.toml", "[fees]\nsource = 'Rules'\nplot = 3\n"), "tables/2026.toml", 1, "fees has no status"),
    (added("tables/2026.toml", "[fees]\nplot = 3\n"), "tables/2026.toml", 1, "fees has figures (plot), and no source"),
    (added("tables/a/b.toml", "plot = 3\n"), "tables/a/b.toml", 0, "the file has figures"),
    (added("tables/2026.toml", "[fees\n"), "tables/2026.toml", 0, "it is not TOML"),
    # Files that do not belong.
    (added("fast.so", "x"), "fast.so", 0, "it is compiled code"),
    (lambda folder: (folder / "sources" / "out.txt").symlink_to("/etc/passwd"), "sources/out.txt", 0, "leads out"),
]  # fmt: skip


@pytest.mark.parametrize("change, file, line, said", WRONG, ids=[said for *_, said in WRONG])
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, change: Change, file: str, line: int, said: str) -> None:
    findings = found(tmp_path / "gardens", change)
    assert [each for each in findings if (each.file, each.line) == (file, line) and said in each.said], findings
    assert not any(each.note for each in findings)


REACHING = [
    "import os",
    "import os.path as p",
    "from os import system",
    "import subprocess",
    "import socket, json",
    "import ctypes",
    "import importlib",
    "from importlib.metadata import version",
    "import sys",
    "import pickle",
    "import urllib.request",
    "import asyncio",
    "import numpy",
    "import publius.kit",
    "import publius.application",
    "from publius.storage import Database",
    "from publius.kit.rows import duckdb",
    "from publius.kit import rows",
    "import publius_missions.student_aid",
    "from .. import other",
    "from ..other import thing",
    "eval('1')",
    "exec('1')",
    "__import__('os')",
    "run = __builtins__",
    "run = ().__class__",
    "run = getattr((), '__subclasses__')",
]


@pytest.mark.parametrize("line", REACHING)
@pytest.mark.parametrize("file", ["tools.py", "commands.py", "later.py"])
def test_code_that_reaches_out_is_named(tmp_path: Path, line: str, file: str) -> None:
    change = added(file, f"\n\ndef hidden():\n    {line}\n")
    [finding] = found(tmp_path / "gardens", change)[:1]
    lines = (tmp_path / "gardens" / file).read_text().splitlines()
    assert finding.file == file and line in lines[finding.line - 1]


def test_its_own_modules_and_what_computes_are_free(tmp_path: Path) -> None:
    lines = "from . import later\nfrom .later import x\nfrom gardens.later import x\nimport json, re\nimport gardens\n"
    assert found(tmp_path / "gardens", added("more.py", lines)) == []
    deep = added("deep/more.py", "from ..later import x\n")
    deep(tmp_path / "gardens")
    assert check(tmp_path / "gardens", PACKAGE, TODAY) == []


def test_processes_are_an_exception_that_everybody_sees(tmp_path: Path) -> None:
    folder = tmp_path / "gardens"
    added_ = added("work.py", "import os\nfrom concurrent.futures import ProcessPoolExecutor\nn = os.cpu_count()\n")
    findings = found(folder, added_)
    assert {finding.line for finding in findings} == {1, 2} and "uses = [" in findings[0].said
    rewritten(CARD, "tools =", 'uses = ["processes"]\ntools =')(folder)
    [note] = check(folder, PACKAGE, TODAY)
    assert note.note and (note.file, note.line) == (CARD, 10) and "uses processes" in note.said
    added("work.py", "os.system('ls')\nfrom os import remove\n")(folder)
    said = [finding.said for finding in check(folder, PACKAGE, TODAY) if not finding.note]
    assert [each.partition(";")[0] for each in said] == ["it uses os.system", "it uses os.remove"]


def test_all_is_found_at_once_and_the_card_comes_first(tmp_path: Path) -> None:
    def change(folder: Path) -> None:
        (folder / CARD).unlink()
        (folder / "prompt.md").unlink()
        added(TOOLS, "import os\n")(folder)

    assert [finding.file for finding in found(tmp_path / "gardens", change)] == [CARD, "prompt.md", TOOLS]
    assert check(tmp_path / "nowhere", PACKAGE, TODAY)[0].said == "there is no such folder"
    assert [path.name for path in tmp_path.iterdir()] == ["gardens"]  # reading leaves nothing behind
