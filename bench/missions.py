"""The student-aid mission: a derivation, a file of 100,000 records of the Department of Education, an interview."""

import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.interview import PDF, pages
from bench.report import Report, Target
from publius_missions.student_aid.application import Application, Contributor, Unit
from publius_missions.student_aid.index import student_aid
from publius_missions.student_aid.isir.layout import LENGTHS

RECORDS = Path(__file__).parents[2] / "shared" / "data" / "isir" / "2026-27"
MANY, FEW = 100_000, 25_000
ROUNDS = 3
# As `publius mission student_aid recompute-isir` does it, in a process of its own whose memory can be told.
_PROGRAM = """
import resource, sys, time
from pathlib import Path
from publius_missions.student_aid.commands import recompute_isir

began = time.perf_counter()
recompute_isir(Path(sys.argv[1]), lambda done, total: None, out=Path(sys.argv[2]))
seconds = time.perf_counter() - began
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(seconds, max(each.ru_maxrss for each in used) / 1024, sum(each.ru_utime + each.ru_stime for each in used))
"""


def measure() -> Report:
    """Derivations in this process, then whole files in processes of their own, few and many records in turn."""
    derivation = _derivation()
    interview = pages()
    lines, whose = _lines()
    with tempfile.TemporaryDirectory(prefix="publius-bench-") as folder:
        few, many = (_file(Path(folder) / f"{count}.txt", lines, count) for count in (FEW, MANY))
        runs = [(_run(few, "csv"), _run(many, "csv"), _run(many, "parquet")) for _ in range(ROUNDS)]
    speeds = {ending: median(MANY / run[at][0] for run in runs) for at, ending in ((1, "csv"), (2, "parquet"))}
    small, large = (max(run[at][1] for run in runs) for at in (0, 1))
    ours = {
        "one derivation, median ms": derivation,
        "records are": whose,
        "records/s to CSV, median": speeds["csv"],
        "records/s to Parquet, median": speeds["parquet"],
        "CPU of a record to CSV, all processes, median microseconds": median(1e6 * run[1][2] / MANY for run in runs),
        "CPU of a record to Parquet, all processes, median microseconds": median(
            1e6 * run[2][2] / MANY for run in runs
        ),
        "memory of the largest process, 25,000 records, MB": small,
        "memory of the largest process, 100,000 records, MB": large,
        "memory of the largest process, to Parquet, MB": max(run[2][1] for run in runs),
        **{f"interview, {kind}, median ms": taken for kind, taken in interview.items()},
    }
    return Report(
        "missions",
        ours,
        targets={
            "a derivation": Target(derivation, 1, "ms"),
            "100,000 records to CSV": Target(speeds["csv"], 20_000, "records/s", most=False),
            "100,000 records to Parquet": Target(speeds["parquet"], 20_000, "records/s", most=False),
            "a page of the interview": Target(max(taken for kind, taken in interview.items() if kind != PDF), 50, "ms"),
            "memory with four times the records": Target(large / small, 1.1, "times"),
        },
    )


def _derivation() -> float:
    """Milliseconds for a dependent student with two parents, every line with its inputs and citation."""
    parents = Unit((Contributor(75_000, 82_000, 7_800), Contributor(45_000, 52_000, 1_200)), married=True, cash=35_000)
    student = Unit((Contributor(5_000, 5_200, 30),), cash=550)
    application = Application("2026-27", student, parents, family_size=4, state="VA")
    return 1_000 * median(_seconds(lambda: student_aid(application)) for _ in range(2_000))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _lines() -> tuple[list[bytes], str]:
    """The Department's records of 2026-27, or where they are not at hand one that is nearly blank."""
    held = [line for path in sorted(RECORDS.glob("*.txt")) for line in path.read_bytes().splitlines() if line.strip()]
    if held:
        return held, f"the Department's {len(held)} of 2026-27, repeated"
    return [b"7".ljust(111) + b"I".ljust(64) + b"-1500".ljust(LENGTHS["2026-27"] - 175)], "made up, and nearly blank"


def _file(path: Path, lines: list[bytes], count: int) -> Path:
    with path.open("wb") as opened:
        opened.writelines(line + b"\n" for line in itertools.islice(itertools.cycle(lines), count))
    return path


def _run(file: Path, ending: str) -> tuple[float, float, float]:
    """Seconds, the megabytes of the largest process, the command's own or a worker, and the CPU seconds of all."""
    command = [sys.executable, "-c", _PROGRAM, str(file), str(file.with_suffix(f".{ending}"))]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(said[0]), float(said[1]), float(said[2])
