"""Whole files of records: recomputed in a stream, written whole or not at all, and refused in a sentence."""

import csv
import gzip
import json
import os
import signal
import subprocess
import sys

import duckdb
import pytest
from tests.missions.student_aid.isir_files import files, quiet, record_of, records

from publius.kit import InvalidInput, Unfinished
from publius_missions.student_aid.commands import recompute_isir
from publius_missions.student_aid.isir.recompute import CHUNK, COLUMNS, Recomputation, Row

SAI, MAX_PELL, FAMILY_SIZE, INCOME = "at_175", "at_190", "at_578", "at_776"
# An independent single student who earned $30,000, with everything else blank; the index is 4,698.
EARNED = "at_710"
STUDENT = {"at_111": "I", "at_557": "1", "at_706": "1", INCOME: "30000", EARNED: "30000", "at_187": "B"}


def run(file, out, **options):
    return recompute_isir(file, quiet, out=out, **options)


@pytest.fixture
def good(tmp_path):
    """Three records: one that is equal, one that is not, and one that the Department rejected."""
    lines = [record_of("2026-27", **STUDENT, **{SAI: sai}) for sai in ("4698", "999999")]
    file = tmp_path / "good.txt"
    file.write_text("\n".join([*lines, record_of("2026-27")]) + "\n")
    return file


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def rows_of(out):
    with out.open(newline="") as opened:
        return list(csv.DictReader(opened))


def test_a_row_a_record_and_a_summary(good, tmp_path):
    said = run(good, tmp_path / "out.csv")
    assert said.startswith("3 records, 2 with a Student Aid Index: 1 comes out the same to the dollar, 1 differs.")
    rows = rows_of(tmp_path / "out.csv")
    pairs = [f"{name}_{whose}" for name in ("sai", "max_pell", "min_pell") for whose in ("record", "computed")]
    assert list(rows[0]) == ["line", "formula", *pairs, "note"]
    assert [row["line"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["sai_record"] == rows[0]["sai_computed"] == "4698" and rows[0]["formula"] == "B"
    assert "Student Aid Index: record 999,999, computed 4,698" in rows[1]["note"]
    assert rows[2]["note"] == "The Department computed no index; its reject reasons: none given."


def test_the_summary_as_json(good, tmp_path):
    assert json.loads(run(good, tmp_path / "out.csv", json=True)) == {
        "records": 3,
        "with_index": 2,
        "equal": 1,
        "differing": 1,
        "provisional": 0,
        "rejected": 1,
        "unreadable": 0,
        "cut_short": 0,
    }


def test_parquet_holds_the_same_rows_with_whole_numbers_and_null(good, tmp_path):
    run(good, tmp_path / "out.csv")
    run(good, tmp_path / "out.parquet")
    held = duckdb.read_parquet(str(tmp_path / "out.parquet"))
    types = [str(kind) for kind in held.types]
    assert dict(zip(held.columns, types, strict=True)) == {
        name: "VARCHAR" if kind is str else "BIGINT" for name, kind in COLUMNS.items()
    }
    texts = [
        {name: "" if v is None else str(v) for name, v in zip(COLUMNS, row, strict=True)} for row in held.fetchall()
    ]
    assert texts == rows_of(tmp_path / "out.csv")
    assert held.fetchall()[2][1:8] == (None,) * 7


@records
def test_a_file_is_recomputed_alike_by_one_process_and_by_many(tmp_path):
    path = max(files("2026-27"), key=lambda path: path.stat().st_size)
    alone = list(Recomputation(path, quiet))
    many = tmp_path / "many.txt"
    times = 3 * CHUNK // path.stat().st_size + 1
    many.write_bytes(path.read_bytes() * times)
    told = []
    recomputation = Recomputation(many, lambda done, total: told.append((done, total)))
    rows = list(recomputation)
    per_file = len(path.read_bytes().splitlines())
    assert rows == [row._replace(line=row.line + turn * per_file) for turn in range(times) for row in alone]
    done = [count for count, _ in told]
    assert done == sorted(done) and told[-1] == (len(rows), len(rows)), "a bar ends at its end"
    assert recomputation.summary()["records"] == len(rows)
    assert all(abs(total - len(rows)) <= times + 1 for _, total in told)


@records
@pytest.mark.parametrize("year", ["2024-25", "2025-26", "2026-27"])
def test_the_departments_files_in_rows(tmp_path, year):
    for path in files(year):
        run(path, tmp_path / "out.csv")
        rows = rows_of(tmp_path / "out.csv")
        assert len(rows) == sum(bool(line.strip()) for line in path.read_bytes().splitlines())
        differing = [row for row in rows if row["sai_record"] not in ("", row["sai_computed"])]
        assert all("Student Aid Index: record" in row["note"] for row in differing)


def test_a_row_says_what_the_law_of_today_makes_of_an_earlier_record(tmp_path):
    texts = STUDENT | {INCOME: "20000", EARNED: "20000", "at_836": "20000", SAI: "-1500", MAX_PELL: "3"}
    (tmp_path / "file.txt").write_text(record_of("2026-27", **texts, at_3888="040"))
    (row,) = Recomputation(tmp_path / "file.txt", quiet)
    assert row.max_pell_record == row.max_pell_computed == 3
    assert "made before foreign income counted for Pell; today maximum Pell Grant by income: no" in row.note


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"4" + b" " * 7_703, "no award year known here"),
        (record_of("2026-27")[:-40].encode() + b"\n", "7,904 characters; one of 2026-27 has 7,944"),
        (b"\n" + record_of("2026-27")[:99].encode(), "first record, on line 2, after 99 of 7,944 characters"),
        (b"", "is empty"),
        (b"\n\r\n   \n", "7 characters, all of them blank, and no record"),
        (b"Dear Sir or Madam", "no award year known here"),
        (gzip.compress(record_of("2026-27").encode()), "compressed with gzip. Unpack it"),
        (b"PK\x03\x04" + b"x" * 9_000, "zip archive"),
        (record_of("2026-27").encode("utf-16"), "two-byte characters"),
        (b"\0" * 100_000, "no award year known here"),
    ],
    ids=["year", "a short record", "cut short", "empty", "blank", "letter", "gzip", "zip", "utf-16", "binary"],
)
def test_a_file_that_is_none_is_refused_and_leaves_no_output(tmp_path, content, says):
    (tmp_path / "file.txt").write_bytes(content)
    with pytest.raises(InvalidInput, match=says) as refused:
        run(tmp_path / "file.txt", tmp_path / "out.csv")
    assert str(refused.value).count(".") >= 2
    assert names_in(tmp_path) == ["file.txt"]


