"""What nobody has to say, but what may decide over the grant: whoever can be asked is asked for it.

Only where the outcome turns on it: with each answer that there can be, the grant is worked out, and a difference makes
the question. So nobody is asked what would change nothing.
"""

from collections.abc import Mapping
from typing import Any

from publius.kit import Derivation, InvalidInput, load
from publius_missions.student_aid import pell
from publius_missions.student_aid.contradictions import faults
from publius_missions.student_aid.index import TABLES, student_aid
from publius_missions.student_aid.situation import Situation, brings_up_alone, needed

Given = Mapping[str, Any]


def single_parent(given: Given) -> tuple[str, ...]:
    """How the return of a parent alone was filed, or else whether there was an earned income credit, if that decides.

    A single parent of tax law has another limit of income for the largest and the smallest Pell Grant.
    """
    own = {name: given[name] for name in Situation._fields if name in given}
    required = set(Situation._fields) - Situation._field_defaults.keys()
    if required - own.keys() or any(own.get(name) in (None, [], ()) for name in needed(own)) or faults(own):
        return ()
    family = Situation(**own)
    whose = "parents" if family.dependent else "student"
    people = getattr(family, whose)
    if not brings_up_alone(family) or people[0].earned_income_credit:
        return ()
    alone = [people[0]._replace(filing_status="head_of_household")]
    head = family._replace(parents=alone) if family.dependent else family._replace(student=alone)
    if people[0].filing_status in ("head_of_household", "surviving_spouse") or _award(family) == _award(head):
        return ()
    return (f"{whose}.0.{'filing_status' if people[0].filing_status == 'unknown' else 'earned_income_credit'}",)


def _award(family: Situation) -> tuple[int, int] | None:
    """The index and the grant; None where they cannot be worked out."""
    try:
        aid = student_aid(family.application()).value
    except InvalidInput:
        return None
    return aid.sai, aid.pell


def minimum_by_income(given: Given) -> tuple[str, ...]:
    """Whether there is a minimum grant by income, where the index by itself leaves none, and forbids none either."""
    if not {"award_year", "student_aid_index"} <= given.keys():
        return ()
    if given.get("maximum_pell") or given.get("bachelors_degree"):
        return ()
    year, index = load(TABLES, given["award_year"]), given["student_aid_index"]
    with_it, without = (pell.scheduled_award(index, 0, held, year, Derivation()) for held in (1, 0))
    return ("minimum_pell",) if with_it != without else ()
