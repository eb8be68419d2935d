"""One SELECT, and nothing else, over tables that were loaded before: no file, no network, no setting."""

import datetime
import math
from decimal import Decimal
from typing import Any

import duckdb

from publius.errors import InvalidRequest
from publius.retrieval.querying.job import Rows

LONGEST = 10_000  # characters of SQL
MOST_ROWS = 1_000  # of a result; more are cut off, and it is said that there are more
MOST_CHARACTERS = 500_000  # of all cells of a result
LONGEST_CELL = 2_000

# The two that shut the door, after the tables are in, and the lock: from then on no setting can be changed.
SHUT = (
    "SET enable_external_access = false; SET python_enable_replacements = false; SET python_scan_all_frames = false;"
    " SET allow_community_extensions = false; SET lock_configuration = true"
)


def check(connection: Any, sql: str) -> None:
    """Refuse all but one SELECT.

    Raises:
        InvalidRequest: says what it is instead.
    """
    if not sql.strip() or len(sql) > LONGEST or "\0" in sql:
        raise InvalidRequest(f"A query is SQL of 1 to {LONGEST:,} characters.", param="sql")
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise refused(error) from None
    if len(statements) != 1:
        raise InvalidRequest("A query is one statement.", cure="Send the others by themselves.", param="sql")
    if statements[0].type != duckdb.StatementType.SELECT:
        raise InvalidRequest(
            f"A query reads: it is a SELECT, and this is {statements[0].type.name}.",
            cure="Begin it with SELECT or WITH.",
            param="sql",
        )


def run(connection: Any, sql: str) -> Rows:
    """Run a checked statement. Its end in time is the process's.

    Raises:
        InvalidRequest: it cannot be run, and why.
    """
    try:
        cursor = connection.execute(sql)
        names = tuple(str(column[0]) for column in cursor.description)
        found = cursor.fetchmany(MOST_ROWS + 1)
    except duckdb.OutOfMemoryException:
        raise InvalidRequest(
            "The query needs more memory than one may take.", cure="Ask for less.", param="sql"
        ) from None
    except duckdb.Error as error:
        raise refused(error) from None
    kept: list[tuple[Any, ...]] = []
    room = MOST_CHARACTERS
    for row in found[:MOST_ROWS]:
        cells = tuple(_plain(cell) for cell in row)
        room -= sum(len(str(cell)) for cell in cells)
        if room < 0:
            break
        kept.append(cells)
    return Rows(names, tuple(kept), len(kept) < len(found))


def refused(error: Exception) -> InvalidRequest:
    """What DuckDB says, in its first sentence."""
    said = str(error).split("\n", 1)[0].strip().rstrip(".!")
    return InvalidRequest(
        f"The query cannot be run. {said[:300]}.", cure="Correct the SQL and send it again.", param="sql"
    )


def _plain(value: Any) -> Any:
    """A value as JSON has it; a decimal number that JSON's readers would round stays text."""
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case Decimal():
            return _number(value)
        case datetime.date() | datetime.datetime() | datetime.time():
            return value.isoformat()
        case _:
            text = str(value)
            return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def _number(value: Decimal) -> Any:
    if value == value.to_integral_value():
        return int(value)
    close = float(value)
    return close if Decimal(repr(close)) == value else str(value)
