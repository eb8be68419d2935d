"""A log as it is read: batches of leaves, contents and checkpoints, from the database or from an exported file.

An exported file is JSON Lines, gzipped if its name ends in `.gz`: one `header`, then each `record` in order of
position, and after the last record of each signed tree its `checkpoint`. Bytes are base64. `docs/ledger.md` has
every field.
"""

import contextlib
import gzip
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO
from uuid import UUID

import msgspec
from msgspec import Struct, field

from publius.errors import InvalidRequest
from publius.ledger.body import Content

FORMAT = "publius-ledger/1"
_REMOVAL = rb"\"kind\":\"removal\""  # as it stands in a body that is itself a JSON string
BATCH = 500  # records read, checked and let go at a time


class Header(Struct, frozen=True, kw_only=True, tag_field="type", tag="header"):
    """The first line of a file. Nothing in it is trusted: the key is the inspector's own."""

    format: str = FORMAT
    agency: str
    size: int
    contents: bool
    public_key: str
    label: str = ""  # the highest of the records in it
    labels: tuple[str, ...] = ()  # the agency's, lowest first
    ceiling: str = ""  # content of records above this label was left out; "" where none was

    @property
    def left_out(self) -> frozenset[str]:
        """The labels of the records whose content is not in the file."""
        above = self.labels.index(self.ceiling) + 1 if self.ceiling in self.labels else len(self.labels)
        return frozenset(self.labels[above:])


class Leaf(Struct, frozen=True, tag_field="type", tag="record"):
    """One record with the content that is still there."""

    position: int
    record: UUID
    leaf_hash: bytes
    body: str
    contents: tuple[Content, ...] = ()


class Signed(Struct, frozen=True, tag_field="type", tag="checkpoint"):
    """A signed checkpoint over the first `size` records."""

    size: int
    note: str


class Batch(Struct):
    """Some leaves in order, the checkpoints over trees that end among them, and removals not seen before."""

    leaves: list[Leaf] = field(default_factory=list)
    checkpoints: list[Signed] = field(default_factory=list)
    removals: list[str] = field(default_factory=list)  # bodies


Line = Header | Leaf | Signed
_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Header | Leaf | Signed)


def encode(line: Line) -> bytes:
    """One line of a file, with its end."""
    return _encoder.encode(line) + b"\n"


def opened(path: Path, mode: str) -> IO[bytes]:
    """The file, through gzip if its name says so."""
    return gzip.open(path, mode) if path.suffix == ".gz" else path.open(mode)  # type: ignore[return-value]


def header(path: Path) -> Header:
    """The first line of an exported file.

    Raises:
        InvalidRequest: the file is no exported ledger, or one of a later format.
    """
    with contextlib.suppress(msgspec.MsgspecError, EOFError, gzip.BadGzipFile), opened(path, "rb") as file:
        first = _decoder.decode(file.readline())
        if isinstance(first, Header) and first.format == FORMAT:
            return first
    raise InvalidRequest(f"{path.name} is not an exported ledger.", cure="Make one with 'publius ledger export'.")


def batches(path: Path) -> Iterator[Batch]:
    """The file's content after its header, a batch at a time.

    Raises:
        InvalidRequest: a line cannot be read, or the file breaks off in the middle of its compression.
    """
    number = 1
    try:
        with opened(path, "rb") as file:
            file.readline()
            while lines := list(islice(file, BATCH)):
                batch = Batch()
                for line in lines:
                    number += 1
                    _place(_decoder.decode(line), batch)
                yield batch
    except (msgspec.MsgspecError, EOFError, gzip.BadGzipFile) as error:
        raise InvalidRequest(f"Line {number + (number == 1)} of {path.name} cannot be read.") from error


def _place(line: Line, batch: Batch) -> None:
    match line:
        case Leaf():
            batch.leaves.append(line)
        case Signed():
            batch.checkpoints.append(line)
        case Header():
            raise InvalidRequest("The file holds a second header.")


def removals(path: Path) -> list[str]:
    """The bodies of all removals in the file, which must be known before the content that they took away.

    A line that cannot be read is left to `batches`, which says so.
    """
    bodies: list[str] = []
    with opened(path, "rb") as file, contextlib.suppress(EOFError, gzip.BadGzipFile):
        for line in file:
            if _REMOVAL in line:
                with contextlib.suppress(msgspec.MsgspecError):
                    leaf = _decoder.decode(line)
                    bodies += [leaf.body] if isinstance(leaf, Leaf) else []
    return bodies
