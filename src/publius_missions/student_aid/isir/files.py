"""Files of records: what they begin with, and the text of a line."""

from pathlib import Path
from typing import NamedTuple

from publius.kit import InvalidInput
from publius_missions.student_aid.isir.layout import LENGTHS
from publius_missions.student_aid.isir.record import YEAR_CODES, read

LONGEST_LINE = 1024 * 1024  # Bytes; a record has not even 8,000.

WHOLE_FILE = "Fetch the file again, or ask its sender for the whole of it."
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NO_RECORDS = {  # How files begin that hold no plain text, and what to do with them.
    b"\x1f\x8b": ("compressed with gzip", "Unpack it first, with gunzip."),
    b"PK": ("a zip archive, or an office document", "Unpack it first, or save the records as plain text."),
    b"\xff\xfe": ("text in two-byte characters", "Fetch the file again from its sender, unchanged."),
    b"\xfe\xff": ("text in two-byte characters", "Fetch the file again from its sender, unchanged."),
    b"%PDF": ("a PDF document", "Give an ISIR file, one record a line."),
}


class First(NamedTuple):
    """Where a file's text begins, and the award year of its first record and its bytes, line end and all."""

    start: int
    award_year: str
    length: int


def start_of(file: Path) -> int:
    """At which byte the lines begin; InvalidInput if there is no such file, or one that holds no plain text."""
    if not file.is_file():
        raise InvalidInput(f"There is no file {str(file)!r}.", "Check its name.")
    try:
        with file.open("rb") as opened:
            beginning = opened.read(4)
    except OSError as error:
        raise InvalidInput(
            f"{str(file)!r} cannot be read: {error.strerror}.", "Ask for the right to read it."
        ) from error
    for signature, (what, cure) in NO_RECORDS.items():
        if beginning.startswith(signature):
            raise InvalidInput(f"The file {str(file)!r} is {what}.", cure)
    return len(BYTE_ORDER_MARK) if beginning.startswith(BYTE_ORDER_MARK) else 0


def first_record(file: Path) -> First:
    """What a file begins with; InvalidInput says why it is none of ISIR records."""
    start = start_of(file)
    with file.open("rb") as opened:
        opened.seek(start)
        for number, line in enumerate(iter(lambda: opened.readline(LONGEST_LINE), b""), 1):
            if text := text_of(line):
                _whole(line, text, number)
                return First(start, read(text).award_year, len(line))
    size = file.stat().st_size
    if not size:
        raise InvalidInput(f"The file {str(file)!r} is empty.", "Give an ISIR file, one record a line.")
    raise InvalidInput(
        f"The file {str(file)!r} has {size:,} characters, all of them blank, and no record. It may be cut short.",
        WHOLE_FILE,
    )


def _whole(line: bytes, text: str, number: int) -> None:
    """InvalidInput where the file ends within its first record, which is then all that there is of it."""
    needed = LENGTHS.get(YEAR_CODES.get(text[:1], ""), 0)
    if not line.endswith(b"\n") and len(text) < needed:
        raise InvalidInput(
            f"The file is cut short: it ends within its first record, on line {number:,}, after {len(text):,} of"
            f" {needed:,} characters. So there is no whole record to compute.",
            WHOLE_FILE,
        )


def cut_short(file: Path, first: First) -> bool:
    """Whether the file ends within a record: without the end of a line, and before that of a record."""
    with file.open("rb") as opened:
        opened.seek(max(first.start, file.stat().st_size - first.length))
        end = opened.read().rpartition(b"\n")[2]
    return 0 < len(text_of(end)) < LENGTHS[first.award_year]


def text_of(line: bytes) -> str:
    """A line without its end, blank for the empty lines that begin and end a file; one byte is one position."""
    text = line.decode("latin-1").rstrip("\r\n")
    return "" if text.isspace() else text
