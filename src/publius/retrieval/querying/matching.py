"""Which columns and values of a table a question names, and whether any of its words is left that names nothing."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from publius.retrieval.querying.job import Column, Comparison, Condition, Table
from publius.retrieval.querying.words import SILENT, Word, stems

_COMPARISONS: tuple[tuple[Comparison, str], ...] = (
    (">=", "at least|al menos|como minimo"),
    ("<=", "at most|up to|como maximo|a lo sumo"),
    (
        ">",
        "more than|greater than|higher than|larger than|over|above|exceeding|mas de|mayor que|superior a|mayores que",
    ),
    ("<", "less than|fewer than|lower than|smaller than|under|below|menos de|menor que|inferior a|menores que"),
)
TOTALS = re.compile(r"(grand |sub)?totals?( general)?|suma")  # values of rows that add up others, in small letters
_NUMBER = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.(?!\d{3}$)\d+)?")  # not 1.500, which can be either
_YEAR = re.compile(r"(18|19|20|21)\d\d")
_YEAR_NAMES = frozenset(("year", "ano", "fy", "yr"))


class Named(Struct, frozen=True):
    """A column that a question names, by the places of the words that do."""

    column: Column
    places: tuple[int, ...]


class Matched(Struct):
    """What a question names, and the places of the words that are accounted for by it."""

    columns: list[Named] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    def left(self, asked: Sequence[Word], forms: set[int], subject: frozenset[str]) -> list[Word]:
        """The words that say something, and nothing that is known; `subject` are those of what the table is about."""
        known = self.used | forms
        return [
            word
            for place, word in enumerate(asked)
            if place not in known and word.stem not in SILENT and word.stem not in subject
        ]


def match(asked: Sequence[Word], table: Table) -> Matched | None:
    """What the question names of the table; None where a value could be one of two columns'."""
    found = Matched()
    _columns(asked, table, found)
    _comparisons(asked, found)
    if not _values(asked, table, found):
        return None
    _years(asked, table, found)
    return found


def _columns(asked: Sequence[Word], table: Table, found: Matched) -> None:
    """Columns whose whole name stands in the question, longer names first."""
    by_length = sorted(table.columns, key=lambda column: -len(stems(column.name)))
    for column in by_length:
        name = stems(column.name)
        for start in _places(asked, name, found.used):
            places = tuple(range(start, start + len(name)))
            found.columns.append(Named(column, places))
            found.used.update(places)


def _comparisons(asked: Sequence[Word], found: Matched) -> None:
    """A number behind words that compare is about the figures named last before it, or else the first named at all."""
    for place, word in enumerate(asked):
        comparison, begins = _compared(asked, place)
        numeric = [named for named in found.columns if named.column.numeric]
        if comparison is None or not _NUMBER.fullmatch(word.text) or not numeric:
            continue
        before = [named for named in numeric if named.places[0] < place]
        column = (before or numeric)[-1 if before else 0].column
        found.conditions.append(Condition(column.name, comparison, (word.text.replace(",", ""),)))
        found.used.update(range(begins, place + 1))


def _compared(asked: Sequence[Word], place: int) -> tuple[Comparison | None, int]:
    """What the words before a place compare by, and where they begin."""
    for comparison, phrases in _COMPARISONS:
        for phrase in phrases.split("|"):
            said = phrase.split()
            begins = place - len(said)
            if begins >= 0 and [word.text for word in asked[begins:place]] == said:
                return comparison, begins
    return None, place


def _values(asked: Sequence[Word], table: Table, found: Matched) -> bool:
    """Conditions for the values that stand in the question, longer ones first; False where one is two columns'."""
    chosen: dict[str, list[tuple[int, str]]] = {}
    for name, meant in sorted(_named_values(asked, table).items(), key=lambda item: (-len(item[0]), item[0])):
        for start in list(_places(asked, name, found.used)):
            columns = {column for column, _ in meant}
            if len(columns) > 1:
                columns &= {named.column.name for named in found.columns}
            if len(columns) != 1:
                return False
            found.used.update(range(start, start + len(name)))
            [column] = columns
            chosen.setdefault(column, []).extend((start, value) for where, value in meant if where == column)
    for column, placed in chosen.items():
        values = dict.fromkeys(value for _, value in sorted(placed))
        found.conditions.append(Condition(column, "=", tuple(values)))
    return True


def _named_values(asked: Sequence[Word], table: Table) -> dict[tuple[str, ...], list[tuple[str, str]]]:
    """The values whose words all stand in the question, each with its column, by those words; no row of totals."""
    present = {word.stem for word in asked}
    named: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for column in table.columns:
        for value in column.values:
            name = stems(value)
            if set(name) <= present and not set(name) <= SILENT and not TOTALS.fullmatch(value.casefold()):
                named.setdefault(name, []).append((column.name, value))
    return named


def _years(asked: Sequence[Word], table: Table, found: Matched) -> None:
    """A number that can be a year is one, where one column is named after years."""
    columns = [column for column in table.columns if column.numeric and set(stems(column.name)) & _YEAR_NAMES]
    for place, word in enumerate(asked):
        if place not in found.used and len(columns) == 1 and _YEAR.fullmatch(word.text):
            found.conditions.append(Condition(columns[0].name, "=", (word.text,)))
            found.used.add(place)


def _places(asked: Sequence[Word], name: Sequence[str], used: set[int]) -> Iterator[int]:
    """Where these stems stand side by side in words that are not accounted for yet."""
    for start in range(len(asked) - len(name) + 1):
        places = range(start, start + len(name))
        if all(asked[place].stem == name[place - start] and place not in used for place in places):
            yield start
