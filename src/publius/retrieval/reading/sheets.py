"""Excel workbooks (XLSX): each sheet a heading and its tables, with numbers and dates as Excel shows them.

The XML is read directly, as that of Word files is. Formulas are not computed: the value that Excel kept is shown.
Hidden sheets, rows and columns are left out, but not the rows that only a filter hides.
"""

import re
from collections.abc import Iterator

from lxml import etree
from msgspec import Struct

from publius.errors import UnreadableDocument
from publius.retrieval.reading import figures, media, properties
from publius.retrieval.reading.archive import LINK_ID, Archive
from publius.retrieval.reading.document import Manuscript, ReadDocument, one_line
from publius.retrieval.reading.table import MAX_ROWS, Rows

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_PLAIN = re.compile(r"-?\d+(\.\d+)?")
_MAX_COLUMNS = 1_000
_MAX_MERGED = 100_000  # cells that are filled from merged ranges

Row = dict[int, str]  # the cells of a row that hold something, by column from 0


def read_sheets(data: bytes) -> ReadDocument:
    """Read an XLSX file.

    Raises:
        UnreadableDocument: damaged, encrypted, a ZIP bomb, with entities, or with more than MAX_ROWS rows.
    """
    archive = Archive(data, "Excel file")
    workbook = archive.xml("xl/workbook.xml")
    if workbook is None:
        raise UnreadableDocument("The file is named like an Excel file but is not one.")
    book = _book(archive, workbook)
    manuscript = Manuscript()
    left = MAX_ROWS
    for name, sheet in _sheets(archive, workbook):
        rows = list(_rows(sheet, book, left))
        left -= len(rows)
        if rows:
            manuscript.add("heading", name, level=1)
            _write(manuscript, _filled(sheet, rows))
    about = properties.of_office(archive)
    return manuscript.finish(about, media.SHEETS)


def exact_tables(data: bytes) -> Iterator[tuple[str, list[list[str]]]]:
    """The largest table of each visible sheet with the sheet's name, to be computed with: figures as they are kept.

    What Excel shows rounded is not; days are written as in ISO 8601.

    Raises:
        UnreadableDocument: as for `read_sheets`.
    """
    archive = Archive(data, "Excel file")
    workbook = archive.xml("xl/workbook.xml")
    if workbook is None:
        raise UnreadableDocument("The file is named like an Excel file but is not one.")
    book = _book(archive, workbook)
    book.exact = True
    for name, sheet in _sheets(archive, workbook):
        tables = list(_tables(_filled(sheet, list(_rows(sheet, book, MAX_ROWS)))))
        if tables:
            yield name, _cells(max(tables, key=len))


class _Book(Struct):
    """What cells refer to: texts, number formats, and from when days are counted; `exact` is for computing."""

    texts: list[str]
    formats: list[str]
    from_1904: bool
    exact: bool = False


