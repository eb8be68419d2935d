"""Tables in a PDF, found by the lines that are drawn around their cells."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium
from msgspec import Struct

from publius.retrieval.reading.pdf.lines import Line, Word

_THIN = 3.0  # points; a path no wider than this is a rule
_NEAR = 4.0  # points; rules closer than this are one
_SHORTEST = 4.0
_MOST_PATHS = 5_000  # a page with more is a drawing
_REPEATED = 60  # characters; a cell over several rows is repeated in each if it is this short


class Rule(Struct, frozen=True):
    """A drawn line: at `at` points across its direction, from `start` to `end` along it."""

    at: float
    start: float
    end: float

    def covers(self, place: float) -> bool:
        """Whether it passes this place along its direction."""
        return self.start - _NEAR <= place <= self.end + _NEAR


class Grid(Struct, frozen=True):
    """A table's cells: `columns` from left to right and `rows` from top to bottom are the edges between them."""

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    across: tuple[Rule, ...]
    down: tuple[Rule, ...]

    def holds(self, word: Word) -> bool:
        """Whether the word's middle lies in the table."""
        x, y = _middle(word)
        return self.columns[0] <= x <= self.columns[-1] and self.rows[-1] <= y <= self.rows[0]

    def table(self, words: Iterable[Word]) -> "Table":
        """The words by row and cell, with the cells' lines; cells that no rule parts are one."""
        filled: dict[tuple[int, int], str] = {}
        held: dict[tuple[int, int], list[Word]] = {}
        for word in words:
            owner = self._owner(*self._place(word))
            if owner in filled:
                filled[owner] += " " if abs(held[owner][-1].bottom - word.bottom) < _NEAR else "\n"
            filled[owner] = filled.get(owner, "") + word.text
            held.setdefault(owner, []).append(word)
        begun = sorted({row for row, _ in filled})
        columns = range(len(self.columns) - 1)
        texts = [[self._text(filled, row, column) for column in columns] for row in begun]
        # In the order of the text, in which a cell over several rows may stand in each of them.
        ordered = [
            [word for column in columns if texts[at][column] for word in held[self._owner(row, column)]]
            for at, row in enumerate(begun)
        ]
        return Table(self.columns, texts, ordered)

    def _place(self, word: Word) -> tuple[int, int]:
        x, y = _middle(word)
        row = next((i for i, (_, low) in enumerate(pairwise(self.rows)) if y >= low), len(self.rows) - 2)
        column = next((i for i, (_, high) in enumerate(pairwise(self.columns)) if x <= high), len(self.columns) - 2)
        return row, column

    def _owner(self, row: int, column: int) -> tuple[int, int]:
        """The upper left one of the places that form one cell with this."""
        while column and not _parted(self.down, self.columns[column], (self.rows[row] + self.rows[row + 1]) / 2):
            column -= 1
        middle = (self.columns[column] + self.columns[column + 1]) / 2
        while row and not _parted(self.across, self.rows[row], middle):
            row -= 1
        return row, column

    def _text(self, filled: dict[tuple[int, int], str], row: int, column: int) -> str:
        owner = self._owner(row, column)
        text = filled.get(owner, "")
        repeats = owner[0] < row and owner[1] == column and len(text) <= _REPEATED
        return text if owner == (row, column) or repeats else ""


def grids(page: Any) -> list[Grid]:
    """The tables that are drawn on a page of PDFium's."""
    across: list[Rule] = []
    down: list[Rule] = []
    for number, path in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3)):
        if number > _MOST_PATHS:
            return []
        left, bottom, right, top = path.get_bounds()
        if top - bottom <= _THIN and right - left >= _SHORTEST:
            across.append(Rule((top + bottom) / 2, left, right))
        elif right - left <= _THIN and top - bottom >= _SHORTEST:
            down.append(Rule((left + right) / 2, bottom, top))
        elif right - left > _THIN:  # a shaded cell or row parts its table's rows as rules do
            across += (Rule(bottom, left, right), Rule(top, left, right))
    found = (_grid(rows, columns) for rows, columns in _tables(_joined(across), _joined(down)))
    return [grid for grid in found if grid is not None]


