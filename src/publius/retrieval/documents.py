"""What the library tells of its documents: in a list, opened, as a file, and of one that was just added."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from publius.errors import PubliusError
from publius.retrieval.origin import Origin
from publius.retrieval.revision import Added


class Document(Struct, frozen=True):
    """One document as a list shows it: its current revision."""

    id: UUID
    name: str
    title: str
    media_type: str
    revision: int
    passages: int
    level: int  # of its label
    added_by: str
    added_at: datetime
    language: str  # ISO 639-1; empty where it could not be told
    published: date | None  # the day that the file itself names
    publisher: str  # the body or person that it names
    recognised: float | None  # OCR's confidence from 0 to 1; None where the file held its text
    part_of: UUID | None  # the mail or archive that it came in


class Listing(Struct, frozen=True, kw_only=True):
    """A page of documents, and how many there are on all pages."""

    documents: tuple[Document, ...]
    total: int


class Contained(Struct, frozen=True):
    """A file inside of a mail or an archive: the document that it became, or why it became none."""

    name: str
    document: UUID | None
    reason: str


class Opened(Struct, frozen=True, kw_only=True):
    """One revision of one document, with the text that citations count in."""

    id: UUID
    name: str
    title: str
    media_type: str
    level: int  # of its label
    revision: int
    current: int  # the newest revision; a reader of an older one is told
    text: str
    pages: tuple[tuple[int, int], ...]  # (start, end) of each page in text; empty where there are none
    added_by: str
    added_at: datetime
    language: str
    published: date | None
    publisher: str
    recognised: float | None
    part_of: UUID | None
    origin: Origin | None  # where a source took it from; None where somebody added it
    passages: int  # of the document in search; 0 of one whose container holds it no more
    parts: tuple[Contained, ...]  # of a mail or an archive: the files inside of this revision


class Original(Struct, frozen=True, kw_only=True):
    """The file of one revision, byte for byte as it was added."""

    id: UUID
    name: str
    media_type: str
    revision: int
    level: int  # of its label
    sha256: str  # in hex
    data: bytes


class Now(Struct, frozen=True):
    """What a document is at this moment, beside the revision that an answer cited."""

    title: str
    revision: int


class Progress(Struct, frozen=True, kw_only=True):
    """What became of one of many files: added, or why not."""

    name: str
    added: Added | None = None
    error: PubliusError | None = None
