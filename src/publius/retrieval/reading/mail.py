"""Mail (EML): subject, sender, receivers and day as its head, then what it says; attachments are parts of their own."""

import email
import re
from datetime import datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from publius.errors import UnreadableDocument
from publius.retrieval.reading import media
from publius.retrieval.reading.document import About, Manuscript, Part, ReadDocument, one_line
from publius.retrieval.reading.encoding import decode
from publius.retrieval.reading.html import write_html
from publius.retrieval.reading.plain import write_plain

MAX_PARTS = 1_000
_ENDINGS = {"message/rfc822": ".eml", "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics"}
_SEALED = {
    "application/pkcs7-mime": "It is encrypted or sealed (S/MIME).",
    "application/x-pkcs7-mime": "It is encrypted or sealed (S/MIME).",
    "multipart/encrypted": "It is encrypted (PGP).",
    "application/ms-tnef": "It is packed in a format of Outlook's own (TNEF, winmail.dat).",
}
_HEAD = re.compile(rb"\A(?:From [^\n]*\n)?[!-9;-~]{1,80}:", re.ASCII)


class Letter(NamedTuple):
    """A mail, whatever file it came in."""

    subject: str = ""
    sender: str = ""
    to: str = ""
    copies: str = ""
    sent: datetime | None = None
    text: str = ""
    markup: str = ""  # HTML; read where there is no text
    attachments: tuple[Part, ...] = ()


def read_mail(data: bytes) -> ReadDocument:
    """Read an EML file.

    Raises:
        UnreadableDocument: no mail, encrypted, with too many parts, nested too deeply, or too long.
    """
    if not _HEAD.match(data):
        raise UnreadableDocument("The file is named .eml but does not begin with the head of a mail.")
    try:
        message = email.message_from_bytes(data)
        return write_letter(_letter(message), media.MAIL)
    except RecursionError:
        raise UnreadableDocument("The mail is nested too deeply to be read.") from None


def write_letter(letter: Letter, media_type: str) -> ReadDocument:
    """The mail as a document."""
    manuscript = Manuscript()
    manuscript.add("heading", one_line(letter.subject) or "(no subject)", level=1)
    day = f"{letter.sent.day} {letter.sent:%B %Y, %H:%M %Z}".strip() if letter.sent else ""
    lines = (("From", letter.sender), ("To", letter.to), ("Cc", letter.copies), ("Date", day))
    manuscript.add("paragraph", "\n".join(f"{name}: {one_line(said)}" for name, said in lines if said.strip()))
    if letter.text.strip():
        write_plain(manuscript, letter.text)
    elif letter.markup:
        write_html(manuscript, letter.markup)
    if letter.attachments:
        manuscript.add("paragraph", "Attachments:")
        for part in letter.attachments:
            manuscript.add("item", f"- {part.name}", level=1)
    about = About(letter.subject, letter.sent.date() if letter.sent else None, letter.sender)
    return manuscript.finish(about, media_type, parts=letter.attachments)


def _letter(message: Message) -> Letter:
    kind = message.get_content_type()
    if kind in _SEALED:
        raise UnreadableDocument(
            f"The mail cannot be opened: {_SEALED[kind][3:]}", cure="Save it without encryption and upload that."
        )
    texts: dict[str, str] = {}
    attachments: list[Part] = []
    for number, part in enumerate(_leaves(message)):
        if number >= MAX_PARTS:
            raise UnreadableDocument(f"The mail has more than {MAX_PARTS:,} parts.")
        kind = part.get_content_type()
        name = _decoded(part.get_filename() or "")
        attached = bool(name) or part.get_content_disposition() == "attachment"
        if kind in ("text/plain", "text/html") and not attached:
            texts[kind] = f"{texts[kind]}\n\n{_text(part)}" if kind in texts else _text(part)
        elif not (kind.startswith("image/") and part["Content-ID"]):  # pictures inside of the text
            attachments.append(_attachment(part, kind, name, len(attachments) + 1))
    return Letter(
        _header(message, "Subject"),
        _header(message, "From"),
        _header(message, "To"),
        _header(message, "Cc"),
        _sent(message),
        texts.get("text/plain", ""),
        texts.get("text/html", ""),
        tuple(attachments),
    )


def _leaves(message: Message) -> list[Message]:
    """The parts that hold something, in order. A mail in the mail is one of them, and is not opened here."""
    found: list[Message] = []
    open_parts = [message]
    while open_parts and len(found) <= MAX_PARTS:
        part = open_parts.pop()
        inside = part.get_payload() if part.get_content_maintype() == "multipart" else None
        if part.get_content_type() not in _SEALED and isinstance(inside, list):
            open_parts += [each for each in reversed(inside) if isinstance(each, Message)]
        else:
            found.append(part)
    return found


def _attachment(part: Message, kind: str, name: str, number: int) -> Part:
    inner = part.get_payload()
    if kind == "message/rfc822" and isinstance(inner, list) and inner and isinstance(inner[0], Message):
        subject = _header(inner[0], "Subject")
        return Part(name or f"{subject or f'mail {number}'}.eml", inner[0].as_bytes())
    name = name or f"part {number}{_ENDINGS.get(kind, '')}"
    if kind in _SEALED:
        return Part(name, reason=_SEALED[kind])
    return Part(name, _bytes(part))


def _bytes(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _text(part: Message) -> str:
    return decode(_bytes(part), part.get_content_charset() or "") if _bytes(part).strip() else ""


def _header(message: Message, name: str) -> str:
    return _decoded(str(message.get(name, "")))


def _decoded(raw: str) -> str:
    """A header with its encoded words decoded; one that cannot be decoded stays as it stands."""
    try:
        return one_line(str(make_header(decode_header(raw))))
    except (MessageError, LookupError, ValueError):
        return one_line(raw)


def _sent(message: Message) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message.get("Date", "")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
