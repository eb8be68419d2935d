"""The mission's own commands: `python -m publius_missions.student_aid recompute-isir FILE --out OUT.csv`."""

import argparse
import csv
import sys
import time
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from publius.kit import InvalidInput
from publius_missions.student_aid.isir.recompute import Row, recompute


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it is done, 2 with a sentence on standard error when the input cannot be used."""
    parser = argparse.ArgumentParser(prog="student_aid", description="Federal student aid, recomputed from the law.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("recompute-isir", help="recompute every record of an ISIR file")
    command.add_argument("file", type=Path, metavar="FILE", help="the Department's fixed-width file")
    command.add_argument("--out", type=Path, required=True, metavar="OUT.csv", help="where the rows go")
    given = parser.parse_args(arguments)
    try:
        print(recompute_isir(given.file, given.out))
    except InvalidInput as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename} cannot be read or written: {error.strerror}. Check the path.", file=sys.stderr)
        return 2
    return 0


def recompute_isir(file: Path, out: Path) -> str:
    """Write the rows of `file` to `out`, a progress line on the terminal meanwhile; the summary in one sentence."""
    began, records, with_index, equal = time.monotonic(), 0, 0, 0

    def progress(done: int, total: int) -> None:
        speed = records / (time.monotonic() - began)
        print(
            f"\r{done / total:4.0%}  {records:,} records, {speed:,.0f} a second ", end="", file=sys.stderr, flush=True
        )

    rows = recompute(file, progress)
    first = next(rows)  # Before the output is opened, so that a file that cannot be read leaves none behind.
    with out.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(Row._fields)
        for row in chain([first], rows):
            writer.writerow(row)
            records += 1
            with_index += bool(row.sai_record)
            equal += bool(row.sai_record) and row.sai_record == row.sai_computed
    print(file=sys.stderr)
    return f"{records:,} records; of {with_index:,} with a Student Aid Index, {equal:,} recompute to the same dollar."


if __name__ == "__main__":
    sys.exit(main())
