"""What a student needs for the FAFSA form: who must contribute and consent, and what to have at hand, each with why."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from publius.kit import AwardYear, Derivation, YesNo
from publius_missions.student_aid.questions import asked
from publius_missions.student_aid.situation import require

FORM_LAW = "HEA sec. 480(a) and 483, 20 U.S.C. 1087vv and 1090"
UNVERIFIED = (" (from memory, not verified)", " (de memoria, no verificado)")


class Filer(NamedTuple):
    """A student before the form is filled in."""

    award_year: Annotated[AwardYear, asked("award_year")]
    dependent: Annotated[YesNo, asked("dependent")]
    citizenship: Annotated[Literal["citizen", "eligible_noncitizen", "other"], asked("citizenship")]
    student_married: Annotated[YesNo | None, asked("student_married")] = None
    parents_together: Annotated[Literal["one", "together", "apart"] | None, asked("parents_together")] = None
    filed: Annotated[Literal["us", "not_required", "elsewhere"], asked("filed")] = "us"
    filed_jointly: Annotated[YesNo, asked("filed_jointly")] = False
    benefits: Annotated[YesNo, asked("benefits")] = False
    unusual_circumstances: Annotated[YesNo, asked("unusual_circumstances")] = False


class Item(NamedTuple):
    """One thing to have at hand: of how many people, and its words in both languages."""

    name: str
    people: int
    law: str
    en: str
    es: str
    why: str
    why_es: str


class Checklist(NamedTuple):
    """Who must contribute, and the names of what to have at hand."""

    contributors: tuple[str, ...]
    items: tuple[str, ...]


ITEMS = tomllib.loads(Path(__file__).with_name("checklist.toml").read_text(encoding="utf-8"))["item"]


def needed(given: Mapping[str, Any]) -> tuple[str, ...]:
    """What is asked beside what everybody is asked: who is in the family whose income counts."""
    if "dependent" not in given:
        return ()
    return ("parents_together",) if given["dependent"] else ("student_married",)


def tax_year(award_year: str) -> int:
    """The year whose income counts: two before the award year's first."""
    return int(award_year[:4]) - 2


def contributors(filer: Filer) -> tuple[str, ...]:
    """Who must give data and consent: the student, and whose income counts; one of a couple that filed jointly."""
    if not filer.dependent:
        return ("student", "spouse") if filer.student_married and not filer.filed_jointly else ("student",)
    couple = filer.parents_together == "together" and not filer.filed_jointly
    return ("student", "parent", "other parent") if couple else ("student", "parent")


def household(filer: Filer) -> int:
    """How many tax returns hold the income that counts, beside a dependent student's own."""
    return len(contributors(filer)) - int(filer.dependent)


def facts(filer: Filer) -> set[str]:
    """What holds of the student, in the words of `checklist.toml`."""
    filed = {"us": "filed_us", "not_required": "not_required_to_file", "elsewhere": "filed_elsewhere"}
    held = {filer.citizenship, filed[filer.filed]}
    held |= {name for name in ("benefits", "unusual_circumstances") if getattr(filer, name)}
    return held | ({"parents_apart"} if filer.dependent and filer.parents_together == "apart" else set())


def items(filer: Filer) -> Iterator[Item]:
    """What this student needs, in the order of the list. InvalidInput where it is not said who is in the family."""
    require(needed(filer._asdict()), filer._asdict())
    true, year = facts(filer), tax_year(filer.award_year)
    count = {"contributor": len(contributors(filer)), "household": household(filer), "": 1}
    for each in ITEMS:
        if set(each.get("when", ())) <= true:
            words = {name: each[name].format(tax_year=year) for name in ("en", "es", "why", "why_es")}
            yield Item(each["name"], count[each.get("each", "")], each["law"], **words)


def checklist(filer: Filer, listed: Sequence[Item], derivation: Derivation) -> Checklist:
    """The list, with a line for the number of contributors and one for each item: of how many people it is needed."""
    who = contributors(filer)
    derivation.add("contributors", len(who), "the student, and whose income counts", FORM_LAW)
    for item in listed:
        derivation.add(item.en, item.people, item.why + UNVERIFIED[0], item.law)
    return Checklist(who, tuple(item.name for item in listed))


def spanish(listed: Sequence[Item]) -> dict[str, str]:
    """The list's part of a derivation's Spanish."""
    names = {item.en: item.es for item in listed}
    return names | {item.why + UNVERIFIED[0]: item.why_es + UNVERIFIED[1] for item in listed}
