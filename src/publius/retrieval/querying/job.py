"""What goes to a query's process and comes back: tables, what is asked of them, and rows. Needs no DuckDB itself."""

import re
from pathlib import PurePosixPath
from typing import Any, Literal

from msgspec import Struct

from publius.retrieval.reading import media

KINDS = (media.CSV, media.SHEETS, media.PARQUET)  # of documents that can be asked
Comparison = Literal["=", "<", "<=", ">", ">="]
Kind = Literal["count", "distinct", "sum", "average", "highest", "lowest"]
_NUMERIC = ("DECIMAL", "BIGINT", "HUGEINT", "DOUBLE", "INTEGER", "FLOAT", "SMALLINT", "TINYINT", "U")


class Source(Struct, array_like=True):
    """One document as it comes: the name that its table gets, its kind and its bytes."""

    name: str
    media_type: str
    data: bytes


class Column(Struct, array_like=True, frozen=True):
    """A column; for one of words also those that stand in it, where they are few and short enough to be asked for."""

    name: str
    type: str  # DuckDB's
    values: tuple[str, ...] = ()

    @property
    def numeric(self) -> bool:
        return self.type.startswith(_NUMERIC)


class Table(Struct, array_like=True, frozen=True):
    """A table that can be asked."""

    name: str
    rows: int
    columns: tuple[Column, ...]


def table_name(file: str) -> str:
    """The name of a file's table: small letters, digits and lines, so that it needs no quotes in SQL."""
    name = re.sub(r"[^a-z0-9]+", "_", PurePosixPath(file).stem.casefold()).strip("_")[:60]
    return f"t_{name}" if not name or name[0].isdigit() else name


def quoted(name: str) -> str:
    """A name as SQL takes any."""
    return '"' + name.replace('"', '""') + '"'


class Rows(Struct, array_like=True, frozen=True):
    """What a query gives. `more` says that there are rows beyond these."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    more: bool


class Condition(Struct, array_like=True, frozen=True):
    """Rows in which a column is one of these values, or compares so with the only one."""

    column: str
    comparison: Comparison
    values: tuple[str, ...]


class Asked(Struct, array_like=True, frozen=True):
    """A question that was understood: what is wanted of which table, and the SQL that gives it."""

    kind: Kind
    table: str
    sql: str
    measure: str = ""  # the column that is counted, added up or compared; "" for rows
    label: str = ""  # the column that each row of the result is about
    most: int = 0  # rows wanted, of a ranking
    conditions: tuple[Condition, ...] = ()
    without: tuple[tuple[str, str], ...] = ()  # column and value of rows that are themselves totals, left out
    spanish: bool = False
    proviso: str = ""  # SQL that must give true: otherwise the question can be meant in two ways


class Job(Struct, array_like=True):
    """Tables to load, and what to ask of them: SQL, or a question in words; with neither, what they are."""

    sources: list[Source]
    sql: str = ""
    question: str = ""


class Reply(Struct, array_like=True):
    """The tables, and what came of the query. `problem` is what was wrong with it, with its cure."""

    tables: tuple[Table, ...] = ()
    sql: str = ""
    result: Rows | None = None
    asked: Asked | None = None
    problem: str = ""
    cure: str = ""
