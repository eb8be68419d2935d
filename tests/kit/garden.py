"""A mission's tools as an author writes them, with every kind of input: what a garden costs."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from publius.kit import Ask, AwardYear, Between, Derivation, Money, Result, State, Whole, YesNo, tool


class Gardener(NamedTuple):
    """Somebody who works in the garden."""

    wage: Annotated[Money, Ask("What is the wage?", es="¿Cuánto gana?", words=("wage",))] = 0
    hours: Annotated[Whole, Between(0, 80), Ask("How many hours a week?", es="¿Cuántas horas por semana?")] = 40
    trained: Annotated[YesNo | None, Ask("Trained?", es="¿Con formación?")] = None


@tool(title="Cost of a garden", es="Costo de un jardín", asks=("garden",))
def cost(
    year: Annotated[AwardYear, Ask("For which year?", es="¿Para qué año?", choices=("2025-26", "2026-27"))],
    beds: Annotated[
        Whole, Between(1, 99), Ask("How many beds?", es="¿Cuántos bancales?", help="Count the empty ones.")
    ],
    soil: Annotated[
        Literal["sand", "clay"],
        Ask(
            "What is the soil?", es="¿Qué suelo hay?", choices={"sand": ("Sand", "Arena"), "clay": ("Clay", "Arcilla")}
        ),
    ],
    gardeners: Annotated[list[Gardener], Between(0, 3), Ask("Who works there?", es="¿Quién trabaja allí?")],
    state: Annotated[State, Ask("In which state?", es="¿En qué estado?")] = "CA",
    savings: Annotated[Money | None, Ask("What is saved?", es="¿Cuánto hay ahorrado?")] = None,
    fenced: Annotated[YesNo, Ask("Is it fenced?", es="¿Tiene valla?")] = False,
    since: Annotated[AwardYear, Ask("Since which year?", es="¿Desde qué año?")] = "2020-21",
) -> Result[int]:
    """The cost of a garden in a year, in whole dollars.

    Nothing here rests on a law.
    """
    derivation = Derivation()
    each = derivation.add("cost of a bed", 1_200 if soil == "clay" else 1_000, "by the soil", "Garden Act, sec. 1")
    total = derivation.add("cost", beds * each, "beds x cost of a bed", "Garden Act, sec. 2", beds=beds, each=each)
    return Result(total, derivation, {"en": f"It costs ${total:,}.", "es": f"Cuesta ${total:,}."})


@tool(title="Nothing")
def nothing() -> Result[int]:
    """What a tool without inputs computes: nothing."""
    return Result(0, Derivation())


class House(NamedTuple):
    """A greenhouse; who heats it says with what, and where it is bought."""

    panes: Annotated[Whole, Between(1, 500), Ask("How many panes?", es="¿Cuántos cristales?")]
    heated: Annotated[YesNo, Ask("Is it heated?", es="¿Tiene calefacción?")]
    fuel: Annotated[Literal["wood", "gas"] | None, Ask("With what?", es="¿Con qué?")] = None
    bill: Annotated[Money | None, Ask("What does heating cost?", es="¿Cuánto cuesta?")] = None
    heaters: Annotated[list[Gardener], Between(0, 2), Ask("Who heats it?", es="¿Quién la calienta?")] = []  # noqa: RUF012


def for_heating(values: Mapping[str, Any]) -> tuple[str, ...]:
    """What is needed besides, once it is said that the house is heated."""
    return ("fuel", "bill", "heaters") if values.get("heated") else ()


@tool(title="Greenhouse", es="Invernadero", asks=("greenhouse",), needed=for_heating)
def greenhouse(house: House, year: Annotated[AwardYear, Ask("Which year?")] = "2026-27") -> Result[int]:
    """The price of a greenhouse, in whole dollars."""
    derivation = Derivation()
    glass = derivation.add("glass", 5 * house.panes, "$5 a pane", "Garden Act, sec. 3", panes=house.panes)
    spanish = {"glass": "cristal", "${} a pane": "${} por cristal", "panes": "cristales"}
    return Result(glass, derivation, {"en": f"It costs ${glass:,}."}, spanish)


TOOLS = (cost, nothing, greenhouse)
