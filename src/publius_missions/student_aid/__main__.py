"""The mission's own commands: `python -m publius_missions.student_aid recompute-isir FILE --out OUT.csv`."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from publius.kit import InvalidInput
from publius_missions.student_aid.commands import recompute_isir


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it is done, 2 with a sentence on standard error when the input cannot be used."""
    parser = argparse.ArgumentParser(prog="student_aid", description="Federal student aid, recomputed from the law.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser(recompute_isir.name, help=recompute_isir.summary)
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--out", type=Path, required=True, metavar="OUT")
    command.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    began = time.monotonic()

    def progress(done: int, total: int) -> None:
        speed = done / max(time.monotonic() - began, 0.001)
        left = f"{done:,} of {total:,} records, {speed:,.0f} a second, {(total - done) / speed:.0f} s left "
        print(f"\r{left}", end="" if done < total else "\n", file=sys.stderr, flush=True)

    try:
        print(recompute_isir(given.file, progress, out=given.out, json=given.json))
    except InvalidInput as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
