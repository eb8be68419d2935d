"""What a college's aid offer comes to: the net price, without counting loans as aid, and what the offer leaves out."""

from typing import Annotated, NamedTuple

from publius.kit import Derivation
from publius_missions.student_aid.questions import asked
from publius_missions.student_aid.situation import Owned

COST_LAW = "HEA sec. 472, 20 U.S.C. 1087ll"
NET_PRICE_RULE = "GAO-23-104708: the cost of attendance less grants and scholarships only"


class Offer(NamedTuple):
    """One college's offer for a year in whole dollars; None for what it does not state."""

    tuition_and_fees: Annotated[Owned | None, asked("offer.tuition_and_fees")] = None
    housing_and_food: Annotated[Owned | None, asked("offer.housing_and_food")] = None
    books: Annotated[Owned | None, asked("offer.books")] = None
    transportation: Annotated[Owned | None, asked("offer.transportation")] = None
    personal: Annotated[Owned | None, asked("offer.personal")] = None
    grants_and_scholarships: Annotated[Owned, asked("offer.grants_and_scholarships")] = 0
    student_loans: Annotated[Owned, asked("offer.student_loans")] = 0
    parent_loans: Annotated[Owned, asked("offer.parent_loans")] = 0
    work_study: Annotated[Owned, asked("offer.work_study")] = 0


COSTS = ("tuition_and_fees", "housing_and_food", "books", "transportation", "personal")


class Price(NamedTuple):
    """What one offer comes to in a year: dollars, and the cost components that it does not state."""

    cost: int
    grants: int
    net_price: int
    loans: int
    work_study: int
    left_out: tuple[str, ...]


def price(number: int, offer: Offer, derivation: Derivation) -> Price:
    """The price of the offer with this number. Loans are not aid: they are shown, and lower nothing."""
    stated = {name: getattr(offer, name) for name in COSTS if getattr(offer, name) is not None}
    left_out = tuple(name for name in COSTS if name not in stated)
    place = f"offer {number}: "
    cost = derivation.add(
        f"{place}cost of attendance",
        sum(stated.values()),
        "the sum of the components that the offer states" if left_out else "the sum of its components",
        COST_LAW,
        **stated,
    )
    grants = offer.grants_and_scholarships
    net = derivation.add(
        f"{place}net price",
        max(0, cost - grants),
        "cost of attendance - grants and scholarships, at least 0; loans and work-study lower nothing",
        NET_PRICE_RULE,
        cost=cost,
        grants=grants,
    )
    loans = derivation.add(
        f"{place}loans, to be paid back",
        offer.student_loans + offer.parent_loans,
        "the sum of the loans offered; not aid",
        NET_PRICE_RULE,
        student=offer.student_loans,
        parents=offer.parent_loans,
    )
    work = derivation.add(f"{place}work-study, to be earned", offer.work_study, "as the offer states", NET_PRICE_RULE)
    return Price(cost, grants, net, loans, work, left_out)
