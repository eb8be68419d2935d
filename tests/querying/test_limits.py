"""The promise: a query reads the tables that it was given, and takes no more of the machine than its share."""

import io
import time
from pathlib import Path

import duckdb
import pytest

from publius.errors import InvalidRequest
from publius.retrieval.querying.job import Job, Reply, Source
from publius.retrieval.querying.sandbox import Queries
from publius.retrieval.reading import media

pytestmark = pytest.mark.slow  # a process for each query

TABLE = b'State,Amount\nOhio,"$1,200.50"\nTexas,(300)\n'


async def run(sql: str, *, seconds: float = 30, memory: int = 1 << 30) -> Reply:
    return await Queries(seconds=seconds, memory=memory).run(Job([Source("grants", media.CSV, TABLE)], sql=sql))


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret.csv"
    file.write_text("secret\nthe code word is heron\n")
    return file


ATTACKS = [
    "SELECT * FROM read_csv('{secret}')",
    "SELECT * FROM '{secret}'",
    "FROM '{secret}'",
    "SELECT * FROM read_text('{secret}')",
    "SELECT * FROM read_blob('{secret}')",
    "SELECT * FROM read_parquet('{secret}')",
    "SELECT * FROM read_json_auto('{secret}')",
    "SELECT * FROM read_csv('/proc/self/environ')",
    "SELECT * FROM read_csv('/dev/stdin')",
    "SELECT * FROM sniff_csv('{secret}')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM parquet_metadata('{secret}')",
    "SELECT * FROM query('SELECT * FROM read_text(''{secret}'')')",
    "SELECT * FROM query_table('{secret}')",
    "SELECT * FROM read_csv('https://127.0.0.1/x.csv')",
    "SELECT * FROM read_csv('s3://bucket/x.csv')",
    "SELECT * FROM read_csv('memory:///source')",
    "SELECT getenv('HOME')",
    "ATTACH '{folder}/new.db'",
    "ATTACH '{secret}' AS other (TYPE sqlite)",
    "COPY grants TO '{folder}/out.csv'",
    "COPY grants FROM '{secret}'",
    "EXPORT DATABASE '{folder}/out'",
    "IMPORT DATABASE '{folder}'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{secret}'",
    "SET memory_limit = '100GB'",
    "RESET enable_external_access",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "CREATE TABLE mine AS SELECT 1",
    "CREATE SECRET (TYPE s3)",
    "INSERT INTO grants VALUES ('Ohio', 1)",
    "UPDATE grants SET Amount = 0",
    "DELETE FROM grants",
    "DROP TABLE grants",
    "TRUNCATE grants",
    "BEGIN",
    "CHECKPOINT",
    "VACUUM",
    "USE memory",
    "PREPARE q AS SELECT 1",
    "EXPLAIN ANALYZE SELECT 1",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE grants",
    "SELECT 1; ATTACH '{secret}'",
    "SELECT * FROM Path",
    "SELECT * FROM job",
    "   ;",
    "-- nothing",
    "SELECT \x00",
    "SELECT * FROM no_such_table",
    "SELECT (" * 4000,
    "SELECT " + "x" * 20_000,
]


@pytest.mark.parametrize("attack", ATTACKS)
async def test_a_query_reaches_nothing_but_its_tables(attack: str, secret: Path) -> None:
    reply = await run(attack.replace("{secret}", str(secret)).replace("{folder}", str(secret.parent)))
    assert reply.problem and reply.cure and reply.result is None
    assert "heron" not in str(reply.problem) and "Traceback" not in reply.problem
    assert [file.name for file in secret.parent.iterdir()] == ["secret.csv"]


@pytest.mark.parametrize(
    "greedy",
    [
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
        "SELECT count(*) FROM range(1000000000000) a",
        "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range % 7 = 3",
    ],
)
async def test_a_query_without_end_is_ended(greedy: str) -> None:
    begun = time.monotonic()
    with pytest.raises(InvalidRequest, match=r"took|memory"):
        reply = await run(greedy, seconds=4)
        raise InvalidRequest(reply.problem)
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize(
    "greedy",
    [
        "SELECT list(range) FROM range(500000000)",
        "SELECT string_agg(repeat('x', 1000000), '') FROM range(10000)",
        "SELECT repeat('x', 2000000000)",
        "SELECT * FROM range(100000000) a ORDER BY hash(a.range) DESC LIMIT 1000000 OFFSET 9000000",
    ],
)
async def test_a_query_that_would_fill_the_memory_is_refused(greedy: str) -> None:
    with pytest.raises(InvalidRequest, match=r"memory|took|cannot be run"):
        reply = await run(greedy, memory=1 << 30)
        raise InvalidRequest(reply.problem)


