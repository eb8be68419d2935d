"""The Department's own test records, recomputed from their raw inputs and compared in every value."""

import re
from collections import Counter

import pytest
from tests.missions.student_aid.isir_files import files, record_of, records
from tests.quality.tree import ROOT

from publius_missions.student_aid.index import student_aid
from publius_missions.student_aid.isir import in_force
from publius_missions.student_aid.isir.compare import differences, intermediates, recomputed, was_computed
from publius_missions.student_aid.isir.layout import LENGTHS
from publius_missions.student_aid.isir.record import PEOPLE, application, number, read

LISTED = (ROOT / "docs" / "student-aid" / "differences.md").read_text(encoding="utf-8")
BEFORE_THE_ANNOUNCEMENT = ("20240308--no-headers", "09182024", "10232024", "07142025", "08042025")


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
