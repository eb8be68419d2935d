"""A result as people are shown it, on a page and on paper: what it says, the answers behind it, and every line."""

from typing import Any, NamedTuple

from publius.kit import Result, Tool
from publius.missions import Pack
from publius.types import Receipt
from publius.web.missions.speech import pick


class Row(NamedTuple):
    """One line of a derivation as a reader takes it in."""

    name: str
    inputs: tuple[tuple[str, str], ...]
    formula: str
    amount: str
    citation: str


class Given(NamedTuple):
    """One answer: the question, what was answered, and the id of the field or page where it is changed."""

    id: str
    label: str
    value: str
    group: str = ""


YEARS = ("year", "año")  # Inputs that are written without a comma: 2007.


class Shown(NamedTuple):
    """The whole. `mission` and `title` are in `language`, as is everything else in it."""

    mission: str
    title: str
    says: str
    given: list[Given]
    rows: list[Row]
    language: str
    receipt: Receipt | None


def shown(
    pack: Pack, tool: Tool, result: Result[Any], given: list[Given], receipt: Receipt | None, language: str
) -> Shown:
    """The result of `tool` in this language."""
    rows = [
        Row(
            line.name[:1].upper() + line.name[1:],
            tuple((name.replace("_", " "), _figure(name, amount)) for name, amount in line.inputs.items()),
            line.formula,
            line.shown,
            line.citation,
        )
        for line in result.lines(language)
    ]
    title = pick(language, tool.title, tool.title_es)
    return Shown(pack.title(language), title, result.told(language), given, rows, language, receipt)


def _figure(name: str, amount: int) -> str:
    return str(amount) if name in YEARS else f"{amount:,}"
