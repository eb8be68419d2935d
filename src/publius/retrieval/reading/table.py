"""Tables: rows that know their header, in every format; and CSV, which is nothing else."""

import csv
import io
import re
from collections.abc import Sequence

from publius.errors import UnreadableDocument
from publius.retrieval.reading import media
from publius.retrieval.reading.document import Manuscript, ReadDocument, one_line
from publius.retrieval.reading.encoding import decode

MAX_ROWS = 100_000
BAR = " | "  # between the cells of a row

_SAMPLE_ROWS = 20
_FIGURE = re.compile(r"[\s$€£()+-]*\d[\d\s.,:/%-]*")


class Rows:
    """One table on its way into a manuscript, row by row."""

    def __init__(self, manuscript: Manuscript, page: int | None = None) -> None:
        self._out = manuscript
        self._page = page
        self._cells: list[str] = []
        self._all_headings = True
        self._headers: list[str] = []
        self._body_begun = False

    def cell(self, text: str, *, heading: bool = False) -> None:
        """Add a cell to the present row."""
        self._cells.append(one_line(text))
        self._all_headings &= heading

    def end_row(self) -> None:
        """Write the row down; a row without text is dropped."""
        cells, all_headings = self._cells, self._all_headings
        self._cells, self._all_headings = [], True
        if not any(cells):
            return
        row = BAR.join(cells)
        marked = all_headings and len(cells) > 1
        unmarked = not self._headers and _could_be_header(cells)
        if not self._body_begun and (marked or unmarked):
            self._out.add("row", row, page=self._page)
            self._headers.append(row)
            self._body_begun = not marked
        else:
            self._out.add("row", row, page=self._page, header=" / ".join(self._headers))
            # A lone cell above the header is the table's title; the header may still come.
            self._body_begun |= len(cells) > 1

    def end_head(self) -> None:
        """No row after this one is a header."""
        self._body_begun = True

    def row(self, cells: Sequence[str]) -> None:
        """Add a whole row of plain cells."""
        for text in cells:
            self.cell(text)
        self.end_row()


def _could_be_header(cells: Sequence[str]) -> bool:
    """At least two cells with text, and none of them a figure."""
    texts = [cell for cell in cells if cell]
    return len(texts) > 1 and not any(_FIGURE.fullmatch(text) for text in texts)


def read_csv(data: bytes) -> ReadDocument:
    """Read comma-, semicolon-, tab- or bar-separated values; the first row is the header.

    Raises:
        UnreadableDocument: binary data, more than MAX_ROWS rows, or a cell that never ends.
    """
    text = decode(data)
    manuscript = Manuscript()
    header = ""
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))):
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
    return manuscript.finish("", media.CSV)


def _delimiter(text: str) -> str:
    """The mark that cuts the first rows into the most cells, and all into equally many."""
    lines = text[:50_000].splitlines()[:_SAMPLE_ROWS]

    def agreement(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        usual = max(set(widths), key=widths.count, default=1)
        return (widths.count(usual) / len(widths) if usual > 1 else 0.0, usual)

    return max(",;\t|", key=agreement)
