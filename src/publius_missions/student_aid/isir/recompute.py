"""A whole ISIR file recomputed, one row a record, in a little memory and on every core."""

import os
import signal
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from publius.kit import Amounts, InvalidInput, Progress, Tables, load
from publius_missions.student_aid.application import Application
from publius_missions.student_aid.index import TABLES, Aid, student_aid
from publius_missions.student_aid.isir import in_force
from publius_missions.student_aid.isir.compare import differences, was_computed
from publius_missions.student_aid.isir.files import First, cut_short, first_record, text_of
from publius_missions.student_aid.isir.record import Record, application, number, read, reject_reasons
from publius_missions.student_aid.isir.rejects import named
from publius_missions.student_aid.pell import MAXIMUM

CHUNK = 2 * 1024 * 1024  # Bytes that a worker takes at once: about 260 records.
SMALL = 2 * CHUNK  # Up to here, starting processes would take longer than the work.


class Row(NamedTuple):
    """What is said of one record; the columns of the output, None where there is nothing to say."""

    line: int
    formula: str | None = None
    sai_record: int | None = None
    sai_computed: int | None = None
    max_pell_record: int | None = None
    max_pell_computed: int | None = None
    min_pell_record: int | None = None
    min_pell_computed: int | None = None
    note: str | None = None


COLUMNS: dict[str, type] = dict.fromkeys(Row._fields, int) | {"formula": str, "note": str}


class Outcome(StrEnum):
    """How a record came out: its index recomputed to the dollar or not, or no index of its own to compare with."""

    EQUAL = "equal"
    DIFFERING = "differing"
    PROVISIONAL = "provisional"  # Recomputed, but the record's own index is only a provisional one.
    REJECTED = "rejected"  # The Department computed nothing.
    UNREADABLE = "unreadable"


class Chunk(NamedTuple):
    """Whole lines of the file, from byte `start` to before `end`, and the award year of the file's records."""

    file: Path
    start: int
    end: int
    award_year: str


class Done(NamedTuple):
    """A chunk's rows, numbered from 1, how they came out, and how many lines it has."""

    rows: list[Row]
    outcomes: Counter[Outcome]
    lines: int


class Recomputation:
    """A file's rows, in its order, computed while one goes through them; `outcomes` counts those that have come.

    InvalidInput if there is no such file, or if its first record cannot be read. A later record that cannot be read
    gives a row whose note says why, and the rest is computed; `cut_short` is the line within which the file ends, or 0.
    `progress` is told the records done, and about how many
    there are.
    """

    def __init__(self, file: Path, progress: Progress) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self._progress = progress
        self._file = file
        self._first = first_record(file)
        self.cut_short = 0

    def __iter__(self) -> Iterator[Row]:
        size, lines = self._file.stat().st_size, 0
        chunks = _chunks(self._file, self._first, size)
        for done in map(_work, chunks) if size <= SMALL else _on_every_core(chunks):
            for row in done.rows:
                yield Row(lines + row.line, *row[1:])
            lines += done.lines
            self.outcomes += done.outcomes
            self._progress(self.outcomes.total(), max(self.outcomes.total(), size // self._first.length))
        self._progress(self.outcomes.total(), self.outcomes.total())  # However many the size made one expect.
        self.cut_short = lines if cut_short(self._file, self._first) else 0

    def summary(self) -> dict[str, int]:
        """How many records have come, how many of them hold an index, and how many came out in which way.

        And whether the last is cut short, 0 or 1; it counts among the unreadable ones too.
        """
        count = self.outcomes
        with_index = count[Outcome.EQUAL] + count[Outcome.DIFFERING]
        came_out = {each.value: count[each] for each in Outcome}
        return {"records": count.total(), "with_index": with_index} | came_out | {"cut_short": int(self.cut_short > 0)}


def _chunks(file: Path, first: First, size: int) -> Iterator[Chunk]:
    start = first.start
    with file.open("rb") as opened:
        while start < size:
            opened.seek(start + CHUNK)
            opened.readline()
            end = min(opened.tell(), size)
            yield Chunk(file, start, end, first.award_year)
            start = end


def _on_every_core(chunks: Iterator[Chunk]) -> Iterator[Done]:
    """The chunks in order; no more are under way than keep the workers busy, so that memory stays flat."""
    workers = os.cpu_count() or 1
    waiting: deque[Future[Done]] = deque()
    # Ctrl-C reaches every process of the terminal: the workers leave it to this one, which stops handing out work.
    pool = ProcessPoolExecutor(workers, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))
    try:
        for chunk in chunks:
            waiting.append(pool.submit(_work, chunk))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _work(chunk: Chunk) -> Done:
    with chunk.file.open("rb") as opened:
        opened.seek(chunk.start)
        lines = BytesIO(opened.read(chunk.end - chunk.start))  # One at a time: all at once take longer than the law.
    rows, outcomes, place = [], [], 0
    for place, text in enumerate(map(text_of, lines), 1):
        if text:
            row, outcome = _row(place, text, chunk.award_year)
            rows.append(row)
            outcomes.append(outcome)
    return Done(rows, Counter(outcomes), place)


def _row(line: int, text: str, award_year: str) -> tuple[Row, Outcome]:
    try:
        return _compared(line, read(text, award_year))
    except InvalidInput as error:
        return Row(line, note=str(error)), Outcome.UNREADABLE


def _compared(line: int, record: Record) -> tuple[Row, Outcome]:
    fields = record.fields
    if not was_computed(record):
        reasons = ", ".join(map(named, reject_reasons(record))) or "none given"
        return Row(line, note=f"The Department computed no index; its reject reasons: {reasons}."), Outcome.REJECTED
    applied = application(record)
    tables = in_force.tables(record)
    result = student_aid(applied, tables, Amounts())
    found = differences(record, result)
    row = Row(
        line,
        fields["formula"] or applied.formula,
        _held(fields, "sai"),
        result.value.sai,
        _held(fields, "max_pell"),
        result.value.max_pell or None,
        _held(fields, "min_pell"),
        result.value.min_pell or None,
        "; ".join([*_remarks(record, applied, tables, result.value), *map(str, found)]) or None,
    )
    if not fields["sai"]:
        return row, Outcome.PROVISIONAL
    return row, Outcome.EQUAL if row.sai_record == row.sai_computed else Outcome.DIFFERING


def _held(fields: dict[str, str], name: str) -> int | None:
    return number(fields, name) if fields[name] else None


def _remarks(record: Record, applied: Application, tables: Tables, aid: Aid) -> Iterator[str]:
    if record.fields["provisional_sai"]:
        yield f"provisional index {record.fields['provisional_sai']}"
    if tables is not load(TABLES, record.award_year) and (today := student_aid(applied).value) != aid:
        code = f"yes, code {today.max_pell}" if today.max_pell else "no"
        yield f"made before foreign income counted for Pell; today {MAXIMUM}: {code}"
