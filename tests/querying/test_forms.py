"""A question becomes a query only if each of its words is understood; the figures are then the table's own."""

from collections.abc import Iterator
from typing import Any

import duckdb
import fsspec
import pytest

from publius.retrieval.querying import statement, telling
from publius.retrieval.querying.forms import asks, read
from publius.retrieval.querying.job import Source, Table
from publius.retrieval.querying.tables import load
from publius.retrieval.reading import media

GRANTS = """State,County,Obligated Amount,Fiscal Year,Program Name,ZIP,Total Enrollment
Ohio,Adams,"$1,200.50",2023,Road repair,00123,10
Ohio,Brown,(300.25),2024,Bridges,01234,20
Texas,Travis,"$2,500",2023,Road repair,99999,30
Texas,Bexar,,2024,Bridges,88888,
Total,,"$3,400.25",,,,60
"""


@pytest.fixture(scope="module")
def grants() -> Iterator[tuple[Any, Table]]:
    with duckdb.connect() as connection:
        connection.register_filesystem(fsspec.filesystem("memory"))
        [table] = load(connection, Source("grants", media.CSV, GRANTS.encode()))
        yield connection, table


ANSWERED = """
How many grants are in Ohio? -> There are 2 rows in TABLE where State is Ohio.
How many rows are there? -> There are 4 rows in TABLE.
How many different states are there? -> There are 2 different values of State in TABLE.
What is the total obligated amount? -> The total of Obligated Amount in TABLE is 3,400.25, from 3 rows.
What's the total obligated amount for Road repair in 2023? -> The total of Obligated Amount in TABLE\
 where Program Name is Road repair and Fiscal Year is 2023 is 3,700.5, from 2 rows.
What was the total enrollment in Texas -> The total of Total Enrollment in TABLE where State is Texas is 30, from 1 row.
What is the average total enrollment? -> The average of Total Enrollment in TABLE is 20, from 3 rows.
What is the average obligated amount by state? -> The average of Obligated Amount in TABLE for each State:\
 Texas 2,500; Ohio 450.125.
Which county has the highest obligated amount? -> The highest Obligated Amount in TABLE: Travis 2,500.
top two counties by obligated amount -> The highest Obligated Amount in TABLE: Travis 2,500; Adams 1,200.5.
Which county in Ohio had the lowest obligated amount? -> The lowest Obligated Amount in TABLE where State is Ohio:\
 Brown -300.25.
How many grants have an obligated amount of at least 1,200.5? -> There are 2 rows in TABLE\
 where Obligated Amount is at least 1200.5.
How many grants are in Texas or Ohio? -> There are 4 rows in TABLE where State is Texas or Ohio.
¿Cuál es el promedio de obligated amount en Texas? -> El promedio de Obligated Amount en TABLE donde State es Texas\
 es 2,500, de 1 fila.
¿Cuántas filas hay en Ohio? -> Hay 2 filas en TABLE donde State es Ohio.
¿Qué county tiene el mayor obligated amount? -> Los mayores Obligated Amount en TABLE: Travis 2,500.
How many grants were there in 2031? -> There are 0 rows in TABLE where Fiscal Year is 2031.
What is the highest obligated amount in 2031? -> No row in TABLE where Fiscal Year is 2031 has a figure\
 for Obligated Amount.
"""


@pytest.mark.parametrize(("question", "says"), [line.split(" -> ") for line in ANSWERED.strip().splitlines()])
def test_a_question_that_is_understood_is_answered(grants: tuple[Any, Table], question: str, says: str) -> None:
    connection, table = grants
    assert asks(question)
    asked = read(question, [table])
    assert asked is not None
    said = telling.told(asked, statement.run(connection, asked.sql), "grants.csv")
    without = (
        "No se cuentan las filas que son totales." if asked.spanish else "Rows that are totals themselves are left out."
    )
    assert said == f"{says.replace('TABLE', '“grants.csv”')} {without}"


@pytest.mark.parametrize(
    "question",
    [
        "How many grants were rejected in Ohio?",  # rejected
        "How many grants are not in Ohio?",  # not
        "What is the total obligated amount in Ohio excluding Adams?",
        "What is the total obligated amount in Kansas?",  # no such value
        "What is the total obligated amount last year?",
        "What is the total outlay in Ohio?",
        "What is the lowest and highest obligated amount?",
        "What is the average of the highest obligated amounts?",
        "How many days of leave do staff get?",
        "What is the total obligated amount and enrollment in Texas?",
        "How many grants have an obligated amount over 1.500?",  # 1500, or one and a half
        "How many grants have an obligated amount over 2 million?",
        "Is the total obligated amount in Ohio more than that in Texas?",
        "What is the total of Ohio?",
        "What is the refund policy?",
        "",
    ],
)
def test_a_question_with_anything_else_in_it_is_left_to_search(grants: tuple[Any, Table], question: str) -> None:
    assert read(question, [grants[1]]) is None


def test_the_highest_of_what_stands_in_several_rows_can_be_meant_in_two_ways(grants: tuple[Any, Table]) -> None:
    connection, table = grants
    for question, alone in (("Which state has the highest obligated amount?", False),
                            ("Which county has the highest obligated amount?", True)):  # fmt: skip
        asked = read(question, [table])
        assert asked is not None and statement.run(connection, asked.proviso).rows == ((alone,),)


def test_a_value_that_stands_in_two_columns_needs_its_column_named() -> None:
    with duckdb.connect() as connection:
        connection.register_filesystem(fsspec.filesystem("memory"))
        data = b"State,City\nWashington,Seattle\nOhio,Washington\nOhio,O'Hara\n"
        [table] = load(connection, Source("places", media.CSV, data))
        assert read("How many places are in Washington?", [table]) is None
        for question, rows in (
            ("How many places are there in the city Washington?", 1),
            ("How many are in O'Hara?", 1),
        ):
            asked = read(question, [table])
            assert asked is not None and statement.run(connection, asked.sql).rows == ((rows, rows),)
