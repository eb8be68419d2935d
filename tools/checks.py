"""Run every check and test, one stage after the other, and end with pytest's own summary.

A stage that fails does not stop the others, so that one run tells everything.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
HEAVY = "slow or model or browser"
COUNT = re.compile(r"(\d+) (passed|failed|skipped|errors?|deselected|xfailed|xpassed|warnings?)")


class Stage(NamedTuple):
    """One command, and what a person calls it."""

    name: str
    command: list[str]

    @property
    def is_pytest(self) -> bool:
        return self.command[0] == "pytest"


CHECKS = [
    Stage("style", ["ruff", "check", "."]),
    Stage("format", ["ruff", "format", "--check", "."]),
    Stage("types", ["mypy"]),
    Stage("layers", ["lint-imports", "--no-cache"]),
]
# Each of the two runs its half in order, so that what a module shares is made once, and the first to be done takes some
# of the other's: no long module at the end runs alone.
QUICK = Stage("quick tests", ["pytest", "-rs", "-n", "2", "--dist", "worksteal", "-m", f"not ({HEAVY})"])
TOGETHER = Stage(
    "model, browser and slow tests",
    ["pytest", "-rs", "-n", "2", "--dist", "worksteal", "-m", f"({HEAVY}) and not alone", "--durations", "10"],
)
# What measures time, or the machine, would measure its neighbours.
ALONE = Stage("tests that measure time", ["pytest", "-rs", "-m", "alone", "--durations", "10"])


class Outcome(NamedTuple):
    """How one stage ended; `summary` is pytest's closing line."""

    stage: Stage
    code: int
    seconds: float
    summary: str


def run(stage: Stage) -> Outcome:
    """Run one stage, passing its output on as it comes."""
    print(f"\n== {stage.name}: {' '.join(stage.command)}", flush=True)
    began, last = time.monotonic(), ""
    command = [str(BIN / stage.command[0]), *stage.command[1:]]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for line in child.stdout:
        print(line, end="", flush=True)
        last = line.strip() or last
    return Outcome(stage, child.wait(), time.monotonic() - began, last)


def closing_line(outcomes: list[Outcome]) -> str:
    """The pytest summaries added up, in pytest's own form."""
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        for number, word in COUNT.findall(outcome.summary):
            counts[word] += int(number)
    del counts["deselected"]
    seconds = sum(outcome.seconds for outcome in outcomes)
    return f"{', '.join(f'{number} {word}' for word, number in counts.items())} in {seconds:.2f}s"


def main() -> int:
    """Run the chosen stages; return 0 only if all went well."""
    parser = argparse.ArgumentParser(description="Run Publius's checks and tests.")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--check", action="store_true", help="style, types and layers alone")
    which.add_argument("--quick", action="store_true", help="without the model, browser and slow tests")
    options = parser.parse_args()
    stages = CHECKS + ([] if options.check else [QUICK] if options.quick else [QUICK, TOGETHER, ALONE])
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    outcomes = [run(stage) for stage in stages]
    print()
    for outcome in outcomes:
        verdict = "ok" if outcome.code == 0 else f"FAILED ({outcome.code})"
        print(f"  {outcome.stage.name:<32} {verdict:<12} {outcome.seconds:6.1f} s")
    tested = [outcome for outcome in outcomes if outcome.stage.is_pytest]
    for outcome in tested:
        print(f"{outcome.stage.name}: {outcome.summary}")
    if tested:
        print(closing_line(tested))
    return int(any(outcome.code for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
