"""The Department's files of test records, where they are on this machine, and records made up for one test."""

import pytest
from tests.quality.tree import ROOT

from publius_missions.student_aid.isir.layout import LENGTHS

DATA = ROOT.parent / "shared" / "data" / "isir"
records = pytest.mark.skipif(not DATA.is_dir(), reason=f"the Department's test records are not in {DATA}")


def files(year):
    """The Department's files of an award year."""
    return sorted(DATA.glob(f"{year}/*.txt"))


def record_of(year, **texts):
    """A blank record of a year but for its first character and the texts put at `at_POSITION`."""
    line = {"2024-25": "5", "2025-26": "6", "2026-27": "7"}[year].ljust(LENGTHS[year])
    for name, text in texts.items():
        at = int(name.removeprefix("at_"))
        line = line[:at] + text + line[at + len(text) :]
    return line


def quiet(done, total):
    """Progress that nobody watches."""
