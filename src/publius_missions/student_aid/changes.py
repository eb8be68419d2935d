"""What if: one change in a family's situation, and what it does to the index and the Pell Grant, line by line."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, NamedTuple

from publius.kit import Between, Derivation, InvalidInput, Line, Result, Whole, dollars
from publius_missions.student_aid import contradictions, situation
from publius_missions.student_aid.application import LARGEST_FAMILY
from publius_missions.student_aid.index import student_aid
from publius_missions.student_aid.questions import Both, asked, said
from publius_missions.student_aid.situation import Owned, Person, Situation

# How a change is asked about, in either language: `What if my mother lost her job?`
SUPPOSED = ("what if", "if i", "if we", "if my", "qué pasa si", "qué pasaría si", "y si", "si me", "si mi")
HAPPENS = (
    *("marry", "married", "turn 24", "lose … job", "loses … job", "lost … job", "laid off", "unemployed"),
    *("baby", "another child", "one more", "sell", "sells", "sold", "something changes"),
    *("me caso", "casara", "casado", "casada", "cumplo 24", "pierde … trabajo", "pierdo … trabajo"),
    *("perdió … trabajo", "pierde … empleo", "perdiera … trabajo", "bebé", "otro hijo", "otra hija", "persona más"),
    *("get|gets|getting divorced|separated", "se divorcian|divorciaran", "se separan|separaran"),
    *("vendo", "vendemos", "venden", "vende", "vendiéramos", "algo cambia"),
)


class Change(NamedTuple):
    """What a change comes with; each belongs to one or two of the changes."""

    spouse: Annotated[list[Person], Between(0, 1), asked("change.spouse")] = []  # noqa: RUF012 (never changed)
    own_family_size: Annotated[Whole | None, Between(1, LARGEST_FAMILY), asked("change.own_family_size")] = None
    income_lost: Annotated[Owned | None, asked("change.income_lost")] = None
    tax_saved: Annotated[Owned | None, asked("change.tax_saved")] = None
    sale_price: Annotated[Owned | None, asked("change.sale_price")] = None


class Comparison(NamedTuple):
    """The index and the scheduled Pell Grant before and after a change, in dollars.

    Where nobody said how much less income tax is paid, the result after it is that with the tax left as it was, and
    `sai_at_most` and `pell_at_least` are those with none paid: the true ones lie in between. Else they are the same.
    """

    sai_before: int
    sai_after: int
    pell_before: int
    pell_after: int
    sai_at_most: int
    pell_at_least: int


def marry(now: Situation, change: Change) -> Situation:
    """The student marries: independent from then on, and the spouse's income counts instead of the parents'."""
    size = change.own_family_size or (2 if now.dependent else now.family_size + 1)
    return _on_ones_own(now, size)._replace(student=[*now.student, *change.spouse], student_married=True)


def turn_24(now: Situation, change: Change) -> Situation:
    """The student turns 24 by the year's cut-off: independent, and the parents no longer count."""
    return _on_ones_own(now, change.own_family_size or 1) if now.dependent else now


def lose_a_job(now: Situation, change: Change) -> Situation:
    """The first person whose income counts no longer earns so much; the tax goes down by what is said, or not."""
    first, *others = _whose(now)
    lost = change.income_lost or 0
    after = first._replace(
        adjusted_gross_income=first.adjusted_gross_income - lost,
        income_earned=first.income_earned - lost,
        income_tax=first.income_tax - (change.tax_saved or 0),
    )
    people = [after, *others]
    return now._replace(parents=people) if now.dependent else now._replace(student=people)


def one_more_in_the_family(now: Situation, change: Change) -> Situation:
    """The family has one more member."""
    return now._replace(family_size=now.family_size + 1)


def sell_the_farm(now: Situation, change: Change) -> Situation:
    """The farm or business becomes money in the bank, which counts in full; the farm itself counted in part or not."""
    got = change.sale_price or 0
    if now.dependent:
        return now._replace(parents_cash=now.parents_cash + got, parents_business_farm=0)
    return now._replace(student_cash=now.student_cash + got, student_business_farm=0)


