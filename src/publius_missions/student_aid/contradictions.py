"""Answers that cannot stand beside each other: a family that there cannot be, or one that no table is known for.

Each is found as soon as the answers make it certain, and said at the answer that is to be looked at again. What is not
answered yet is not in the mapping, or None.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from publius_missions.student_aid.income import has_allowance
from publius_missions.student_aid.questions import Both, said

Answers = Mapping[str, Any]


def faults(given: Answers) -> dict[str, dict[str, str]]:
    """By the path of an answer what is wrong with it and what to do, in both languages; empty where nothing is."""
    if given.get("dependent") is None:
        return {}
    found = _of_a_dependent(given) if given["dependent"] else _of_an_independent(given)
    return {path: sentence.says() for path, sentence in found}


def couple(married: bool | None, people: Sequence[Any]) -> bool:
    """Whether these are two in one household: by what they say, and otherwise by their tax returns."""
    return len(people) > 1 or any(_joint(each) for each in people) if married is None else married


def _of_a_dependent(given: Answers) -> Iterator[tuple[str, Both]]:
    married, parents = given.get("parents_married"), given.get("parents") or ()
    if given.get("student_married"):
        yield "student_married", said("fault_married_dependent")
    least = 3 if couple(married, parents) else 2
    if (given.get("family_size") or least) < least:
        yield "family_size", said("fault_family_of_two_parents" if least == 3 else "fault_family_of_a_parent")
    if married is False:
        yield from _not_a_couple("parents", parents)
    yield from _not_a_couple("student", given.get("student") or ())


def _of_an_independent(given: Answers) -> Iterator[tuple[str, Both]]:
    married, student, size = given.get("student_married"), given.get("student") or (), given.get("family_size")
    if married and size == 1:
        yield "family_size", said("fault_family_of_a_couple")
    if married is False:
        yield from _not_a_couple("student", student)
    filed = any(each.filed != "not_required" for each in student)  # Of who need not file no allowance is looked up.
    if married is False and filed and size and size > 1 and not has_allowance(given.get("award_year", ""), size):
        yield "family_size", said("fault_no_table", award_year=given["award_year"])


def _not_a_couple(whose: str, people: Sequence[Any]) -> Iterator[tuple[str, Both]]:
    if len(people) > 1:
        yield whose, said(f"fault_two_{whose}")
    for place, each in enumerate(people):
        if _joint(each):
            yield f"{whose}.{place}.filing_status", said(f"fault_joint_{whose}")


def _joint(person: Any) -> bool:
    return bool(person.filing_status == "joint")
