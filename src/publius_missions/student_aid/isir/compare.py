"""Where a record and the law disagree: the index, the Pell indicators and flag, and every value in between."""

from typing import NamedTuple

from publius.kit import Result
from publius_missions.student_aid.index import Aid, student_aid
from publius_missions.student_aid.isir import in_force
from publius_missions.student_aid.isir.layout import layout_of
from publius_missions.student_aid.isir.record import Record, application, number
from publius_missions.student_aid.pell import MAXIMUM, MINIMUM, NON_FILER


class Difference(NamedTuple):
    """One value that the record and the law give differently; an amount, an indicator, or 1 and 0 for yes and no."""

    name: str
    record: int
    computed: int

    def __str__(self) -> str:
        return f"{self.name}: record {self.record:,}, computed {self.computed:,}"


def was_computed(record: Record) -> bool:
    """Whether the Department computed anything: a rejected application has no index, and nothing to compare."""
    return any(record.fields[name] for name in ("sai", "provisional_sai"))


def recomputed(record: Record) -> Result[Aid]:
    """The record's index and Pell Grant from its raw inputs, under the rules that it was made under.

    InvalidInput for amounts that cannot be, or where the tables do not hold what is needed.
    """
    return student_aid(application(record), in_force.tables(record))


def differences(record: Record, result: Result[Aid]) -> list[Difference]:
    """Every value that differs, the results first and then the lines in the record's order."""
    return [
        Difference(*pair)
        for pair in [*results(record, result.value), *intermediates(record, result)]
        if pair[1] != pair[2]
    ]


def results(record: Record, aid: Aid) -> list[tuple[str, int, int]]:
    """Each result that the record holds: its name, the record's, and the law's."""
    fields = record.fields
    pairs = [
        ("Student Aid Index", number(fields, "sai" if fields["sai"] else "provisional_sai"), aid.sai),
        (MAXIMUM, number(fields, "max_pell"), aid.max_pell),
        (MINIMUM, number(fields, "min_pell"), aid.min_pell),
    ]
    if fields["sai"]:
        pairs.append(("Pell flag", int(fields["pell_flag"] == "Y"), int(aid.pell > 0)))
    return pairs


def intermediates(record: Record, result: Result[Aid]) -> list[tuple[str, int, int]]:
    """Each value that the record holds on the way: its name, the record's, and the law's (0 where it has no such line).

    Of a family that need not file none, since no formula is run for it.
    """
    if result.value.max_pell == NON_FILER:
        return []
    law, fields = result.derivation.amounts().get, record.fields
    return [
        (name, number(fields, field), law(name, 0))
        for field, name in layout_of(record.award_year).computed
        if fields[field]
    ]
