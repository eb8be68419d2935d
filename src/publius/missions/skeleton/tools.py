"""The tools of this mission: what is computed by code, each with its derivation."""

from typing import Annotated

from publius.kit import Ask, Between, Derivation, Result, Whole, dollars, tool

A_DAY, MOST = 2, 30  # dollars; paragraph 4


@tool(title="Fee of a late return", asks=("late", "overdue", "fee"))
def late_fee(
    days: Annotated[Whole, Between(1, 3650), Ask("How many days late is the return?", words=("days late",))],
) -> Result[int]:
    """The fee of a late return.

    Whole dollars. Rules of lending, paragraph 4.
    """
    derivation = Derivation()
    law = "Rules of lending, paragraph 4"
    counted = derivation.add("days counted", days * A_DAY, f"{A_DAY} dollars a day", law, days=days)
    fee = derivation.add("fee", min(counted, MOST), f"at most {MOST} dollars", law, counted=counted)
    return Result(fee, derivation, {"en": f"The fee is {dollars(fee)}."})
