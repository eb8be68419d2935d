"""Rows written to a file: as they were given, and in whole or not at all."""

import csv

import duckdb
import pytest

from publius.kit import InvalidInput, write_rows

COLUMNS = {"line": int, "name": str}
ROWS = [(1, 'a "quoted", ünïcode text'), (2, None), (None, "=1+1")]


@pytest.mark.parametrize("name", ["out.csv", "OUT.CSV"])
def test_csv(tmp_path, name):
    write_rows(tmp_path / name, COLUMNS, ROWS)
    with (tmp_path / name).open(newline="", encoding="utf-8") as opened:
        assert list(csv.reader(opened)) == [["line", "name"], ["1", ROWS[0][1]], ["2", ""], ["", "=1+1"]]


@pytest.mark.parametrize("rows", [ROWS, []])
def test_parquet(tmp_path, rows):
    out = tmp_path / "it's.parquet"
    write_rows(out, COLUMNS, rows)
    held = duckdb.read_parquet(str(out))
    assert [str(kind) for kind in held.types] == ["BIGINT", "VARCHAR"]
    assert held.fetchall() == rows


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_an_error_leaves_what_was_there_and_nothing_else(tmp_path, ending, error):
    def rows():
        yield from ROWS
        raise error

    out = tmp_path / f"out.{ending}"
    for before in (False, True):
        if before:
            out.write_text("before")
        with pytest.raises(error):
            write_rows(out, COLUMNS, rows())
        assert [path.name for path in tmp_path.iterdir()] == [out.name] * before
    assert out.read_text() == "before"


def test_what_replaces_a_file_keeps_its_rights_and_its_link(tmp_path):
    (tmp_path / "real.csv").write_text("before")
    (tmp_path / "real.csv").chmod(0o600)
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write_rows(tmp_path / "link.csv", COLUMNS, ROWS)
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text().startswith("line,name")
    assert (tmp_path / "real.csv").stat().st_mode & 0o777 == 0o600


def test_a_disk_that_does_not_take_it_is_said(tmp_path):
    with pytest.raises(InvalidInput, match="could not be written"):
        write_rows(tmp_path / "missing" / "out.csv", COLUMNS, ROWS)
