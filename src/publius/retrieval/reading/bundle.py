"""ZIP archives of documents: each member is a part of its own; the archive's text is the list of them."""

import io
import stat
import zipfile

from publius.errors import UnreadableDocument
from publius.retrieval.reading import media
from publius.retrieval.reading.archive import DAMAGED, swells
from publius.retrieval.reading.document import About, Manuscript, Part, ReadDocument, one_line

MAX_MEMBERS = 1_000
MAX_UNPACKED = 256 * 1024 * 1024  # bytes of all members
_ENCRYPTED = 0x1
_UNIX = 3


def read_bundle(data: bytes) -> ReadDocument:
    """Unpack a ZIP archive, within limits. Its directory is judged before anything is unpacked.

    Raises:
        UnreadableDocument: damaged, empty, or with more members or bytes than an archive of documents has.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGED:
        raise UnreadableDocument(
            "The ZIP archive is cut short or damaged.", cure="Copy or download it again."
        ) from None
    members = [member for member in archive.infolist() if not member.is_dir() and not _litter(member.filename)]
    if len(members) > MAX_MEMBERS:
        raise UnreadableDocument(
            f"The ZIP archive holds {len(members):,} files; {MAX_MEMBERS:,} can be read.",
            cure="Unpack it and upload its files, or pack them into several archives.",
        )
    if sum(member.file_size for member in members if not swells(member)) > MAX_UNPACKED:
        raise UnreadableDocument(
            f"The ZIP archive would unpack to more than {MAX_UNPACKED >> 20} MB.",
            cure="Unpack it and upload its files, or pack them into several archives.",
        )
    parts = tuple(_member(archive, member) for member in members)
    if not parts:
        raise UnreadableDocument("The ZIP archive holds no files.", cure="Check that it is the file you meant.")
    manuscript = Manuscript()
    manuscript.add("paragraph", f"This archive holds {len(parts)} {'file' if len(parts) == 1 else 'files'}:")
    for part in parts:
        manuscript.add("item", f"- {one_line(part.name)}", level=1)
    return manuscript.finish(About(), media.ZIP, parts=parts)


def _litter(name: str) -> bool:
    """What file systems leave behind, and what their owners do not see."""
    return name.startswith("__MACOSX/") or any(part.startswith(".") and part.strip(".") for part in name.split("/"))


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Part:
    name = member.filename
    if member.flag_bits & _ENCRYPTED:
        return Part(name, reason="It is encrypted. Pack it without a password, or upload it by itself.")
    if member.create_system == _UNIX and stat.S_ISLNK(member.external_attr >> 16):
        return Part(name, reason="It is a link to another file. Upload that file.")
    if swells(member):
        return Part(name, reason="It would unpack to far more than a document needs.")
    try:
        with archive.open(member) as opened:
            # One more than it says, so that zipfile sees the end and compares the checksum.
            return Part(name, opened.read(member.file_size + 1))
    except DAMAGED:
        return Part(name, reason="It is damaged, or packed in a way that is not read. Upload it by itself.")
