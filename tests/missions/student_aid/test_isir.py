"""The Department's own test records, recomputed from their raw inputs, and files that are not as they should be."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from tests.quality.tree import ROOT

from publius.kit import InvalidInput
from publius_missions.student_aid.__main__ import main
from publius_missions.student_aid.index import student_aid
from publius_missions.student_aid.isir import in_force
from publius_missions.student_aid.isir.compare import differences, intermediates, recomputed, was_computed
from publius_missions.student_aid.isir.recompute import CHUNK, Row, recompute
from publius_missions.student_aid.isir.record import LENGTHS, PEOPLE, application, number, read

DATA = ROOT.parent / "shared" / "data" / "isir"
LISTED = (ROOT / "docs" / "student-aid" / "differences.md").read_text(encoding="utf-8")
BEFORE_THE_ANNOUNCEMENT = ("20240308--no-headers", "09182024", "10232024", "07142025", "08042025")
records = pytest.mark.skipif(not DATA.is_dir(), reason="the Department's test records are not on this machine")


def quiet(done, total):
    """Progress that nobody watches."""


def files(year):
    return sorted(DATA.glob(f"{year}/*.txt"))


def every(year):
    """Each record of a year, and where it is."""
    for path in files(year):
        for place, line in enumerate(path.read_text(encoding="latin-1").splitlines(), 1):
            if line.strip():
                yield f"{path.name}:{place}", read(line, year)


def compared(year):
    """Each record for which the Department computed something: where it is, the record, and its differences."""
    for place, record in every(year):
        if was_computed(record):
            result = recomputed(record)
            yield place, record, result, differences(record, result)


@records
@pytest.mark.parametrize(("year", "index", "indicators"), [("2026-27", 0.998, 0.995), ("2025-26", 0.99, 0.995)])
def test_index_and_indicators_equal_the_departments(year, index, indicators):
    differ, count = Counter(), 0
    for _, record, _, found in compared(year):
        if record.fields["sai"]:
            count += 1
            differ.update(each.name for each in found)
    assert count > 250
    assert 1 - differ["Student Aid Index"] / count >= index
    assert 1 - differ["maximum Pell indicator"] / count >= indicators
    assert 1 - differ["minimum Pell indicator"] / count >= indicators


@records
@pytest.mark.parametrize("year", LENGTHS)
def test_a_comment_shows_exactly_where_foreign_income_was_left_out_of_the_pell_test(year):
    """In the files before the announcement of August 2025; in those since then the comment is gone."""
    looked_at = Counter()
    for place, record in every(year):
        names = [f"{who}.foreign_income_excluded" for people in PEOPLE.values() for who in people]
        foreign = any(number(record.fields, name) for name in names)
        earlier = place.split(".txt")[0].endswith(BEFORE_THE_ANNOUNCEMENT)
        expected = earlier and foreign and record.fields["max_pell"] != ""
        assert in_force.foreign_income_left_out(record) == expected, place
        looked_at[earlier, foreign and record.fields["max_pell"] != ""] += 1
    assert looked_at[True, True] >= 1 and looked_at[False, True] >= (8 if year == "2026-27" else 0)


@records
def test_the_days_in_a_record_do_not_tell_which_rule_was_in_force():
    """Why the comment is looked at and not the processing date, characters 132 to 139 of a record."""
    days = {}
    for path in files("2026-27"):
        lines = path.read_text(encoding="latin-1").splitlines()
        days[path.stem[-8:]] = {line[132:140] for line in lines if line.strip()}
    assert days["07142025"] == days["08042025"] == {"20251201"}
    assert days["12082025"] == {"20250926", "20250929"}


@records
def test_the_pell_flags_that_differ_are_those_of_the_rules_before():
    """The limit of 14,790 leaves no mark in a record; under the earlier rules the two flags are the Department's."""
    for place, record, _, found in compared("2026-27"):
        if [each.name for each in found] == ["Pell flag"]:
            before = student_aid(application(record), in_force.before_law_119_21("2026-27"))
            assert not differences(record, before), place


def test_a_record_without_the_comment_is_computed_under_the_rules_of_today():
    """An independent single student who earned $20,000, and $20,000 more abroad: too much for the maximum today."""
    texts = {"at_111": "I", "at_557": "1", "at_776": "20000", "at_836": "20000", "at_706": "1", "at_710": "20000"}
    today = recomputed(read(record_of("2026-27", **texts))).value
    before = recomputed(read(record_of("2026-27", **texts, at_3888="146040"))).value
    assert (today.max_pell, before.max_pell) == (0, 3)
    year_before = [recomputed(read(record_of("2025-26", **texts, at_3888=codes))).value for codes in ("146040", "")]
    assert year_before[0] == year_before[1] and year_before[0].max_pell == 3


