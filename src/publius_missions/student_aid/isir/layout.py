"""Where each field of a record stands in each year: `layout.csv`, and how a line is cut by it."""

import csv
from collections.abc import Callable
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

LENGTHS = {"2024-25": 7_704, "2025-26": 7_704, "2026-27": 7_944}  # Characters of a record.
COMPUTED = "computed."  # What the Department computed on the way, by the name of the law's line for it.


class Part(NamedTuple):
    """Fields between position `start` and before `end`, and how to cut them out of a line."""

    start: int
    end: int
    names: tuple[str, ...]
    cut: Callable[[str], tuple[str, ...]]


class Layout(NamedTuple):
    """Where one year's fields stand: those within each person's block, mostly blank for most people, and the others."""

    names: tuple[str, ...]
    computed: tuple[tuple[str, str], ...]  # The fields of what the Department computed, each with the law's line.
    parts: tuple[Part, ...]

    def cut(self, line: str, fields: dict[str, str]) -> None:
        """Put each field's text into `fields`, blanks stripped; a part that is blank is passed over."""
        for start, end, names, cut in self.parts:
            if not line[start:end].isspace():
                fields.update(zip(names, map(str.strip, cut(line)), strict=True))


@cache
def layout_of(award_year: str) -> Layout:
    """The layout of a year's records."""
    with Path(__file__).with_name("layout.csv").open(encoding="utf-8", newline="") as file:
        places = {row["field"]: (int(row[award_year]), int(row["length"])) for row in csv.DictReader(file)}
    spans = {name: (start, start + length) for name, (start, length) in places.items()}
    parts: dict[str, list[str]] = {}
    for name, (start, end) in spans.items():
        within = (block for block, (first, last) in spans.items() if first <= start and end <= last and block != name)
        parts.setdefault(next(within, ""), []).append(name)
    computed = tuple((name, name.removeprefix(COMPUTED)) for name in spans if name.startswith(COMPUTED))
    return Layout(tuple(spans), computed, tuple(_part(names, spans) for names in parts.values()))


def _part(names: list[str], spans: dict[str, tuple[int, int]]) -> Part:
    starts, ends = zip(*(spans[name] for name in names), strict=True)
    return Part(min(starts), max(ends), tuple(names), itemgetter(*map(slice, starts, ends)))
