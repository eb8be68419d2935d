"""A pack's own commands: what the command line is told of them, and what is refused as the pack is imported."""

from pathlib import Path
from typing import Annotated

import pytest

from publius.kit import Progress, command


def test_a_command_says_its_arguments_and_options():
    @command
    def count_lines(file: Annotated[Path, "The file to read."], *, most: int = 10, progress: Progress) -> str:
        """Count the lines of a file.

        Blank ones too.
        """
        lines = file.read_text().splitlines()[:most]
        progress(len(lines), most)
        return f"{len(lines)} lines."

    assert (count_lines.name, count_lines.summary, count_lines.progress) == (
        "count-lines", "Count the lines of a file.", "progress",
    )  # fmt: skip
    file, most = count_lines.inputs
    assert (file.name, file.type, file.option, file.required, file.help) == (
        "file",
        Path,
        False,
        True,
        "The file to read.",
    )
    assert (most.name, most.type, most.option, most.required, most.default) == ("most", int, True, False, 10)
    told = []
    assert count_lines(Path(__file__), progress=lambda done, total: told.append((done, total))) == "10 lines."
    assert told == [(10, 10)]


def untyped(file) -> str:
    """One."""


def silent(file: Path) -> str:
    return ""


def mute(file: Path) -> None:
    """One."""


@pytest.mark.parametrize(
    ("function", "said"),
    [(untyped, "cannot be an argument"), (silent, "no docstring"), (mute, "must return its closing sentence")],
)
def test_a_command_that_cannot_be_mounted_is_refused(function, said):
    with pytest.raises(TypeError, match=said):
        command(function)
