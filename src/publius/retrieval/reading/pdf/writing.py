"""Pages of lines and tables become one document, which knows where each word stands and how surely it was read."""

from collections.abc import Iterable

from publius.retrieval.reading import places
from publius.retrieval.reading.document import About, Manuscript, ReadDocument, tidy
from publius.retrieval.reading.pdf.grid import Table
from publius.retrieval.reading.pdf.layout import Page, Stretch, drop_running_lines, join_over_pages, shape, stretches
from publius.retrieval.reading.pdf.lines import Word
from publius.retrieval.reading.pdf.words import Vocabulary
from publius.retrieval.reading.table import Rows

Placed = tuple[tuple[int, int], tuple[float, float, float, float]]


def write_pages(pages: list[Page], about: About, media_type: str) -> ReadDocument:
    """The document that these pages are."""
    drop_running_lines(pages)
    usual = shape(pages)
    vocabulary = Vocabulary(line.text for page in pages for line in page.lines)
    manuscript = Manuscript()
    writer = _Writer(manuscript, vocabulary, len(pages))
    blocks = [stretches(page.content, usual) for page in pages]
    join_over_pages(blocks, usual)
    starts = [writer.write(page, number) for number, page in enumerate(blocks, 1)]
    ends = [*starts[1:], manuscript.length]
    sheets = [places.sheet(page.view, placed) for page, placed in zip(pages, writer.placed, strict=True)]
    return manuscript.finish(
        about, media_type, pages=tuple(zip(starts, ends, strict=True)), places=places.packed(sheets)
    )


class _Writer:
    """Writes page after page, and remembers what may go on on the next."""

    def __init__(self, out: Manuscript, vocabulary: Vocabulary, pages: int) -> None:
        self.placed: list[list[Placed]] = [[] for _ in range(pages)]
        self._out = out
        self._vocabulary = vocabulary
        self._columns: tuple[float, ...] = ()  # of the table that ended the page before
        self._header = ""
        self._turned = 0  # where the next page begins, inside a paragraph that runs over the page's end

    def write(self, page: list[Stretch | Table], number: int) -> int:
        """Write one page; returns where it starts."""
        begun, self._turned = self._turned, 0
        starts = [self._block(block, number) for block in page]
        return begun or (starts[0] if starts else self._out.length)

    def _block(self, block: Stretch | Table, number: int) -> int:
        if isinstance(block, Table):
            return self._table(block, number)
        self._columns = ()
        text = self._vocabulary.join(line.text for line in block.lines)
        words = [word for line in block.lines for word in line.words]
        start = self._out.add(block.kind, text, level=block.level, page=number, sure=_sure(words))
        first = sum(len(line.words) for line in block.lines[: block.turn]) if block.turn else len(words)
        self._place(start, words, [number] * first + [number + 1] * (len(words) - first))
        if block.turn:
            beyond = self._vocabulary.join(line.text for line in block.lines[block.turn :])
            self._turned = self._out.length - len(tidy(beyond))
        return start

    def _table(self, table: Table, number: int) -> int:
        rows = Rows()
        for cells in table.rows:
            rows.row(self._vocabulary.join(cell.split("\n")) for cell in cells)
        same = len(table.columns) == len(self._columns) and all(
            abs(here - there) < 6 for here, there in zip(table.columns, self._columns, strict=True)
        )
        start = self._out.length
        self._header = rows.write(self._out, page=number, header=self._header if same else "")
        self._columns = table.columns
        words = [word for row in table.words for word in row]
        self._place(start, words, [number] * len(words))
        return start

    def _place(self, start: int, words: list[Word], pages: list[int]) -> None:
        spans = places.spans(self._out.text_from(start), start, (tidy(word.text) for word in words))
        for word, page, span in zip(words, pages, spans, strict=True):
            if span:
                self.placed[page - 1].append((span, (word.left, word.bottom, word.right, word.top)))


def _sure(words: Iterable[Word]) -> float | None:
    """How surely the words were read by OCR, the longer ones counting more; None if they were not."""
    letters = [(word.sure, len(word.text)) for word in words if word.sure is not None]
    total = sum(length for _, length in letters)
    return sum(sure * length for sure, length in letters) / total if total else None
