"""From a document's file to a table in DuckDB, with types: figures as exact numbers, codes and words as they stand."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import duckdb
import fsspec

from publius.errors import UnreadableDocument
from publius.retrieval.querying.job import Column, Source, Table, quoted, table_name
from publius.retrieval.reading import media
from publius.retrieval.reading.document import one_line
from publius.retrieval.reading.encoding import decode
from publius.retrieval.reading.sheets import exact_tables
from publius.retrieval.reading.table import delimiter

MOST_COLUMNS = 500
MOST_ROWS = 1_000_000
MOST_VALUES = 2_000  # different words in a column that are told apart in a question
LONGEST_VALUE = 80

_FILE = "/source"  # in memory
# What stands in an empty cell of a table of figures.
_NOTHING = "('', '-', '--', '–', '—', '.', 'n/a', 'na', 'null', 'none')"
# A figure as tables write it: $1,234.50 or (1,234) or -5 or 12%. No zero before other digits: that is a code.
_FIGURE = r"\(?[-+]?[$€£]?(0|[1-9]\d{0,2}(,\d{3})+|[1-9]\d*)?(\.\d{1,12})?%?\)?"
_SIGNS = r"[$€£,%()\s+]"
_DATES = ("%Y-%m-%d", "%m/%d/%Y", "%B %d, %Y", "%d %B %Y")


def load(connection: Any, source: Source) -> list[Table]:
    """Make the table of one document; of a workbook one for each sheet.

    Raises:
        UnreadableDocument: its rows are no table, or there are too many.
    """
    memory = fsspec.filesystem("memory")
    try:
        if source.media_type == media.PARQUET:
            memory.pipe(_FILE, source.data)
            select = f"SELECT * FROM read_parquet('memory://{_FILE}') LIMIT {MOST_ROWS + 1}"  # noqa: S608
            return [_made(connection, source.name, select)]
        if source.media_type == media.SHEETS:
            sheets = list(exact_tables(source.data))
            named = [source.name if len(sheets) == 1 else f"{source.name}_{table_name(sheet)}" for sheet, _ in sheets]
            return [_of_rows(connection, n, iter(rows)) for n, (_, rows) in zip(_names(named), sheets, strict=True)]
        return [_of_rows(connection, source.name, _rows(source.data))]
    except duckdb.Error:
        raise UnreadableDocument("The table is damaged, or too large to be asked.") from None
    finally:
        memory.store.clear()


def _of_rows(connection: Any, name: str, rows: Iterator[list[str]]) -> Table:
    """The table of these rows, of which the first names the columns."""
    names = _names(next(rows, []))
    fsspec.filesystem("memory").pipe(_FILE, _as_csv(names, rows))
    table = _made(connection, name, _typed(connection, names))
    connection.execute("DROP TABLE raw")
    return table


def _made(connection: Any, name: str, select: str) -> Table:
    connection.execute(f"CREATE TABLE {quoted(name)} AS {select}")
    return _described(connection, name)


def _rows(data: bytes) -> Iterator[list[str]]:
    """The rows of a CSV file that hold anything."""
    text = decode(data)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text)):
            cells = [one_line(cell) for cell in row]
            if any(cells):
                yield cells
    except csv.Error:
        raise UnreadableDocument("The cells of the table cannot be told apart.") from None


def _names(header: list[str]) -> list[str]:
    """The names of the columns, each once."""
    names: list[str] = []
    known: set[str] = set()
    for number, cell in enumerate(header, 1):
        name = base = cell[:100] or f"column {number}"
        again = 1
        while name.casefold() in known:
            again += 1
            name = f"{base} {again}"
        known.add(name.casefold())
        names.append(name)
    if not 1 <= len(names) <= MOST_COLUMNS:
        raise UnreadableDocument(f"A table has 1 to {MOST_COLUMNS} columns; this one has {len(names):,}.")
    return names


def _as_csv(names: list[str], rows: Iterator[list[str]]) -> bytes:
    """The rows in one form, whatever form they came in."""
    out = io.StringIO()
    writer = csv.writer(out)
    for number, row in enumerate(rows, 1):
        if len(row) > len(names) and any(row[len(names) :]):
            raise UnreadableDocument(
                f"Row {number} has more cells than the first row, which names the columns.",
                cure="Put the names of all columns into the first row, and add the file again.",
            )
        if number > MOST_ROWS:
            raise UnreadableDocument(
                f"The table has more than {MOST_ROWS:,} rows.", cure="Split it into several files."
            )
        writer.writerow((row + [""] * len(names))[: len(names)])
    return out.getvalue().encode()


def _typed(connection: Any, names: list[str]) -> str:
    """Read the rows as text into the table `raw`, and return the SELECT that gives each column its type."""
    plain = [f"c{number}" for number in range(len(names))]
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in plain)
    connection.execute(
        f"CREATE TEMP TABLE raw AS SELECT * FROM read_csv('memory://{_FILE}', auto_detect = false, header = false,"  # noqa: S608
        f" delim = ',', quote = '\"', escape = '\"', columns = {{{columns}}})"
    )
    wanted = [f"{_cast(connection, c)} AS {quoted(name)}" for c, name in zip(plain, names, strict=True)]
    return f"SELECT {', '.join(wanted)} FROM raw"  # noqa: S608


def _cast(connection: Any, column: str) -> str:
    """The SQL that turns a column of text into figures or dates, if all that stands in it are such."""
    value = f"CASE WHEN lower({column}) IN {_NOTHING} THEN NULL ELSE {column} END"
    figure = f"replace({value}, ' ', '')"
    [(there, figures, percents, decimals)] = connection.execute(
        f"SELECT count({value}),"  # noqa: S608
        f" count(*) FILTER (regexp_full_match({figure}, ?) AND regexp_matches({figure}, '[0-9]')),"
        f" count(*) FILTER ({value} LIKE '%\\%%' ESCAPE '\\'),"
        f" coalesce(max(length(regexp_extract({figure}, '\\.([0-9]+)', 1))), 0) FROM raw",
        [_FIGURE],
    ).fetchall()
    if there and figures == there and percents in (0, there):
        sign = f"CASE WHEN {figure} LIKE '(%' THEN '-' ELSE '' END"
        plain = f"{sign} || regexp_replace({figure}, '{_SIGNS}', '', 'g')"
        return f"CAST({plain} AS {f'DECIMAL(38, {decimals})' if decimals else 'BIGINT'})"
    for form in _DATES if there else ():
        [(dates,)] = connection.execute(f"SELECT count(try_strptime({value}, ?)) FROM raw", [form]).fetchall()  # noqa: S608
        if dates == there:
            return f"CAST(try_strptime({value}, '{form}') AS DATE)"
    return column


def _described(connection: Any, name: str) -> Table:
    [(rows,)] = connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchall()  # noqa: S608
    if rows > MOST_ROWS:
        raise UnreadableDocument(f"The table has more than {MOST_ROWS:,} rows.", cure="Split it into several files.")
    described = connection.execute(f"DESCRIBE {quoted(name)}").fetchall()
    columns = [Column(column, kind, _values(connection, name, column, kind)) for column, kind, *_ in described]
    return Table(name, rows, tuple(columns))


def _values(connection: Any, table: str, column: str, kind: str) -> tuple[str, ...]:
    if kind != "VARCHAR":
        return ()
    found = connection.execute(
        f"SELECT DISTINCT {quoted(column)} FROM {quoted(table)} WHERE length({quoted(column)}) BETWEEN 1"  # noqa: S608
        f" AND {LONGEST_VALUE} ORDER BY 1 LIMIT {MOST_VALUES + 1}"
    ).fetchall()
    return tuple(value for (value,) in found) if len(found) <= MOST_VALUES else ()
