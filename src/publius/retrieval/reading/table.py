"""Tables: rows that know their header, in every format; and CSV, which is nothing else."""

import csv
import io
import re
from collections.abc import Iterable

from publius.errors import UnreadableDocument
from publius.retrieval.reading import media
from publius.retrieval.reading.document import About, Manuscript, ReadDocument, one_line
from publius.retrieval.reading.encoding import decode

MAX_ROWS = 100_000
BAR = " | "  # between the cells of a row

_SAMPLE_ROWS = 20
_FIGURE = re.compile(r"[\s$€£()+-]*\d[\d\s.,:/%-]*")
_YEAR = re.compile(r"(?:19|20)\d\d(?:[-/–]\d\d(?:\d\d)?)?")
_MOST_HEADER_ROWS = 4
_LONGEST_HEADER = 400  # characters; a longer row says too much to stand above every piece of its table


class Rows:
    """One table: its rows as they come, and then written down with their header."""

    def __init__(self) -> None:
        self._rows: list[list[str]] = []
        self._cells: list[str] = []
        self._all_headings = True
        self._marked = 0  # rows at the top that the file itself calls headers

    def cell(self, text: str, *, heading: bool = False) -> None:
        """Add a cell to the present row."""
        self._cells.append(one_line(text))
        self._all_headings &= heading

    def end_row(self, *, header: bool = False) -> None:
        """The present row is complete; one without text is dropped. `header` says that it is a header."""
        cells, all_headings = self._cells, self._all_headings
        self._cells, self._all_headings = [], True
        if any(cells):
            if (header or all_headings) and self._marked == len(self._rows) and len(cells) > 1:
                self._marked += 1
            self._rows.append(cells)

    def row(self, cells: Iterable[str]) -> None:
        """Add a whole row of plain cells."""
        for text in cells:
            self.cell(text)
        self.end_row()

    @property
    def headed(self) -> bool:
        """Whether rows of its own head the others."""
        return self._header_rows() != (0, 0)

    def write(self, out: Manuscript, *, page: int | None = None, header: str = "") -> str:
        """Write the rows down; returns the header. One may be given by the part of the table on the page before."""
        lines = [BAR.join(cells) for cells in self._rows]
        if header:
            first, last = 0, 1 if lines[:1] == [header] else 0  # the header, once more, on this page
        else:
            first, last = self._header_rows()
            header = " / ".join(lines[first:last])[:_LONGEST_HEADER]
        for index, line in enumerate(lines):
            out.add("row", line, page=page, header=header if index >= last else "")
        return header

    def _header_rows(self) -> tuple[int, int]:
        """First and last + 1 of the rows that head the others, (0, 0) if none does.

        Where the file marks none, they are those with several cells of words before the first row with figures.
        """
        if self._marked:
            return 0, self._marked
        first = next((i for i, cells in enumerate(self._rows) if sum(map(bool, cells)) > 1), len(self._rows))
        figures = next((i for i, cells in enumerate(self._rows) if _tells(cells, top=i == first)), first + 1)
        last = figures if figures - first <= _MOST_HEADER_ROWS else first + 1
        if last <= first or len(self._rows) <= last or len(BAR.join(self._rows[first])) > _LONGEST_HEADER:
            return 0, 0
        return first, last


def _tells(cells: list[str], *, top: bool) -> bool:
    """Whether the row holds figures. Years head columns: one in the top row, or several in a row, are none."""
    figures = [cell for cell in cells if _FIGURE.fullmatch(cell)]
    years = all(map(_YEAR.fullmatch, figures)) and (len(figures) > 1 or top) and len(figures) < len(cells)
    return bool(figures) and not years


def read_csv(data: bytes) -> ReadDocument:
    """Read comma-, semicolon-, tab- or bar-separated values; the first row is the header.

    Raises:
        UnreadableDocument: binary data, more than MAX_ROWS rows, or a cell that never ends.
    """
    text = decode(data)
    manuscript = Manuscript()
    header = ""
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text))):
            if number > MAX_ROWS:
                raise UnreadableDocument(
                    f"The table has more than {MAX_ROWS:,} rows.", cure="Split it and upload the parts."
                )
            row = BAR.join(map(one_line, cells))
            if row.strip(BAR):
                manuscript.add("row", row, header=header)
                header = header or row
    except csv.Error:
        raise UnreadableDocument("The file is named .csv, but its cells cannot be told apart.") from None
    return manuscript.finish(About(), media.CSV)


def delimiter(text: str) -> str:
    """The mark that cuts the first rows into the most cells, and all into equally many."""
    lines = text[:50_000].splitlines()[:_SAMPLE_ROWS]

    def agreement(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        usual = max(set(widths), key=widths.count, default=1)
        return (widths.count(usual) / len(widths) if usual > 1 else 0.0, usual)

    return max(",;\t|", key=agreement)
