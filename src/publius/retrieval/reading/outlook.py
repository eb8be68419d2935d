"""Outlook's mail (MSG): the few properties of it that say what any mail says, read as one.

The properties and their numbers are those of [MS-OXMSG] and [MS-OXPROPS]. Nothing else in the file is opened.
"""

import io
import struct
from datetime import UTC, datetime, timedelta
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

from olefile import OleFileIO

from publius.errors import UnreadableDocument
from publius.retrieval.reading import media
from publius.retrieval.reading.document import Part, ReadDocument
from publius.retrieval.reading.encoding import decode
from publius.retrieval.reading.mail import MAX_PARTS, Letter, write_letter

_SUBJECT, _BODY, _MARKUP = 0x0037, 0x1000, 0x1013
_SENDER, _SENDER_ADDRESS, _TO, _COPIES = 0x0C1A, 0x5D01, 0x0E04, 0x0E03
_SENT, _RECEIVED, _CODE_PAGE = 0x0039, 0x0E06, 0x3FFD
_DATA, _LONG_NAME, _SHORT_NAME = 0x3701, 0x3707, 0x3704
_UNICODE, _BYTES8, _BINARY, _OBJECT = 0x001F, 0x001E, 0x0102, 0x000D  # types of properties
_MOST_NESTED = 10
_BEGIN = datetime(1601, 1, 1, tzinfo=UTC)

Path = tuple[str, ...]


def read_outlook(data: bytes) -> ReadDocument:
    """Read a MSG file.

    Raises:
        UnreadableDocument: damaged, no mail, or too long.
    """
    try:
        with OleFileIO(io.BytesIO(data)) as file:
            return write_letter(_Mail(file, ()).letter(), media.OUTLOOK)
    except (OSError, ValueError, IndexError, struct.error, RecursionError):
        raise UnreadableDocument(
            "The Outlook mail is cut short or damaged.", cure="Save it again, or as EML."
        ) from None


class _Mail:
    """One mail within the file: the file's own, or one that is attached to it."""

    def __init__(self, file: OleFileIO, at: Path) -> None:
        self._file = file
        self._at = at
        # Properties of fixed size have sixteen bytes each in one stream, behind a head.
        fixed = self._stream("__properties_version1.0")[24 if at else 32 :]
        self._fixed = {
            struct.unpack_from("<H", fixed, i + 2)[0]: fixed[i + 8 : i + 16] for i in range(0, len(fixed) - 15, 16)
        }

    def letter(self) -> Letter:
        """What it says."""
        sender, address = self._text(_SENDER), self._text(_SENDER_ADDRESS)
        markup = self._stream(_name(_MARKUP, _BINARY))
        return Letter(
            self._text(_SUBJECT),
            f"{sender} <{address}>" if address and address != sender else sender,
            self._text(_TO),
            self._text(_COPIES),
            self._moment(_SENT) or self._moment(_RECEIVED),
            self._text(_BODY),
            decode(markup, self._charset()) if markup.strip(b"\0 \r\n") else self._text(_MARKUP),
            tuple(self._attachments()),
        )

    def _attachments(self) -> list[Part]:
        depth = len(self._at) + 1
        places = {
            tuple(entry[:depth]) for entry in self._file.listdir(storages=True) if tuple(entry[: depth - 1]) == self._at
        }
        named = sorted(place for place in places if place[-1].startswith("__attach_version1.0_#"))
        if len(named) > MAX_PARTS:
            raise UnreadableDocument(f"The mail has more than {MAX_PARTS:,} attachments.")
        return [self._attachment(place, number) for number, place in enumerate(named, 1)]

    def _attachment(self, place: Path, number: int) -> Part:
        inside = _Mail(self._file, place)
        name = inside._text(_LONG_NAME) or inside._text(_SHORT_NAME) or f"part {number}"
        mail = (*place, _name(_DATA, _OBJECT))
        if self._file.exists([*mail, "__properties_version1.0"]):
            if len(mail) > 2 * _MOST_NESTED:
                return Part(name, reason="It is a mail within too many others.")
            letter = _Mail(self._file, mail).letter()
            return Part(f"{letter.subject or name}.eml", _as_eml(letter))
        if self._file.exists(list(mail)):
            return Part(name, reason="It is an object of another program inside of the mail.")
        return Part(name, inside._stream(_name(_DATA, _BINARY)))

    def _text(self, number: int) -> str:
        if wide := self._stream(_name(number, _UNICODE)):
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        narrow = self._stream(_name(number, _BYTES8)).rstrip(b"\0")
        return decode(narrow, self._charset()) if narrow.strip() else ""

    def _charset(self) -> str:
        page = int.from_bytes(self._fixed.get(_CODE_PAGE, b"")[:4], "little")
        return {0: "", 65001: "utf-8", 20127: "ascii", 28591: "iso8859-1"}.get(page, f"cp{page}")

    def _moment(self, number: int) -> datetime | None:
        ticks = int.from_bytes(self._fixed.get(number, b""), "little")  # of 100 nanoseconds
        return _BEGIN + timedelta(microseconds=ticks // 10) if 0 < ticks < 1 << 61 else None

    def _stream(self, name: str) -> bytes:
        path = [*self._at, name]
        if not self._file.exists(path) or self._file.get_type(path) != 2:  # a stream
            return b""
        data: bytes = self._file.openstream(path).read()
        return data


def _name(number: int, kind: int) -> str:
    return f"__substg1.0_{number:04X}{kind:04X}"


def _as_eml(letter: Letter) -> bytes:
    """A mail that is attached to another, as a file of its own."""
    mail = MIMEMultipart()
    for name, said in (("Subject", letter.subject), ("From", letter.sender), ("To", letter.to), ("Cc", letter.copies)):
        mail[name] = " ".join(said.split())
    if letter.sent:
        mail["Date"] = format_datetime(letter.sent)
    mail.attach(MIMEText(letter.text or letter.markup, "plain" if letter.text else "html", "utf-8"))
    for part in letter.attachments:
        attached = MIMEApplication(part.data)
        attached.add_header("Content-Disposition", "attachment", filename=("utf-8", "", part.name))
        mail.attach(attached)
    return mail.as_bytes()
