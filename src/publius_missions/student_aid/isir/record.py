"""One ISIR record: its award year, its fields by name, and the application that they make."""

from functools import cache
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from publius.kit import InvalidInput
from publius_missions.student_aid.application import AMOUNTS, Application, Contributor, Return, Unit
from publius_missions.student_aid.isir.layout import LENGTHS, layout_of

YEAR_CODES = {"5": "2024-25", "6": "2025-26", "7": "2026-27"}  # The first character of a record.
MARRIED = {"student": {"2", "3"}, "parent": {"2", "3", "4"}}  # Parents who live together count as if married.
DEPENDENT = {"D", "X"}  # The second is a dependent student whose application was rejected.
YES, NO = "1", "2"
GRADUATE_LEVEL = "4"
NOT_REQUIRED = {"student": {"2"}, "parent": {"4", "5", "6"}}  # Why no return was filed, as each form codes it.

PEOPLE = {"student": ("student", "student_spouse"), "parent": ("parent", "other_parent")}

# Of each person every amount as it was entered, and as the Internal Revenue Service sent it.
ENTERED, SENT = (
    {
        who: tuple(f"{who}.{source}{amount}" for amount in Contributor._fields[:AMOUNTS])
        for people in PEOPLE.values()
        for who in people
    }
    for source in ("", "irs.")
)
CUT_ENTERED, CUT_SENT = ({who: itemgetter(*names) for who, names in each.items()} for each in (ENTERED, SENT))
# And what is said of each person's return.
RETURN = ("filing_status", "other_schedules", "irs.schedules", "us_return", "foreign_return", "earned_income_credit")
CUT_RETURN = {who: itemgetter(*(f"{who}.{name}" for name in RETURN)) for who in ENTERED}


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
    fields = _blank(year).copy()
    layout_of(year).cut(line, fields)
    return Record(year, fields)


@cache
def _blank(award_year: str) -> dict[str, str]:
    """Every field as a blank record holds it; what a form does not ask one of the people for is blank too."""
    asked = chain(*ENTERED.values(), *SENT.values(), (f"{who}.earned_income_credit" for who in ENTERED))
    return dict.fromkeys([*layout_of(award_year).names, *asked], "")


def application(record: Record) -> Application:
    """The law's inputs: of each amount what a person entered, else what the IRS sent, else 0."""
    fields = record.fields
    whose = "parent" if is_dependent(record) else "student"
    return Application(
        award_year=record.award_year,
        student=_unit(fields, "student"),
        parents=_unit(fields, "parent") if whose == "parent" else None,
        family_size=family_size(record)[0],
        state=fields[f"{whose}.state"],
        benefits=YES in fields["student.benefits"] or (whose == "parent" and YES in fields["parent.benefits"]),
        has_degree=has_degree(fields),
    )


def has_degree(fields: dict[str, str]) -> bool:
    """Whether the student is past the first bachelor's degree, for which alone there is a Pell Grant.

    A graduate who is on the way to a teacher's certificate may have one too.
    """
    graduate = fields["bachelors_degree"] == YES or fields["grade_level"] == GRADUATE_LEVEL
    return graduate and fields["teacher_certification"] != YES


def reject_reasons(record: Record) -> list[str]:
    """The codes of why the Department rejected the application; the record holds two characters for each."""
    held = record.fields["reject_reasons"]
    return [held[at : at + 2].strip() for at in range(0, len(held), 2)]


def is_dependent(record: Record) -> bool:
    """Whether parents' data count; a record with a formula says so itself, one without by its dependency model."""
    formula = record.fields["formula"]
    return formula == "A" if formula else record.fields["dependency"] in DEPENDENT


def number(fields: dict[str, str], name: str) -> int:
    """A field as a whole number, blank as 0."""
    try:
        return int(fields[name] or 0)
    except ValueError:
        raise InvalidInput(
            f"The field {name!r} holds {fields[name]!r} where a whole number belongs.",
            "Check that the file is an ISIR file and was not edited.",
        ) from None


def family_size(record: Record) -> tuple[int, str]:
    """How many people the family has, and how that is known: entered, assumed, from the returns, or unknown."""
    fields = record.fields
    whose = "parent" if is_dependent(record) else "student"
    for name, source in ((f"{whose}.family_size", "entered"), (f"{whose}.assumed_family_size", "assumed")):
        if fields[name]:
            return number(fields, name), source
    on_returns = sum(number(fields, f"{who}.irs.exemptions") for who in PEOPLE[whose])
    return (on_returns, "returns") if on_returns > 0 else (1, "unknown")


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
    status, schedules, sent_schedules, us_return, elsewhere, credit = CUT_RETURN[who](fields)
    # In the order of a contributor's fields, since naming eighteen takes as long again.
    return Contributor._make(
        (
            *_amounts(fields, who),
            YES in (schedules or sent_schedules),
            number(fields, f"{who}.filing_status" if status else f"{who}.irs.filing_status"),
            _filed(us_return, elsewhere, whose),
            credit == YES,
        )
    )


def _amounts(fields: dict[str, str], who: str) -> list[int]:
    texts = zip(CUT_ENTERED[who](fields), CUT_SENT[who](fields), strict=True)
    try:
        return [int(text) if (text := entered or sent) else 0 for entered, sent in texts]
    except ValueError:  # Once more, to name the field.
        names = zip(ENTERED[who], SENT[who], strict=True)
        return [number(fields, entered if fields[entered] else sent) for entered, sent in names]


def _filed(us_return: str, elsewhere: str, whose: str) -> Return:
    if us_return != NO:
        return Return.US
    return Return.NOT_REQUIRED if elsewhere in NOT_REQUIRED[whose] else Return.ELSEWHERE