def _sheets(archive: Archive, workbook: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """The sheets that a reader sees, with their names."""
    named = archive.related("xl/workbook.xml")
    for entry in workbook.iter(S + "sheet"):
        kind, path = named.get(entry.get(LINK_ID, ""), ("", ""))
        if kind == "worksheet" and entry.get("state", "visible") == "visible":
            sheet = archive.xml(path)
            if sheet is not None:
                yield one_line(entry.get("name", "")), sheet


def _book(archive: Archive, workbook: etree._Element) -> _Book:
    shared = archive.xml("xl/sharedStrings.xml")
    texts = [_rich(item) for item in shared.iterchildren(S + "si")] if shared is not None else []
    styles = archive.xml("xl/styles.xml")
    formats: list[str] = []
    if styles is not None:
        own = {_whole(each.get("numFmtId")): each.get("formatCode", "") for each in styles.iter(S + "numFmt")}
        cells = styles.find(S + "cellXfs")
        for style in cells if cells is not None else ():
            code = _whole(style.get("numFmtId"))
            formats.append(own.get(code) or figures.BUILT_IN.get(code, ""))
    about = workbook.find(S + "workbookPr")
    return _Book(texts, formats, about is not None and about.get("date1904") in ("1", "true"))


def _rich(item: etree._Element) -> str:
    """A text with its runs joined; how Japanese is pronounced stands in `rPh` and is not part of it."""
    return "".join(t.text or "" for t in item.iter(S + "t") if next(t.iterancestors(S + "rPh"), None) is None)


def _rows(sheet: etree._Element, book: _Book, most: int) -> Iterator[tuple[int, Row]]:
    """The rows that a reader sees, by number, empty ones left out."""
    hidden = _hidden_columns(sheet)
    filtered = next(sheet.iter(S + "autoFilter"), None) is not None
    number = count = 0
    for row in sheet.iter(S + "row"):
        number = _whole(row.get("r")) or number + 1
        if row.get("hidden") in ("1", "true") and not filtered:
            continue
        column, cells = -1, {}
        for cell in row.iterchildren(S + "c"):
            place = _PLACE.fullmatch(cell.get("r", ""))
            column = _column(place[1]) if place else column + 1
            if column < _MAX_COLUMNS and column not in hidden and (text := one_line(_shown(cell, book))):
                cells[column] = text
        if cells:
            count += 1
            if count > most:
                raise UnreadableDocument(
                    f"The workbook has more than {MAX_ROWS:,} rows.", cure="Split it and upload the parts."
                )
            yield number, cells


def _hidden_columns(sheet: etree._Element) -> set[int]:
    hidden: set[int] = set()
    for each in sheet.iter(S + "col"):
        if each.get("hidden") in ("1", "true"):
            hidden.update(range(_whole(each.get("min")) - 1, min(_whole(each.get("max")), _MAX_COLUMNS)))
    return hidden


def _shown(cell: etree._Element, book: _Book) -> str:
    """What the cell shows."""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _rich(cell)
    value = cell.findtext(S + "v") or ""
    if kind == "s":
        index = _whole(value, -1)
        return book.texts[index] if 0 <= index < len(book.texts) else ""
    if kind == "b":
        return "TRUE" if value == "1" else "FALSE" if value else ""
    if kind != "n":  # texts that formulas gave, errors, days as in ISO 8601
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    style = _whole(cell.get("s"))
    code = book.formats[style] if style < len(book.formats) else ""
    if book.exact:
        return _exact(number, value, code, from_1904=book.from_1904)
    finite = abs(number) < 1e300
    return figures.shown(number, code, from_1904=book.from_1904) if code and finite else figures.general(number)


def _exact(number: float, value: str, code: str, *, from_1904: bool) -> str:
    """A figure as the file keeps it; a day or moment as in ISO 8601."""
    when = figures.moment(number, code, from_1904=from_1904)
    if when is None:
        return value if _PLAIN.fullmatch(value) else f"{number:f}"
    return when.date().isoformat() if number == int(number) else when.isoformat(" ", "seconds")


def _filled(sheet: etree._Element, rows: list[tuple[int, Row]]) -> list[tuple[int, Row]]:
    """The rows with the text of a merged range in each of its cells; a title over the whole table stays one cell."""
    numbered = dict(rows)
    budget = _MAX_MERGED
    for each in sheet.iter(S + "mergeCell"):
        corners = [_PLACE.fullmatch(corner) for corner in each.get("ref", "").split(":")]
        if len(corners) != 2 or not (corners[0] and corners[1]):
            continue
        left, right = _column(corners[0][1]), min(_column(corners[1][1]), _MAX_COLUMNS)
        top, bottom = int(corners[0][2]), int(corners[1][2])
        text = numbered.get(top, {}).get(left, "")
        alone = top == bottom and len(numbered.get(top, {})) == 1
        if not text or alone:
            continue
        for number in range(top, bottom + 1):
            if number not in numbered:
                continue
            for column in range(left, right + 1):
                budget -= 1
                if budget >= 0:
                    numbered[number].setdefault(column, text)
    return rows


def _write(out: Manuscript, rows: list[tuple[int, Row]]) -> None:
    """Write tables; a blank row parts them, and a row of one cell is a title or a note."""
    header = ""
    for table in _tables(rows):
        if len(table) == 1 and len(table[0]) == 1:
            out.add("paragraph", next(iter(table[0].values())))
        else:
            header = _table(out, table, header)


def _tables(rows: list[tuple[int, Row]]) -> Iterator[list[Row]]:
    """The tables of a sheet, and each title or note as a row of one cell by itself."""
    table: list[Row] = []
    last = 0
    for number, row in rows:
        lone = len(row) == 1 and (not table or number > last + 1)
        if table and (number > last + 1 or lone):
            yield table
            table = []
        if lone:
            yield [row]
        else:
            table.append(row)
        last = number
    if table:
        yield table


def _cells(table: list[Row]) -> list[list[str]]:
    """The cells of the columns that anything stands in."""
    columns = range(min(map(min, table)), max(map(max, table)) + 1)
    used = [column for column in columns if any(column in row for row in table)]
    return [[row.get(column, "") for column in used] for row in table]


def _table(out: Manuscript, table: list[Row], above: str) -> str:
    """Write one table; rows that go on after a blank one keep the header from above it."""
    rows = Rows()
    for row in _cells(table):
        rows.row(row)
    return rows.write(out, header="" if rows.headed else above)


def _column(letters: str) -> int:
    """From 0 for "A"."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _whole(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise
