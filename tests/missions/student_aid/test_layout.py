"""The positions in layout.csv are those of the Department's own layouts of the three years."""

import csv
from pathlib import Path

import pytest
from tests.missions.student_aid.isir_files import DATA, files, records

from publius_missions.student_aid.isir import layout
from publius_missions.student_aid.isir.layout import LENGTHS, layout_of

ROWS = list(csv.DictReader(Path(layout.__file__).with_name("layout.csv").open(encoding="utf-8", newline="")))
# What the same field at the same place was called before, or in one year: the last part of its name, without case.
FORMERLY = {
    "updated_family_size": {"revised_family_size"},
    "state_of_residence": {"state_of_legal_residence"},
    "income_tax_paid": {"total_tax_paid_amount"},
    "education_credits": {"educational_credits"},
    "received_eic": {"received_eitc"},
}


@records
@pytest.mark.parametrize("year", LENGTHS)
def test_each_field_is_the_departments(year):
    with (DATA / year / "layout.csv").open(encoding="utf-8", newline="") as opened:
        theirs = [(int(each["start"]), int(each["end"]), last_part(each["path"])) for each in csv.DictReader(opened)]
    for row in ROWS:
        start, end = int(row[year]), int(row[year]) + int(row["length"])
        first, _, last = row["name_in_2026-27"].partition(" to ")
        begins = {name for at, _, name in theirs if at == start}
        ends = {name for _, at, name in theirs if at == end}
        for name, there in ((first, begins), (last or first, ends)):
            assert names_it(row["field"], last_part(name), there), (row["field"], there)


def last_part(path):
    return path.rpartition("/")[2].lower()


def names_it(field, name, there):
    if field.startswith("computed."):  # Called by whose it is and what it is, in another order each year.
        return any(set(each.split("_")) <= {*name.split("_"), "total"} for each in there)
    return bool(there & {name, *FORMERLY.get(name, ())})


@pytest.mark.parametrize("year", LENGTHS)
def test_no_field_is_read_twice_and_none_ends_after_the_record(year):
    names = [name for part in layout_of(year).parts for name in part.names]
    assert sorted(names) == sorted(row["field"] for row in ROWS) == sorted(layout_of(year).names)
    assert all(int(row[year]) + int(row["length"]) <= LENGTHS[year] for row in ROWS)


@records
@pytest.mark.parametrize("year", LENGTHS)
def test_a_record_is_as_long_as_its_layout(year):
    for path in files(year):
        lines = path.read_text(encoding="latin-1").splitlines()
        assert {len(line) for line in lines if line.strip()} == {LENGTHS[year]}
