"""What a result says in plain sentences; every figure in them is one of the derivation."""

from collections.abc import Mapping, Sequence

from publius.kit import Derivation, Line, Result, dollars
from publius_missions.student_aid import changes, pell
from publius_missions.student_aid.checklist import Checklist, Filer, Item
from publius_missions.student_aid.deciding import single_parent
from publius_missions.student_aid.dependency import QUESTIONS, Dependency
from publius_missions.student_aid.index import Aid
from publius_missions.student_aid.loans import GRADUATE, Borrower, Loans, all_verified
from publius_missions.student_aid.offers import Price
from publius_missions.student_aid.questions import Both, asked, joined, said
from publius_missions.student_aid.situation import Situation, counted_without

BY_INCOME = (pell.MINIMUM, pell.MAXIMUM)  # The first of these in the derivation decided.
NOTHING = Both("", "")
DECIDING = {"filing_status": "without_single_parent", "earned_income_credit": "without_earned_income_credit"}


def of_aid(family: Situation, result: Result[Aid]) -> Mapping[str, str]:
    """The index and the Pell Grant, why it is so much, and what the family was taken to be without."""
    line = {each.name: each for each in result.derivation.lines}
    told = said(
        "index_alone" if family.bachelors_degree else "student_aid_index",
        award_year=family.award_year,
        sai=f"{result.value.sai:,}",
        pell=dollars(result.value.pell),
        reason=line["scheduled Pell award"].formula,
        rule=_rule(line),
        no_pell=said("no_pell", award_year=family.award_year),
    )
    unsaid = [DECIDING[path.rpartition(".")[2]] for path in single_parent(family._asdict())]
    without = [*counted_without(family), *unsaid]
    return (told + (said("counted", what=joined(map(said, without), "; ")) if without else NOTHING)).says()


def _rule(line: Mapping[str, Line]) -> Both:
    """Where income decided: the rule that was looked at last, with its two figures."""
    held = next(line[name] for name in BY_INCOME if name in line)
    if "income" not in line["scheduled Pell award"].formula or not held.inputs:
        return NOTHING
    income, guideline = (dollars(held.inputs[name]) for name in ("income", "guideline"))
    return said("rule", rule=held.formula, income=income, guideline=guideline)


def of_pell(
    award_year: str, percent: int, derivation: Derivation, *, has_degree: bool, minimum_open: bool
) -> Mapping[str, str]:
    """The award of the year, and what it was before enrolment and cost; or that there is none, and why.

    `minimum_open`: there may be a minimum by an income that nobody spoke of.
    """
    if has_degree:
        return said("no_pell", award_year=award_year).says()
    scheduled, last = derivation.lines[0], derivation.lines[-1]
    enrolled = derivation.amounts()["Pell award for enrolment"]
    reason = scheduled.formula if last.amount == enrolled else last.formula
    told = said(
        "pell_grant",
        award_year=award_year,
        pell=dollars(last.amount),
        reason=reason,
        scheduled=dollars(scheduled.amount),
        percent=percent,
    )
    lowest = said("minimum_open", minimum=dollars(scheduled.inputs["minimum"])) if minimum_open else NOTHING
    return (told + lowest + said("counted", what=said("first_degree"))).says()


def of_dependency(award_year: str | None, status: Dependency) -> Mapping[str, str]:
    """The status and its ground; without an award year, of every year that there is."""
    year = award_year or said("any_award_year")
    if status.dependent:
        return said("dependent", award_year=year).says()
    ground = next(Both(each.en, each.es) for each in QUESTIONS if each.name == status.ground)
    kind = "provisional" if status.provisional else "independent"
    return said(kind, award_year=year, ground=ground).says()


def of_checklist(filer: Filer, checklist: Checklist, items: Sequence[Item]) -> Mapping[str, str]:
    """Who contributes, and what to have ready."""
    told = said(
        "checklist",
        award_year=filer.award_year,
        count=len(checklist.contributors),
        who=joined(checklist.contributors, ", "),
        items=joined([Both(each.en, each.es) for each in items], "; "),
    )
    return (told + (said("not_eligible") if filer.citizenship == "other" else NOTHING)).says()


def of_offers(prices: Sequence[Price]) -> Mapping[str, str]:
    """Each offer's net price side by side, what it leaves out, and which is the lowest where that can be said."""
    return said(
        "offers", prices=joined(map(_offer, range(1, len(prices) + 1), prices), "; "), lowest=_lowest(prices)
    ).says()


def _offer(number: int, price: Price) -> Both:
    net, loans = dollars(price.net_price), dollars(price.loans)
    if not price.left_out:
        return said("offer", number=number, price=net, loans=loans)
    return said(
        "offer_incomplete",
        number=number,
        price=net,
        loans=loans,
        left_out=joined(map(_component, price.left_out), ", "),
    )


def _component(name: str) -> Both:
    ask = asked(f"offer.{name}")
    return Both(ask.question.lower(), ask.es.lower())


def _lowest(prices: Sequence[Price]) -> Both:
    if len(prices) == 1:
        return said("alone")
    if any(each.left_out for each in prices):
        return said("not_comparable")
    nets = [each.net_price for each in prices]
    return said("tie") if nets.count(min(nets)) > 1 else said("lowest", number=nets.index(min(nets)) + 1)


def of_change(
    change: str, family: Situation, details: changes.Change, result: Result[changes.Comparison]
) -> Mapping[str, str]:
    """Both results, whether anything changed on the way, and what was left as it is though it would change too."""
    value = result.value
    told = said(
        "what_if",
        award_year=family.award_year,
        sai_before=f"{value.sai_before:,}",
        sai_after=f"{value.sai_after:,}",
        pell_before=dollars(value.pell_before),
        pell_after=dollars(value.pell_after),
        changed=said("changed" if changes.changed(result.derivation) else "unchanged"),
    )
    if change == "lose_a_job":
        told += _tax_left(value) if changes.untaxed(change, family, details) else NOTHING
    if change in ("lose_a_job", "sell_the_farm"):
        told += said(change)
    no_pell = Both(" ", " ") + said("no_pell", award_year=family.award_year)
    return (told + (no_pell if family.bachelors_degree else said("counted", what=said("first_degree")))).says()


def _tax_left(value: changes.Comparison) -> Both:
    if (value.sai_at_most, value.pell_at_least) == (value.sai_after, value.pell_after):
        return said("tax_left")
    return said("tax_left_open", sai=f"{value.sai_at_most:,}", pell=dollars(value.pell_at_least))


def of_loans(borrower: Borrower, most: Loans, derivation: Derivation) -> Mapping[str, str]:
    """The limits, what parents may borrow, and whether all of it is verified."""
    told = said(
        "loans",
        award_year=borrower.award_year,
        year=dollars(most.year),
        subsidized=dollars(most.year_subsidized),
        lifetime=dollars(most.lifetime),
        more=_plus(borrower, most),
    )
    return (told + (NOTHING if all_verified(derivation) else said("not_verified"))).says()


def _plus(borrower: Borrower, most: Loans) -> Both:
    if borrower.level in GRADUATE:
        return said("graduate_plus_cost" if most.all_loans_lifetime is None else "graduate_plus_ended")
    if most.parent_plus_year is None:
        return said("parent_plus_cost")
    if not most.parent_plus_year or most.parent_plus_lifetime is None:
        return said("no_plus")
    yearly, lifetime = dollars(most.parent_plus_year), dollars(most.parent_plus_lifetime)
    return said("parent_plus", plus_year=yearly, plus_lifetime=lifetime)
