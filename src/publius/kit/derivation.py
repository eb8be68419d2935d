"""How a figure came about: every line of the computation, in the order in which the law takes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from publius.kit.translation import translated

Value = TypeVar("Value")
SPANISH_ANSWERS = {"yes": "sí", "no": "no"}


class Line(NamedTuple):
    """One step: what it is called, what it makes, how, from what, and the paragraph or table that it rests on.

    `answer` is "yes" or "no" where the amount is no figure but the answer to a question: any but 0 is yes.
    """

    name: str
    amount: int
    formula: str
    citation: str
    inputs: dict[str, int]
    answer: str = ""

    @property
    def shown(self) -> str:
        """What a person reads as the line's amount."""
        return self.answer or f"{self.amount:,}"

    @property
    def sentence(self) -> str:
        """The line as it can be read out and cited: name, amount, formula, citation."""
        return f"{self.name[:1].upper()}{self.name[1:]}: {self.shown}, {self.formula} ({self.citation})."


@dataclass(slots=True)
class Derivation:
    """The lines of one computation. Equal inputs give equal derivations."""

    lines: list[Line] = field(default_factory=list)

    def add(self, name: str, amount: int, formula: str, citation: str, /, **inputs: int) -> int:
        """Write down a line and hand back its amount, so that a computation reads as one expression."""
        self.lines.append(Line(name, amount, formula, citation, inputs))
        return amount

    def answer(self, name: str, code: int, formula: str, citation: str, /, **inputs: int) -> int:
        """Write down a line that answers yes or no, 0 for no, and hand back its code."""
        self.lines.append(Line(name, code, formula, citation, inputs, "yes" if code else "no"))
        return code

    def amounts(self) -> dict[str, int]:
        """Each line's amount by its name."""
        return {line.name: line.amount for line in self.lines}


class Amounts(Derivation):
    """Of a derivation only each line's amount: for computing a great many, where nobody reads the formulas."""

    __slots__ = ("_amounts",)

    def __init__(self) -> None:
        self.lines = []
        self._amounts: dict[str, int] = {}

    def add(self, name: str, amount: int, formula: str, citation: str, /, **inputs: int) -> int:
        """Write down a line's amount and hand it back."""
        self._amounts[name] = amount
        return amount

    answer = add

    def amounts(self) -> dict[str, int]:
        """Each line's amount by its name."""
        return self._amounts


@dataclass(frozen=True, slots=True)
class Result(Generic[Value]):
    """What a tool answers: the value, the derivation that an answer may cite, and what a person is told.

    `says` holds one to three plain sentences by language ("en", "es") with the result's figures in them. `spanish` has
    the words of the derivation by their English, as `translated` takes them.
    """

    value: Value
    derivation: Derivation
    says: Mapping[str, str] = field(default_factory=dict)
    spanish: Mapping[str, str] = field(default_factory=dict)

    def told(self, language: str = "en") -> str:
        """`says` in this language, else in English."""
        return self.says.get(language) or self.says.get("en", "")

    def lines(self, language: str = "en") -> list[Line]:
        """The derivation with its names, formulas and inputs in this language; citations stay as the law is cited."""
        if language != "es" or not self.spanish:
            return self.derivation.lines
        say = partial(translated, words=self.spanish)
        return [
            line._replace(
                name=say(line.name),
                formula=say(line.formula),
                inputs={say(name): amount for name, amount in line.inputs.items()},
                answer=SPANISH_ANSWERS.get(line.answer, ""),
            )
            for line in self.derivation.lines
        ]

    def text(self, language: str = "en") -> str:
        """The whole result as text that can be cited: what a person is told, then each line on a line of its own."""
        said = self.told(language)
        return "\n".join([*([said] if said else []), *(line.sentence for line in self.lines(language))])
