"""A table of rows written to a file, .csv or .parquet by its name: streamed, and there in whole or not at all.

The rows go to a hidden file beside the wanted one, which takes its place only when all are written: an error or Ctrl-C
leaves what was there as it was. Parquet is made from a CSV by DuckDB, which reads and writes in pieces, so that memory
stays flat.
"""

import csv
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from publius.kit.errors import InvalidInput

ENDINGS = (".csv", ".parquet")
SQL_TYPES = {int: "BIGINT", str: "VARCHAR"}
LINE_END = "\r\n"
# One thread keeps the order of rows without holding many of them.
DUCKDB: dict[str, Any] = {"memory_limit": "128MB", "threads": 1, "autoinstall_known_extensions": False}

Value = int | str | None


def check_target(file: Path, source: Path) -> None:
    """InvalidInput if `file` cannot be written from `source`: its ending, its folder, or because it is `source`."""
    if file.suffix.lower() not in ENDINGS:
        raise InvalidInput(
            f"{str(file)!r} ends neither in .csv nor in .parquet.", "Give the output one of these endings."
        )
    if file.is_dir():
        raise InvalidInput(f"{str(file)!r} is a folder.", "Give the name of a file in it.")
    if not file.parent.is_dir():
        raise InvalidInput(f"There is no folder {str(file.parent)!r}.", "Make it first, or write somewhere else.")
    if not os.access(file.resolve().parent, os.W_OK):
        raise InvalidInput(f"Nothing may be written in the folder {str(file.parent)!r}.", "Write somewhere else.")
    if file.exists() and source.exists() and file.samefile(source):
        raise InvalidInput(f"{str(file)!r} is the file that is read.", "Give the output another name.")


def write_rows(file: Path, columns: Mapping[str, type], rows: Iterable[Sequence[Value]]) -> None:
    """Write `rows` under `columns`, each `int` or `str`; None is blank in CSV and NULL in Parquet.

    InvalidInput where the disk does not take it. What `rows` raises passes through, and `file` is as it was.
    """
    try:
        with _written(file.resolve()) as part:  # A link stays a link, and what it points to is replaced.
            if file.suffix.lower() == ".csv":
                _write_csv(part, columns, rows)
            else:
                _write_parquet(part, columns, rows)
    except OSError as error:
        raise InvalidInput(
            f"{str(file)!r} could not be written: {error.strerror or error}.", "Make room, or write somewhere else."
        ) from error


@contextmanager
def _written(file: Path) -> Iterator[Path]:
    """A path to write to, which becomes `file` when the block ends well and is removed when it does not."""
    part = file.with_name(f".{file.stem}.{uuid4().hex}.part{file.suffix}")
    try:
        yield part
        with part.open("rb") as opened:
            os.fsync(opened.fileno())
        if file.exists():
            part.chmod(file.stat().st_mode)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _write_csv(file: Path, columns: Mapping[str, type], rows: Iterable[Sequence[Value]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(columns)
        writer.writerows(rows)


def _write_parquet(file: Path, columns: Mapping[str, type], rows: Iterable[Sequence[Value]]) -> None:
    import duckdb  # Here, since it takes a tenth of a second that nobody else need wait for.

    plain = file.with_suffix(".csv")
    types = {name: SQL_TYPES[kind] for name, kind in columns.items()}
    try:
        _write_csv(plain, columns, rows)
        with duckdb.connect(config=DUCKDB | {"temp_directory": str(file.parent)}) as database:
            read = database.read_csv(str(plain), header=True, columns=types, na_values="")
            read.write_parquet(str(file), compression="zstd")
    except duckdb.IOException as error:
        raise OSError(str(error)) from error
    finally:
        plain.unlink(missing_ok=True)
