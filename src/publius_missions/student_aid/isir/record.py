"""One ISIR record: its award year, its fields by name, and the application that they make."""

import csv
from collections.abc import Callable
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from publius.kit import InvalidInput
from publius_missions.student_aid.application import Application, Contributor, Return, Unit

YEAR_CODES = {"5": "2024-25", "6": "2025-26", "7": "2026-27"}  # The first character of a record.
LENGTHS = {"2024-25": 7_704, "2025-26": 7_704, "2026-27": 7_944}
MARRIED = {"student": {"2", "3"}, "parent": {"2", "3", "4"}}  # Parents who live together count as if married.
DEPENDENT = {"D", "X"}  # The second is a dependent student whose application was rejected.
YES, NO = "1", "2"
NOT_REQUIRED = {"student": {"2"}, "parent": {"4", "5", "6"}}  # Why no return was filed, as each form codes it.

# The amounts that the Internal Revenue Service sends too, then those that only a person can enter.
FROM_IRS = (
    "adjusted_gross_income",
    "income_earned",
    "income_tax",
    "ira_deductions",
    "tax_exempt_interest",
    "ira_distributions",
    "pensions",
    "education_credits",
    "schedule_c",
)
BY_HAND = ("ira_rollover", "pension_rollover", "foreign_income_excluded", "taxable_grants", "work_study")
PEOPLE = {"student": ("student", "student_spouse"), "parent": ("parent", "other_parent")}
SOURCES = {
    who: [(amount, f"{who}.{amount}", f"{who}.irs.{amount}") for amount in FROM_IRS]
    + [(amount, f"{who}.{amount}", "") for amount in BY_HAND]
    for people in PEOPLE.values()
    for who in people
}


class Record(NamedTuple):
    """A record's award year and the text of each field that is used, blanks stripped."""

    award_year: str
    fields: dict[str, str]


def read(line: str, award_year: str = "") -> Record:
    """The record in a line without its end; InvalidInput for another year, an unknown one, or a record cut short."""
    year = YEAR_CODES.get(line[:1])
    if year is None:
        raise InvalidInput(
            f"The record begins with {line[:1]!r}, which is no award year known here.",
            f"Give a file of one of the years {', '.join(LENGTHS)}.",
        )
    if award_year and year != award_year:
        raise InvalidInput(
            f"The record is of {year}, but the file began with records of {award_year}.",
            "Give the records of each award year in a file of their own.",
        )
    if len(line) != LENGTHS[year]:
        raise InvalidInput(
            f"The record has {len(line):,} characters; one of {year} has {LENGTHS[year]:,}.",
            "Fetch the file again, or ask its sender for the whole record.",
        )
    names, cut = _layout(year)
    return Record(year, dict(zip(names, map(str.strip, cut(line)), strict=True)))


@cache
def _layout(award_year: str) -> tuple[tuple[str, ...], Callable[[str], tuple[str, ...]]]:
    path = Path(__file__).with_name("layout.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    starts = [int(row[award_year]) for row in rows]
    ends = [start + int(row["length"]) for start, row in zip(starts, rows, strict=True)]
    return tuple(row["field"] for row in rows), itemgetter(*map(slice, starts, ends))


@cache
def computed_fields(award_year: str) -> tuple[tuple[str, str], ...]:
    """The fields that hold what the Department computed on the way, each with the name of the law's line for it."""
    prefix = "computed."
    return tuple((name, name.removeprefix(prefix)) for name in _layout(award_year)[0] if name.startswith(prefix))


def application(record: Record) -> Application:
    """The law's inputs: of each amount what a person entered, else what the IRS sent, else 0."""
    fields = record.fields
    whose = "parent" if is_dependent(record) else "student"
    return Application(
        award_year=record.award_year,
        student=_unit(fields, "student"),
        parents=_unit(fields, "parent") if whose == "parent" else None,
        family_size=_family_size(fields, whose),
        state=fields[f"{whose}.state"],
        benefits=YES in fields["student.benefits"] or (whose == "parent" and YES in fields["parent.benefits"]),
    )


def is_dependent(record: Record) -> bool:
    """Whether parents' data count; a record with a formula says so itself, one without by its dependency model."""
    formula = record.fields["formula"]
    return formula == "A" if formula else record.fields["dependency"] in DEPENDENT


def number(fields: dict[str, str], name: str) -> int:
    """A field as a whole number, blank as 0."""
    text = fields[name]
    try:
        return int(text) if text else 0
    except ValueError:
        raise InvalidInput(
            f"The field {name!r} holds {text!r} where a whole number belongs.",
            "Check that the file is an ISIR file and was not edited.",
        ) from None


def _family_size(fields: dict[str, str], whose: str) -> int:
    for name in (f"{whose}.family_size", f"{whose}.assumed_family_size"):
        if fields[name]:
            return number(fields, name)
    on_returns = sum(number(fields, f"{who}.irs.exemptions") for who in PEOPLE[whose])
    return max(on_returns, 1)


def _unit(fields: dict[str, str], whose: str) -> Unit:
    first, second = PEOPLE[whose]
    people = [_contributor(fields, first, whose)]
    # The second person is there when any of their fields is filled: each of the two blocks is a field of its own too.
    if fields[f"{second}.manual"] or fields[f"{second}.irs"]:
        people.append(_contributor(fields, second, whose))
    return Unit(
        people=tuple(people),
        married=fields[f"{whose}.marital_status"] in MARRIED[whose],
        cash=number(fields, f"{first}.cash"),
        investments=number(fields, f"{first}.investments"),
        business_farm=number(fields, f"{first}.business_farm"),
        child_support=number(fields, f"{first}.child_support"),
    )


def _contributor(fields: dict[str, str], who: str, whose: str) -> Contributor:
    amounts = {}
    for amount, by_hand, from_irs in SOURCES[who]:
        name = by_hand if fields.get(by_hand) else from_irs
        if fields.get(name):
            amounts[amount] = number(fields, name)
    status = f"{who}.filing_status" if fields[f"{who}.filing_status"] else f"{who}.irs.filing_status"
    schedules = fields[f"{who}.other_schedules"] or fields[f"{who}.irs.schedules"]
    return Contributor(
        **amounts,
        other_schedules=YES in schedules,
        filing_status=number(fields, status),
        filed=_filed(fields, who, whose),
        earned_income_credit=fields.get(f"{who}.earned_income_credit") == YES,
    )


def _filed(fields: dict[str, str], who: str, whose: str) -> Return:
    if fields[f"{who}.us_return"] != NO:
        return Return.US
    elsewhere = fields[f"{who}.foreign_return"]
    return Return.NOT_REQUIRED if elsewhere in NOT_REQUIRED[whose] else Return.ELSEWHERE