@pytest.mark.parametrize("cut", [1, 100, 7_900])
def test_of_a_file_that_is_cut_short_every_whole_record_is_computed_and_it_is_said(tmp_path, cut):
    whole = "".join(record_of("2026-27", **STUDENT, **{SAI: "4698"}) + "\n" for _ in range(3))
    (tmp_path / "file.txt").write_text(whole[: -cut - 1])
    with pytest.raises(Unfinished, match="cut short: it ends within the record of line 3") as cut_short:
        run(tmp_path / "file.txt", tmp_path / "out.csv", json=True)
    summary = json.loads(cut_short.value.said)
    assert summary["equal"] == 2 and summary["unreadable"] == summary["cut_short"] == 1
    assert [row["sai_computed"] for row in rows_of(tmp_path / "out.csv")] == ["4698", "4698", ""]


def test_a_last_line_without_its_end_is_whole(tmp_path):
    (tmp_path / "file.txt").write_text("\n".join([record_of("2026-27", **STUDENT, **{SAI: "4698"})] * 2))
    assert json.loads(run(tmp_path / "file.txt", tmp_path / "out.csv", json=True))["cut_short"] == 0


def test_a_file_of_which_nothing_can_be_computed_fails_and_its_rows_say_why(tmp_path):
    (tmp_path / "file.txt").write_text((record_of("2026-27", **{SAI: "12x"}) + "\n") * 2)
    with pytest.raises(Unfinished, match="No record of the file"):
        run(tmp_path / "file.txt", tmp_path / "out.csv")
    assert all("'12x'" in row["note"] for row in rows_of(tmp_path / "out.csv"))


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ("103836", "10, 38, 36."),
        ("10123836", "10, 12, 38, 36."),
        ("7 1", "7, 1 (provisionally independent by unusual circumstances)."),
        ("349", "34, 9."),
    ],
)
def test_reject_reasons_are_told_apart(tmp_path, codes, said):
    (tmp_path / "file.txt").write_text(record_of("2026-27", at_3957=codes))
    (row,) = Recomputation(tmp_path / "file.txt", quiet)
    assert row.note.endswith(f"its reject reasons: {said}")


def test_line_ends_a_mark_and_blank_lines_around_change_nothing(good, tmp_path):
    other = tmp_path / "other.txt"
    other.write_bytes(b"\xef\xbb\xbf" + good.read_bytes().replace(b"\n", b"\r\n") + b"\r\n   \r\n\r\n")
    assert list(Recomputation(other, quiet)) == list(Recomputation(good, quiet))
    other.write_bytes(b"\n\n" + good.read_bytes())
    assert [row.line for row in Recomputation(other, quiet)] == [3, 4, 5]


