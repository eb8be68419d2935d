"""One record explained: what was given and by whom, what the law makes of it line by line, and what the record holds.

Nothing in it identifies a person: people are called by what they are in the application.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from publius.kit import InvalidInput, Line, Result
from publius_missions.student_aid.application import Application, Contributor
from publius_missions.student_aid.index import Aid, student_aid
from publius_missions.student_aid.isir import in_force
from publius_missions.student_aid.isir.compare import intermediates, recomputed, results, was_computed
from publius_missions.student_aid.isir.files import start_of, text_of
from publius_missions.student_aid.isir.record import ENTERED, PEOPLE, SENT, Record, application, number, read

OWNED = ("cash", "investments", "business_farm", "child_support")  # Of the student with a spouse, and of the parents.
BY_THE_DEPARTMENT = "work_study"  # No question of the form: the Department adds it to the record.


class Given(NamedTuple):
    """An amount in dollars that counts: `source` is entered, irs or department; `sent` what the IRS sent beside it."""

    name: str
    amount: int
    source: str
    sent: int | None = None


class Person(NamedTuple):
    """Someone whose data count: the amounts that are filled in, and what else the person said of the return."""

    who: str
    given: tuple[Given, ...]
    about: Contributor


class Step(NamedTuple):
    """A line of the derivation, and what the record holds for it, if anything."""

    line: Line
    record: int | None


class Compared(NamedTuple):
    """A result that the record holds and the law's, or a value on the way for which the law has no line, so 0."""

    name: str
    record: int
    computed: int


class Explained(NamedTuple):
    """Everything that can be said of one record; without `result` and what follows if the Department computed none."""

    line: int
    record: Record
    application: Application
    people: tuple[Person, ...]
    result: Result[Aid] | None = None
    steps: tuple[Step, ...] = ()
    compared: tuple[Compared, ...] = ()
    today: Aid | None = None  # Under the law of today, where the record was made under an earlier one and it differs.


def explain(file: Path, line: int) -> Explained:
    """The record on a line of a file, counted from 1. InvalidInput if there is none, or if it cannot be read."""
    record = _record(file, line)
    applied = application(record)
    people = tuple(_people(record, applied))
    if not was_computed(record):
        return Explained(line, record, applied, people)
    result = recomputed(record)
    today = student_aid(applied).value if in_force.foreign_income_left_out(record) else result.value
    held = {name: held for name, held, _ in intermediates(record, result)}
    lines = result.derivation.amounts()
    compared = [Compared(*each) for each in results(record, result.value)]
    compared += [Compared(name, value, 0) for name, value in held.items() if value and name not in lines]
    return Explained(
        line,
        record,
        applied,
        people,
        result,
        tuple(Step(each, held.get(each.name)) for each in result.derivation.lines),
        tuple(compared),
        None if today == result.value else today,
    )


def _record(file: Path, line: int) -> Record:
    start = start_of(file)
    if line < 1:
        raise InvalidInput(f"There is no line {line}.", "Lines are counted from 1.")
    with file.open("rb") as opened:
        opened.seek(start)
        found = next(islice(opened, line - 1, None), None)
        if found is None:
            opened.seek(start)
            raise InvalidInput(f"The file has {sum(1 for _ in opened):,} lines.", "Give the line of a record in it.")
    if not (text := text_of(found)):
        raise InvalidInput(f"Line {line} is blank.", "Give the number of a line that holds a record.")
    return read(text)


def _people(record: Record, applied: Application) -> Iterator[Person]:
    for whose, unit in (("student", applied.student), ("parent", applied.parents)):
        for who, about in zip(PEOPLE[whose], unit.people if unit else (), strict=False):
            owned = () if who != PEOPLE[whose][0] else OWNED
            yield Person(who, (*_amounts(record, who), *_owned(record, who, owned)), about)


def _amounts(record: Record, who: str) -> Iterator[Given]:
    fields = record.fields
    for name, entered, sent in zip(Contributor._fields, ENTERED[who], SENT[who], strict=False):
        if fields[entered]:
            source = "department" if name == BY_THE_DEPARTMENT else "entered"
            yield Given(name, number(fields, entered), source, number(fields, sent) if fields[sent] else None)
        elif fields[sent]:
            yield Given(name, number(fields, sent), "irs")


def _owned(record: Record, who: str, names: tuple[str, ...]) -> Iterator[Given]:
    for name in names:
        if record.fields[f"{who}.{name}"]:
            yield Given(name, number(record.fields, f"{who}.{name}"), "entered")