def _joined(rules: list[Rule]) -> list[Rule]:
    """Rules in one line that touch, as one."""
    result: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule.at / _NEAR), rule.start)):
        last = result[-1] if result else None
        if last is not None and abs(last.at - rule.at) <= _NEAR and rule.start <= last.end + _NEAR:
            result[-1] = Rule(last.at, last.start, max(last.end, rule.end))
        else:
            result.append(rule)
    return result


def _tables(across: list[Rule], down: list[Rule]) -> Iterable[tuple[list[Rule], list[Rule]]]:
    """Rules that cross or touch one another, by table."""
    left = list(down)
    while left:
        columns, rows = [left.pop()], list[Rule]()
        grown = True
        while grown:
            more_rows = [r for r in across if r not in rows and any(_meet(r, c) for c in columns)]
            more_columns = [c for c in left if any(_meet(r, c) for r in rows + more_rows)]
            rows += more_rows
            columns += more_columns
            left = [c for c in left if c not in more_columns]
            grown = bool(more_rows or more_columns)
        yield rows, columns


def _grid(across: list[Rule], down: list[Rule]) -> Grid | None:
    # A border runs from rule to rule; a line under some words in a cell does not.
    across = [row for row in across if sum(_meet(row, column) for column in down) > 1]
    down = [column for column in down if sum(_meet(row, column) for row in across) > 1]
    # Many tables have no rules at their sides; those between the rows show how far they reach.
    sides = [edge for row in across for edge in (row.start, row.end)]
    columns = _places([*(rule.at for rule in down), *(sides and (min(sides), max(sides)))])
    rows = _places(rule.at for rule in across)[::-1]
    if len(columns) < 3 or len(rows) < 3:
        return None
    return Grid(tuple(columns), tuple(rows), tuple(across), tuple(down))


def _places(places: Iterable[float]) -> list[float]:
    result: list[float] = []
    for place in sorted(places):
        if not result or place - result[-1] > _NEAR:
            result.append(place)
    return result


def _meet(row: Rule, column: Rule) -> bool:
    return row.covers(column.at) and column.covers(row.at)


def _parted(rules: Sequence[Rule], at: float, place: float) -> bool:
    return any(abs(rule.at - at) <= _NEAR and rule.covers(place) for rule in rules)


def _middle(word: Word) -> tuple[float, float]:
    return (word.left + word.right) / 2, (word.bottom + word.top) / 2


class Table(Struct):
    """A table's rows of cells, each of one or more lines, where its columns stand, and each row's words in order."""

    columns: tuple[float, ...]
    rows: list[list[str]]
    words: list[list[Word]]


def with_tables(lines: list[Line], found: list[Grid]) -> list[Line | Table]:
    """Lines and tables in order, the words of each table taken out of the lines."""
    words: list[list[Word]] = [[] for _ in found]
    order: list[Line | int] = []
    for line in lines:
        outside = []
        for word in line.words:
            inside = next((i for i, grid in enumerate(found) if grid.holds(word)), None)
            if inside is None:
                outside.append(word)
                continue
            if not words[inside]:
                order.append(inside)
            words[inside].append(word)
        if outside:
            order.append(line if len(outside) == len(line.words) else Line(outside, line.bold))
    tables = [grid.table(each) for grid, each in zip(found, words, strict=True)]
    if not all(map(_sound, tables)):
        return with_tables(lines, [grid for grid, table in zip(found, tables, strict=True) if _sound(table)])
    return [tables[each] if isinstance(each, int) else each for each in order]


def _sound(table: Table) -> bool:
    """Whether it reads as a table: several rows with several filled cells. Charts and frames do not.

    Where several cells of a row hold a column of figures each, rows have run together, and as lines they do less harm.
    """
    filled = [sum(map(bool, row)) for row in table.rows]
    run_together = any(sum(map(_is_column, row)) > 1 for row in table.rows)
    dense = sum(filled) * 3 >= len(filled) * (len(table.columns) - 1)
    return sum(n > 1 for n in filled) > 1 and dense and not run_together


def _is_column(cell: str) -> bool:
    lines = cell.split("\n")
    return len(lines) > 1 and all(line.lstrip("$(-")[:1].isdigit() for line in lines)