def test_one_bad_record_is_noted_and_the_others_are_computed(tmp_path):
    bad = [record_of("2025-26"), record_of("2026-27")[:-1], record_of("2026-27")]
    (tmp_path / "file.txt").write_text("\n".join([record_of("2026-27"), *bad]))
    recomputation = Recomputation(tmp_path / "file.txt", quiet)
    notes = [row.note for row in recomputation]
    assert "of 2025-26, but the file began with records of 2026-27" in notes[1]
    assert "7,943 characters" in notes[2]
    assert notes[0] == notes[3] == "The Department computed no index; its reject reasons: none given."
    assert recomputation.summary()["unreadable"] == recomputation.summary()["rejected"] == 2


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ({INCOME: "abc"}, "'student.adjusted_gross_income' holds 'abc'"),
        ({FAMILY_SIZE: "-2"}, "family size is -2"),
        ({SAI: "12x"}, "'sai' holds '12x'"),
    ],
)
def test_a_record_that_cannot_be_is_said_in_its_note(tmp_path, texts, says):
    (tmp_path / "file.txt").write_text(record_of("2026-27", **{SAI: "-1500"} | texts))
    (row,) = Recomputation(tmp_path / "file.txt", quiet)
    assert says in row.note and row == Row(1, note=row.note)


def test_where_the_output_cannot_go_is_said_before_anything_is_read(good, tmp_path):
    (tmp_path / "folder.csv").mkdir()
    for out, says in [
        (tmp_path / "out.xlsx", "ends neither in .csv nor in .parquet"),
        (tmp_path / "nowhere" / "out.csv", "There is no folder"),
        (tmp_path / "folder.csv", "is a folder"),
    ]:
        with pytest.raises(InvalidInput, match=says):
            run(tmp_path / "not read.txt", out)
    same = tmp_path / "good.csv"
    good.rename(same)
    with pytest.raises(InvalidInput, match="is the file that is read"):
        run(same, same)
    (tmp_path / "link.csv").symlink_to(same)
    with pytest.raises(InvalidInput, match="is the file that is read"):
        run(same, tmp_path / "link.csv")
    with pytest.raises(InvalidInput, match="There is no file"):
        run(tmp_path / "not there.txt", tmp_path / "out.csv")


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_ctrl_c_leaves_the_earlier_output_and_nothing_half_written(tmp_path, ending):
    """The command in a process group of its own, interrupted as a terminal does it, when rows have been written."""
    line = record_of("2026-27", **STUDENT, **{SAI: "4698"})
    (tmp_path / "file.txt").write_bytes((line.encode() + b"\n") * 40_000)
    out = tmp_path / f"out.{ending}"
    out.write_text("what was there")
    program = (
        "import sys; from pathlib import Path; from publius_missions.student_aid.commands import recompute_isir;"
        "recompute_isir(Path(sys.argv[1]), lambda done, total: print(done, flush=True), out=Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "file.txt"), str(out)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        assert int(running.stdout.readline()) > 0
        assert len(names_in(tmp_path)) > 2  # What is written so far stands beside the output.
        os.killpg(running.pid, signal.SIGINT)
        assert running.wait(30) != 0
        said = running.stderr.read()
    assert said.count("Traceback") == 1 and said.rstrip().endswith("KeyboardInterrupt")  # None from a worker.
    assert names_in(tmp_path) == ["file.txt", out.name]
    assert out.read_text() == "what was there"


@pytest.mark.slow
def test_memory_stays_flat(tmp_path):
    """Four times the records take hardly more memory, in this process and its workers."""
    line = record_of("2026-27", **STUDENT, **{SAI: "4698"}).encode() + b"\n"
    program = (
        "import resource, sys; from pathlib import Path;"
        "from publius_missions.student_aid.commands import recompute_isir;"
        "recompute_isir(Path(sys.argv[1]), lambda done, total: None, out=Path(sys.argv[2]));"
        "print(*(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))"
    )
    peaks = []
    for records_in_file in (5_000, 20_000):
        (tmp_path / "file.txt").write_bytes(line * records_in_file)
        for ending in ("csv", "parquet"):
            command = [sys.executable, "-c", program, str(tmp_path / "file.txt"), str(tmp_path / f"out.{ending}")]
            peaks.append([int(kib) for kib in subprocess.run(command, capture_output=True, check=True).stdout.split()])
    for few, many in zip(peaks[:2], peaks[2:], strict=True):
        assert all(after < 1.3 * before for before, after in zip(few, many, strict=True)), peaks
