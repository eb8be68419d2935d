"""What kind of file this is: its content decides first, then its name."""

import re

from publius.errors import UnreadableDocument

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html"
MARKDOWN = "text/markdown"
CSV = "text/csv"
PLAIN = "text/plain"

_BY_SUFFIX = {
    "pdf": PDF, "docx": WORD, "html": HTML, "htm": HTML, "xhtml": HTML, "md": MARKDOWN, "markdown": MARKDOWN,
    "csv": CSV, "tsv": CSV,
}  # fmt: skip
_SIGNS = (
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"),
    (b"{\\rtf", "a rich text (RTF) file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file, or an Office file with a password"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"%!PS", "a PostScript file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
)
_OFFICE = (
    (b"xl/workbook.xml", "an Excel workbook", "Save each sheet as CSV and upload those."),
    (b"ppt/presentation.xml", "a PowerPoint presentation", "Export it as PDF and upload that."),
    (b"application/vnd.oasis.opendocument", "an OpenDocument file", "Save it as DOCX or PDF and upload that."),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_HTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S
)


def base_name(name: str) -> str:
    """The last part of a path of any system, without control characters."""
    return re.sub(r"[\x00-\x1f\x7f]", "", re.split(r"[/\\]", name)[-1]).strip()


def suffix(name: str) -> str:
    """The extension in small letters, without its dot; empty if there is none."""
    return base_name(name).rpartition(".")[2].lower() if "." in base_name(name) else ""


def media_type(name: str, data: bytes) -> str:
    """The media type by which to read the file.

    Raises:
        UnreadableDocument: empty, a kind that is not read, or content that its name belies.
    """
    if not data.strip(b"\x00\t\n\r\f "):
        raise UnreadableDocument("The file is empty.", cure="Check that the file was saved and copied completely.")
    expected = _BY_SUFFIX.get(suffix(name), PLAIN)
    if data.startswith(b"%PDF-") or (expected == PDF and b"%PDF-" in data[:1024]):
        return PDF
    for sign, what in _SIGNS:
        if data.startswith(sign):
            raise UnreadableDocument(f"The file is {what}, which is not read.")
    if data.startswith(_ZIP):
        return _packed(expected, data)
    if expected in (PDF, WORD):
        raise UnreadableDocument(f"The file is named .{suffix(name)} but its content is not; it may be damaged.")
    return HTML if _HTML_START.match(data[:4096]) else expected


def _packed(expected: str, data: bytes) -> str:
    """A ZIP archive is read only as the Word file that it is; a PDF that is one is no mistake to be forgiven."""
    if expected == PDF:
        raise UnreadableDocument("The file is named .pdf but is a ZIP archive.")
    # The names of an archive's parts stand in it unpacked.
    if expected == WORD or b"word/document.xml" in data:
        return WORD
    for part, what, cure in _OFFICE:
        if part in data:
            raise UnreadableDocument(f"The file is {what}, which is not read.", cure=cure)
    raise UnreadableDocument("The file is a ZIP archive, which is not read.", cure="Unpack it and upload its files.")