async def test_a_result_is_cut_and_says_so() -> None:
    long = await run("SELECT range FROM range(100000)")
    assert long.result is not None and len(long.result.rows) == 1000 and long.result.more
    moment = await run("SELECT now(), uuid(), interval 3 days, [1, 2], 'x'::blob, 12345678901234567890::hugeint")
    assert moment.problem == "" and moment.result is not None
    wide = await run("SELECT repeat('x', 100000) FROM range(1000)")
    assert wide.result is not None and wide.result.more
    assert max(len(str(cell)) for row in wide.result.rows for cell in row) <= 2000
    assert sum(len(str(row)) for row in wide.result.rows) < 600_000


async def test_nothing_of_one_query_is_there_for_the_next() -> None:
    queries = Queries(at_once=1)
    await queries.run(Job([Source("theirs", media.CSV, b"word\nheron\n")], sql="SELECT * FROM theirs"))
    reply = await queries.run(Job([Source("mine", media.CSV, TABLE)], sql="SELECT * FROM theirs"))
    assert "does not exist" in reply.problem and "heron" not in reply.problem
    listed = await queries.run(
        Job([Source("mine", media.CSV, TABLE)], sql="SELECT table_name FROM information_schema.tables")
    )
    assert listed.result is not None and listed.result.rows == (("mine",),)


async def test_what_the_process_knows_of_the_machine_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "heron")
    reply = await run("SELECT string_agg(value, ' ') FROM duckdb_settings()")
    assert reply.result is not None and "heron" not in str(reply.result.rows)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (media.PARQUET, b"PAR1 and then nothing PAR1"),
        (media.SHEETS, b"PK\x03\x04 no archive"),
        (media.CSV, b"a,b\n1,2,3,4\n"),
        (media.CSV, b'"never ends\n' + b"x" * 200_000),
        (media.CSV, b"\x00\x01\x02" * 1000),
        (media.CSV, b"x," * 5000 + b"\n1\n"),
    ],
)
async def test_a_file_that_is_no_table_says_so(kind: str, data: bytes) -> None:
    reply = await Queries().run(Job([Source("bad", kind, data)], sql="SELECT 1"))
    assert reply.problem.endswith(".") and reply.result is None


def test_figures_are_exact_and_codes_stay_codes() -> None:
    from publius.retrieval.querying.statement import run as select
    from publius.retrieval.querying.tables import load

    rows = "".join(f'0{n % 10}01,0.1,{n},"$1,{n:03d}.10",{n % 100}%,2024-02-{n % 28 + 1:02d},N/A\n' for n in range(900))
    with duckdb.connect() as connection:
        import fsspec

        connection.register_filesystem(fsspec.filesystem("memory"))
        [table] = load(connection, Source("t", media.CSV, ("FIPS,Tenth,Whole,Money,Rate,Day,Empty\n" + rows).encode()))
        types = {column.name: column.type for column in table.columns}
        assert types == {
            "FIPS": "VARCHAR", "Tenth": "DECIMAL(38,1)", "Whole": "BIGINT", "Money": "DECIMAL(38,2)",
            "Rate": "BIGINT", "Day": "DATE", "Empty": "VARCHAR",
        }  # fmt: skip
        result = select(connection, "SELECT sum(Tenth), sum(Whole), sum(Money), min(FIPS), max(Day) FROM t")
        assert result.rows == ((90, 404_550, 1_304_640, "0001", "2024-02-28"),)


async def test_a_workbooks_sheets_are_tables_with_the_figures_as_they_are_kept() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Grants 2024"
    for row in (["Grants of the year"], [], ["State", "Amount"], ["Ohio", 10.336], ["Texas", 20.336]):
        sheet.append(row)
    for cell in ("B4", "B5"):
        sheet[cell].number_format = "#,##0"
    other = book.create_sheet("Codes")
    for row in (["Code", "Meaning"], ["007", "seven"], ["008", "eight"]):
        other.append(row)
    out = io.BytesIO()
    book.save(out)
    source = Source("book", media.SHEETS, out.getvalue())
    reply = await Queries().run(Job([source], sql="SELECT sum(Amount), min(Code) FROM book_grants_2024, book_codes"))
    assert reply.problem == "" and reply.result is not None
    assert reply.result.rows == ((61.344, "007"),)  # Excel shows 10 and 20
