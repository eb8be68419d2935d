"""Set-up says what is wrong in one sentence with the cure, and does nothing twice."""

import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest
import terminal
from tests.quality.tree import ROOT

import setup

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set-up, pointed at an empty checkout."""
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "PYTHON", tmp_path / ".venv/bin/python")
    monkeypatch.setattr(setup, "TOOLS", tmp_path / ".setup")
    monkeypatch.setattr(sys, "argv", ["setup.py"])
    return tmp_path


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full. Free about 1.5 GB"),
        ("Failed to establish a new connection: [Errno -3] Temporary failure in name resolution", "cannot be reached"),
        ("npm error code EAI_AGAIN", "cannot be reached"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "not the one that the lock names"),
        ("ERROR: No matching distribution found for openvino==2026.4.1", "no ready-made package of openvino==2026.4.1"),
        ("[Errno 13] Permission denied: 'bin'", "may not be written"),
        ("first\nsomething new", "A step failed: something new. The whole of it is in .setup/setup.log."),
    ],
)
def test_a_failure_is_one_sentence_with_the_cure(said: str, told: str) -> None:
    sentence = str(terminal.explain(said))
    assert told in sentence
    assert "\n" not in sentence


def test_an_old_python_is_told_so(checkout, monkeypatch, capsys) -> None:
    monkeypatch.setattr(setup, "OLDEST", (99, 0))
    assert setup.main() == 1
    assert "Publius needs Python 3.11 or newer" in capsys.readouterr().err
    assert list(checkout.iterdir()) == []


def test_a_full_disk_is_told_before_anything_is_made(checkout, monkeypatch, capsys) -> None:
    (checkout / "requirements.lock").touch()
    monkeypatch.setattr(setup.shutil, "disk_usage", lambda path: Usage(1, 1, 4e8))
    assert setup.main() == 1
    assert "The disk has 0.4 GB free; a first set-up needs 1.5 GB." in capsys.readouterr().err
    assert not (checkout / ".venv").exists()


def test_an_environment_counts_only_where_it_was_made_and_if_it_starts(checkout: Path) -> None:
    assert not setup.works()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(setup.VENV)], check=True)
    assert setup.works()
    about = (setup.VENV / "pyvenv.cfg").read_text()
    (setup.VENV / "pyvenv.cfg").write_text(about.replace(str(setup.VENV), "/elsewhere/.venv"))
    assert not setup.works()
    (setup.VENV / "pyvenv.cfg").write_text(about)
    setup.PYTHON.unlink()
    setup.PYTHON.symlink_to("/gone")
    assert not setup.works()


def test_a_step_runs_again_only_when_its_inputs_change(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    inputs = ["one"]
    step = setup.Step("x", lambda: inputs[0], checkout / "stamp", lambda: True, lambda: ran.append(inputs[0]))
    monkeypatch.setattr(setup, "steps", lambda development: [step])
    for wanted in ("one", "one", "two", "two"):
        inputs[0] = wanted
        setup.set_up(False)
    assert ran == ["one", "two"]


def test_progress_follows_what_pip_says() -> None:
    progress = terminal.Progress("requirements", total=3)
    for line in (
        "Ignoring colorama: markers 'sys_platform == \"win32\"' don't match your environment",
        "Collecting numpy==2.4.6 (from -r requirements.lock (line 5))",
        "  Downloading numpy-2.4.6-cp311-cp311-manylinux_2_28_x86_64.whl (16.2 MB)",
        "Processing ./wheels/rich-15.0.0-py3-none-any.whl",
    ):
        progress.hear(line)
    assert (progress.count, progress.total, round(progress.megabytes)) == (2, 2, 16)
    assert progress.at == "rich-15.0.0-py3-none-any.whl"


def test_ci_runs_what_people_run() -> None:
    assert "exec make test" in (ROOT / ".ci/run").read_text()
    assert (ROOT / ".ci/run").stat().st_mode & 0o111