CHANGES: dict[str, Callable[[Situation, Change], Situation]] = {
    "marry": marry,
    "turn_24": turn_24,
    "lose_a_job": lose_a_job,
    "one_more_in_the_family": one_more_in_the_family,
    "sell_the_farm": sell_the_farm,
}
# Which parent's figures would count is not known from both parents' return: what to do instead is said.
NOT_COMPUTED = ("parents_divorce",)
NEEDED = {"marry": ("spouse", "student"), "turn_24": ("student",), "lose_a_job": ("income_lost",)}
NEEDED |= {"sell_the_farm": ("sale_price",)}


def needed(given: Mapping[str, Any]) -> tuple[str, ...]:
    """What the index needs, and what the change cannot do without."""
    return (*situation.needed(given), *NEEDED.get(given.get("change", ""), ()))


def faults(given: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What cannot be: of the family as it is, or of the change; by the path of the answer, in both languages."""
    return contradictions.faults(given) | {path: sentence.says() for path, sentence in _faults(given)}


def _faults(given: Mapping[str, Any]) -> Iterator[tuple[str, Both]]:
    change = given.get("change")
    if change in NOT_COMPUTED:
        yield "change", said(f"fault_{change}")
    if change == "marry" and given.get("student_married"):
        yield "student_married", said("fault_married_already")
    if change == "marry" and given.get("own_family_size") == 1:
        yield "own_family_size", said("fault_own_family")
    people = given.get("parents" if given.get("dependent") else "student")
    if change == "lose_a_job" and people:
        for name, of in (("income_lost", people[0].income_earned), ("tax_saved", people[0].income_tax)):
            if (given.get(name) or 0) > (most := max(0, of or 0)):
                yield name, said(f"fault_{name}", most=dollars(most))


def untaxed(change: str, now: Situation, details: Change) -> Change | None:
    """The same change with no income tax paid any more; None where that makes no difference, or the tax was said.

    Less income means less tax, and a smaller tax a higher index: so the true result lies between the two.
    """
    if change != "lose_a_job" or details.tax_saved is not None or _whose(now)[0].income_tax <= 0:
        return None
    return details._replace(tax_saved=_whose(now)[0].income_tax)


def after(change: str, now: Situation, details: Change) -> Situation:
    """The situation after the change; InvalidInput where what the change comes with was not said."""
    held = now._asdict() | details._asdict()
    situation.require(needed(held | {"change": change}), held)
    if found := faults(held | {"change": change}):
        problems = {path: sentence["en"] for path, sentence in found.items()}
        raise InvalidInput(" ".join(problems.values()), problems=problems)
    return CHANGES[change](now, details)


def _whose(now: Situation) -> list[Person]:
    return now.parents if now.dependent else now.student


RESULTS = ("Student Aid Index", "scheduled Pell award")
UNTAXED = "after, if no income tax is paid"


def _on_ones_own(now: Situation, family_size: int) -> Situation:
    return now._replace(dependent=False, family_size=family_size, student_married=bool(now.student_married))


def compare(now: Situation, then: Situation, most: Situation | None = None) -> Result[Comparison]:
    """Both results; the derivation holds the two of them, and before and after of each line that changed.

    `most` is the situation afterwards with no income tax paid, where that is open: its two results are lines as well.
    """
    before, after = student_aid(now.application()), student_aid(then.application())
    derivation = Derivation()
    lines = [{line.name: line for line in each.derivation.lines} for each in (before, after)]
    for name in lines[0] | lines[1]:
        pair = [each.get(name) for each in lines]
        if name in RESULTS or _amount(pair[0]) != _amount(pair[1]):
            for moment, line in zip(("before", "after"), pair, strict=True):
                if line is not None:
                    derivation.lines.append(line._replace(name=f"{moment}: {name}"))
    bound = student_aid(most.application()) if most else after
    if most:
        lines_of_most = [line for line in bound.derivation.lines if line.name in RESULTS]
        derivation.lines += [line._replace(name=f"{UNTAXED}: {line.name}") for line in lines_of_most]
    one, other, end = before.value, after.value, bound.value
    return Result(Comparison(one.sai, other.sai, one.pell, other.pell, end.sai, end.pell), derivation)


def changed(derivation: Derivation) -> list[str]:
    """The names of the lines that differ, in the law's order, the results left out."""
    names = dict.fromkeys(line.name.partition(": ")[2] for line in derivation.lines)
    return [name for name in names if name not in RESULTS]


def _amount(line: Line | None) -> int | None:
    return None if line is None else line.amount
