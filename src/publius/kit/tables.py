"""The law's numbers as data: one TOML file for each year, each figure with its source and how far it is verified.

A file is made of blocks. A block has a `source` and a `status`, and its figures; a figure that is verified differently
from its block is written `{ value = 1, status = "…" }`. A list of `[over, base, percent]` is a graduated schedule.
A rule that did not hold for all of a year's work has its day too: `since = 2025-08-15`, of a figure or a block.
The statuses: `seen`, read in a published source; `recomputed`, equal to the agency's own published records; `CPI rule`,
worked out by the law's rule of yearly adjustment but not seen in print; `from memory`, known but not looked up; and
`not known`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from publius.kit.errors import InvalidInput
from publius.kit.money import Step

NOT_KNOWN = "not known"  # Of a figure for which no source was found: nothing is computed with it.


@dataclass(frozen=True, slots=True)
class Figure:
    """A whole number or a schedule of the law, with the place where it stands."""

    value: int
    steps: tuple[Step, ...]
    source: str
    status: str
    since: date | None = None  # The day from which the rule was applied, where that is not the whole year.


class Tables(dict[str, Figure]):
    """The figures of one year by dotted name, such as `income_protection.parents.4`, and the names not known."""

    def __init__(self, year: str, figures: Mapping[str, Figure]) -> None:
        super().__init__({name: figure for name, figure in figures.items() if figure.status != NOT_KNOWN})
        self.year = year
        self.not_known = tuple(name for name, figure in figures.items() if figure.status == NOT_KNOWN)

    def before(self, day: date) -> "Tables":
        """The figures as they stood before `day`: without those that came into force on it or later."""
        return Tables(self.year, {name: each for name, each in self.items() if each.since is None or each.since < day})

    def __missing__(self, name: str) -> Figure:
        raise InvalidInput(
            f"The tables of {self.year} hold no {name.replace('_', ' ').replace('.', ', ')}: it is not known.",
            "Ask for a year whose tables are complete.",
        )


@cache
def load(folder: Path, year: str) -> Tables:
    """The tables of `year`, read once. InvalidInput names the years that there are when this one is not."""
    years = sorted(path.stem for path in folder.glob("*.toml"))
    if year not in years:
        raise InvalidInput(f"There are no tables for the year {year!r}.", f"Choose one of {', '.join(years)}.")
    blocks = tomllib.loads((folder / f"{year}.toml").read_text(encoding="utf-8"))
    return Tables(year, dict(_figures("", blocks)))


def _figures(prefix: str, block: dict[str, Any]) -> Iterator[tuple[str, Figure]]:
    if "source" not in block:
        for name, inner in block.items():
            yield from _figures(f"{prefix}{name}.", inner)
        return
    for name, held in block.items():
        if name not in {"source", "status", "since"}:
            own = held if isinstance(held, dict) else {"value": held}
            yield f"{prefix}{name}", _figure({"value": 0, "since": None} | block | own)


def _figure(written: dict[str, Any]) -> Figure:
    held: int | list[list[int]] = written["value"]
    if isinstance(held, int):
        value, steps = held, []
    else:
        value, steps = 0, [Step(over, base, percent * 100) for over, base, percent in held]
    return Figure(value, tuple(steps), written["source"], written["status"], written["since"])
