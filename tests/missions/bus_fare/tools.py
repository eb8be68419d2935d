"""A tiny mission for tests: two computations with inputs of every kind."""

from typing import Annotated, Any, Literal, NamedTuple

from publius.kit import (
    Ask,
    AwardYear,
    Between,
    Derivation,
    InvalidInput,
    Money,
    Result,
    State,
    Whole,
    YesNo,
    dollars,
    tool,
)

Amount = Annotated[Money, Between(-1_000_000, 1_000_000_000)]


class Earner(NamedTuple):
    """One person with an income."""

    wages: Annotated[Amount, Ask("Wages", es="Salario", words=("wages", "earn", "earns", "salary", "salario"))]
    tax: Annotated[Amount, Ask("Tax paid", es="Impuesto pagado", words=("tax", "impuesto"))]
    tips: Annotated[Amount, Ask("Tips", es="Propinas", words=("tips", "propinas"))] = 0


@tool(
    title="Reduced monthly pass",
    es="Pase mensual reducido",
    asks=("reduced pass", "monthly pass", "pase mensual", "pase reducido"),
)
def reduced_pass(
    award_year: Annotated[AwardYear, Ask("For which year?", es="¿Para qué año?", words=("year", "año"))],
    household: Annotated[
        Whole,
        Between(1, 20),
        Ask(
            "How many people live in the household?",
            es="¿Cuántas personas viven en el hogar?",
            help="Count everybody who lives there.",
            help_es="Cuente a todos los que viven ahí.",
            words=("household size", "household of", "hogar de"),
        ),
    ],
    income: Annotated[
        Amount, Ask("What is the yearly income?", es="¿Cuál es el ingreso anual?", words=("income", "ingreso"))
    ],
    veteran: Annotated[YesNo, Ask("Are you a veteran?", es="¿Es usted veterano?", words=("veteran", "veterano"))],
    zone: Annotated[
        Literal["city", "suburb"],
        Ask(
            "Where do you ride?",
            es="¿Dónde viaja?",
            words=("ride", "viajo"),
            choices={"city": ("Inner city", "Centro de la ciudad"), "suburb": ("Outer suburbs", "Las afueras")},
        ),
    ] = "city",
    state: Annotated[State | None, Ask("In which state?", es="¿En qué estado?", words=("live in", "vivo en"))] = None,
    rent: Annotated[Amount, Ask("What rent do you pay?", es="¿Qué renta paga?", words=("rent", "renta"))] = 0,
    earners: Annotated[
        list[Earner],
        Ask("What do the others earn?", es="¿Cuánto ganan los demás?", words=("wife", "husband", "esposa", "esposo")),
    ] = [],  # noqa: B006
) -> Result[dict[str, Any]]:
    """The price of a reduced monthly pass.

    Whole dollars. InvalidInput where the income is beyond the reduced fare. Fare order 12, section 3.
    """
    derivation = Derivation()
    everything = income - rent + sum(each.wages + each.tips - each.tax for each in earners)
    counted = derivation.add("counted income", everything, "income - rent + what others earn", "Fare order 12, s. 3(a)")
    if counted > 1_000_000:
        raise InvalidInput("With that income there is no reduced pass.", "Buy a full pass.")
    each = derivation.add("income a head", counted // household, "counted income / household", "Fare order 12, s. 3(b)")
    price = derivation.add("price", 10 if veteran else max(20, each // 1000), "the schedule", "Fare order 12, s. 3(c)")
    saved = derivation.add("saved", 95 - price, "full price - price", "Fare order 12, s. 3(d)")
    return Result(
        {"price": price, "zone": zone, "state": state},
        derivation,
        {
            "en": f"Your reduced monthly pass for {award_year} costs {dollars(price)}. "
            f"That is {dollars(saved)} less than a full pass.",
            "es": f"Su pase mensual reducido para {award_year} cuesta {dollars(price)}. "
            f"Son {dollars(saved)} menos que un pase completo.",
        },
    )


@tool(title="Refund of a pass", es="Reembolso de un pase", asks=("refund", "reembolso"))
def refund(
    price: Annotated[Amount, Ask("What did the pass cost?", es="¿Cuánto costó el pase?", words=("cost", "costó"))],
    days: Annotated[
        Whole, Between(0, 31), Ask("How many days are left?", es="¿Cuántos días quedan?", words=("days left",))
    ],
) -> Result[int]:
    """What is paid back for a pass that is handed in.

    Whole dollars. Fare order 12, section 5.
    """
    derivation = Derivation()
    back = derivation.add("refund", price * days // 31, "price * days / 31", "Fare order 12, s. 5")
    return Result(
        back, derivation, {"en": f"Your refund is {dollars(back)}.", "es": f"Su reembolso es de {dollars(back)}."}
    )
