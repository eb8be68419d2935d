"""How a figure came about: every line of the computation, in the order in which the law takes it."""

from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

Value = TypeVar("Value")


class Line(NamedTuple):
    """One step: what it is called, what it makes, how, from what, and the paragraph or table that it rests on."""

    name: str
    amount: int
    formula: str
    citation: str
    inputs: dict[str, int]


@dataclass(slots=True)
class Derivation:
    """The lines of one computation. Equal inputs give equal derivations."""

    lines: list[Line] = field(default_factory=list)

    def add(self, name: str, amount: int, formula: str, citation: str, /, **inputs: int) -> int:
        """Write down a line and hand back its amount, so that a computation reads as one expression."""
        self.lines.append(Line(name, amount, formula, citation, inputs))
        return amount

    def amounts(self) -> dict[str, int]:
        """Each line's amount by its name."""
        return {line.name: line.amount for line in self.lines}


@dataclass(frozen=True, slots=True)
class Result(Generic[Value]):
    """What a tool answers: the value, and the derivation that an answer may cite."""

    value: Value
    derivation: Derivation
