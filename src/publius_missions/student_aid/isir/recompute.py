"""A whole ISIR file recomputed, one row a record, in a little memory and on every core."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from publius.kit import InvalidInput
from publius_missions.student_aid.index import student_aid
from publius_missions.student_aid.isir import in_force
from publius_missions.student_aid.isir.compare import differences, recomputed, was_computed
from publius_missions.student_aid.isir.record import Record, application, read

CHUNK = 2 * 1024 * 1024  # Bytes that a worker takes at once: about 260 records.
SMALL = 2 * CHUNK  # Up to here, starting processes would take longer than the work.

Progress = Callable[[int, int], None]  # Is told the bytes done and the bytes in all.


class Row(NamedTuple):
    """What is said of one record; the columns of the output, blank where there is nothing to say."""

    line: int
    formula: str = ""
    sai_record: str = ""
    sai_computed: str = ""
    max_pell_record: str = ""
    max_pell_computed: str = ""
    min_pell_record: str = ""
    min_pell_computed: str = ""
    note: str = ""


class Chunk(NamedTuple):
    """Whole lines of the file, from byte `start` to before `end`, and the award year of the file's records."""

    file: Path
    start: int
    end: int
    award_year: str


class Done(NamedTuple):
    """A chunk's rows, numbered from 1, how many lines it has, and how many bytes."""

    rows: list[Row]
    lines: int
    size: int


def recompute(file: Path, progress: Progress) -> Iterator[Row]:
    """Each record's row, in the file's order. InvalidInput if there is no file, or its first record cannot be read.

    A later record that cannot be read gives a row whose note says why, and the rest is computed.
    """
    if not file.is_file():
        raise InvalidInput(f"There is no file {str(file)!r}.", "Check its name.")
    total, lines, done = file.stat().st_size, 0, 0
    chunks = _chunks(file, total)
    for each in map(_work, chunks) if total <= SMALL else _on_every_core(chunks):
        for row in each.rows:
            yield row._replace(line=lines + row.line)
        lines += each.lines
        done += each.size
        progress(done, total)


def _chunks(file: Path, total: int) -> Iterator[Chunk]:
    with file.open("rb") as opened:
        award_year = next((read(text).award_year for text in map(_text, opened) if text), "")
        if not award_year:
            raise InvalidInput("The file holds no record.", "Give an ISIR file, one record a line.")
        end = 0
        while end < total:
            start = end
            opened.seek(start + CHUNK)
            opened.readline()
            end = min(opened.tell(), total)
            yield Chunk(file, start, end, award_year)


def _text(line: bytes) -> str:
    """A line without its end, blank for the empty lines that begin and end a file; one byte is one position."""
    text = line.decode("latin-1").rstrip("\r\n")
    return "" if text.isspace() else text


def _on_every_core(chunks: Iterator[Chunk]) -> Iterator[Done]:
    """The chunks in order; no more are under way than keep the workers busy, so that memory stays flat."""
    workers = os.cpu_count() or 1
    waiting: deque[Future[Done]] = deque()
    with ProcessPoolExecutor(workers) as pool:
        for chunk in chunks:
            waiting.append(pool.submit(_work, chunk))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _work(chunk: Chunk) -> Done:
    with chunk.file.open("rb") as opened:
        opened.seek(chunk.start)
        lines = opened.read(chunk.end - chunk.start).splitlines()
    texts = enumerate(map(_text, lines), 1)
    rows = [_row(number, text, chunk.award_year) for number, text in texts if text]
    return Done(rows, len(lines), chunk.end - chunk.start)


def _row(line: int, text: str, award_year: str) -> Row:
    try:
        return _compared(line, read(text, award_year))
    except InvalidInput as error:
        return Row(line, note=str(error))


def _compared(line: int, record: Record) -> Row:
    fields = record.fields
    if not was_computed(record):
        reasons = fields["reject_reasons"] or "none given"
        return Row(line, note=f"The Department computed no index; its reject reasons: {reasons}.")
    result = recomputed(record)
    notes = [f"provisional index {fields['provisional_sai']}"] if fields["provisional_sai"] else []
    if not in_force.is_of_today(record):
        today = student_aid(application(record)).value
        notes.append(
            f"made before foreign income counted for Pell; today: {today.max_pell or 'no'} maximum Pell indicator"
        )
    notes += map(str, differences(record, result))
    return Row(
        line,
        fields["formula"] or application(record).formula,
        fields["sai"],
        str(result.value.sai),
        fields["max_pell"],
        str(result.value.max_pell or ""),
        fields["min_pell"],
        str(result.value.min_pell or ""),
        "; ".join(notes),
    )