def test_a_row_says_what_the_law_of_today_makes_of_an_earlier_record(tmp_path):
    texts = {"at_111": "I", "at_557": "1", "at_776": "20000", "at_836": "20000", "at_706": "1", "at_710": "20000"}
    line = record_of("2026-27", **texts, at_175="-1500", at_190="3", at_3888="040")
    (tmp_path / "file.txt").write_text(line)
    (row,) = recompute(tmp_path / "file.txt", quiet)
    assert row.max_pell_record == row.max_pell_computed == "3"
    assert "made before foreign income counted for Pell; today: no maximum Pell indicator" in row.note


@records
def test_the_2024_25_index_differs_by_what_the_department_then_left_out():
    """Until 21 March 2024 the Department left a dependent student's assets out; nothing else differs."""
    for place, record, result, found in compared("2024-25"):
        for each in (each for each in found if each.name == "Student Aid Index"):
            left_out = result.derivation.amounts()["student contribution from assets"]
            assert record.fields["formula"] == "A" and each.computed - each.record == left_out > 0, place


@records
@pytest.mark.parametrize("year", LENGTHS)
def test_every_value_in_between_is_compared_and_every_difference_is_listed_with_its_cause(year):
    values = 0
    for place, _, result, found in compared(year):
        values += len(intermediates(_, result))
        assert not found or place in LISTED, f"{place}: {'; '.join(map(str, found))}"
    assert values > {"2024-25": 1_000, "2025-26": 3_500, "2026-27": 3_500}[year]


@records
def test_what_is_listed_still_differs():
    different = {place for year in LENGTHS for place, _, _, found in compared(year) if found}
    assert set(re.findall(r"`(\S+\.txt:\d+)`", LISTED)) == different


@records
def test_a_file_is_recomputed_alike_by_one_process_and_by_many(tmp_path):
    path = max(files("2026-27"), key=lambda path: path.stat().st_size)
    alone = list(recompute(path, quiet))
    many = tmp_path / "many.txt"
    times = 3 * CHUNK // path.stat().st_size + 1
    many.write_bytes(path.read_bytes() * times)
    told = []
    rows = list(recompute(many, lambda done, total: told.append(done / total)))
    per_file = len(path.read_bytes().splitlines())
    assert rows == [row._replace(line=row.line + turn * per_file) for turn in range(times) for row in alone]
    assert told == sorted(told) and told[-1] == 1


@records
def test_the_command_writes_a_row_a_record_and_says_how_many_agree(tmp_path, capsys):
    path, out = files("2026-27")[0], tmp_path / "out.csv"
    assert main(["recompute-isir", str(path), "--out", str(out)]) == 0
    with out.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert tuple(rows[0]) == Row._fields
    assert len(rows) == sum(bool(line.strip()) for line in path.read_bytes().splitlines())
    assert all(row["sai_record"] == row["sai_computed"] for row in rows if row["sai_record"])
    assert "recompute to the same dollar" in capsys.readouterr().out


def record_of(year, **texts):
    """A blank record of a year but for its first character and the texts put at `at_POSITION`."""
    line = {"2024-25": "5", "2025-26": "6", "2026-27": "7"}[year].ljust(LENGTHS[year])
    for name, text in texts.items():
        at = int(name.removeprefix("at_"))
        line = line[:at] + text + line[at + len(text) :]
    return line


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("4" + " " * 7_703, "no award year known here"),
        (record_of("2026-27")[:-40], "7,904 characters; one of 2026-27 has 7,944"),
        ("\n\n", "holds no record"),
        ("Dear Sir or Madam", "no award year known here"),
    ],
    ids=["unknown year", "cut short", "empty", "not an ISIR file"],
)
def test_a_file_that_is_none_is_refused_and_leaves_no_output(tmp_path, capsys, content, says):
    (tmp_path / "file.txt").write_text(content)
    assert main(["recompute-isir", str(tmp_path / "file.txt"), "--out", str(tmp_path / "out.csv")]) == 2
    said = capsys.readouterr().err
    assert says in said and said.count(".") >= 2 and "Traceback" not in said
    assert not (tmp_path / "out.csv").exists()


def test_a_file_that_is_not_there_is_said():
    with pytest.raises(InvalidInput, match="There is no file"):
        next(recompute(Path("nowhere.txt"), quiet))


def test_one_bad_record_is_noted_and_the_others_are_computed(tmp_path):
    bad = [record_of("2025-26"), record_of("2026-27")[:-1], record_of("2026-27")]
    (tmp_path / "file.txt").write_text("\n".join([record_of("2026-27"), *bad]))
    notes = [row.note for row in recompute(tmp_path / "file.txt", quiet)]
    assert "of 2025-26, but the file began with records of 2026-27" in notes[1]
    assert "7,943 characters" in notes[2]
    assert notes[0] == notes[3] == "The Department computed no index; its reject reasons: none given."


SAI, FAMILY_SIZE, INCOME = "at_175", "at_578", "at_776"


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
    (row,) = recompute(tmp_path / "file.txt", quiet)
    assert says in row.note and row.sai_computed == ""
