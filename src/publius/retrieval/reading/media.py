"""What kind of file this is: its content decides first, then its name."""

import io
import re
import zipfile

from publius.errors import UnreadableDocument

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HTML = "text/html"
MARKDOWN = "text/markdown"
CSV = "text/csv"
PLAIN = "text/plain"
MAIL = "message/rfc822"
OUTLOOK = "application/vnd.ms-outlook"
ZIP = "application/zip"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
PARQUET = "application/vnd.apache.parquet"

_BY_SUFFIX = {
    "pdf": PDF, "docx": WORD, "docm": WORD, "pptx": SLIDES, "pptm": SLIDES, "xlsx": SHEETS, "xlsm": SHEETS,
    "html": HTML, "htm": HTML, "xhtml": HTML, "md": MARKDOWN, "markdown": MARKDOWN, "csv": CSV, "tsv": CSV,
    "parquet": PARQUET,
    "eml": MAIL, "msg": OUTLOOK, "zip": ZIP, "png": PNG, "jpg": JPEG, "jpeg": JPEG, "tif": TIFF, "tiff": TIFF,
}  # fmt: skip
_OFFICE = {WORD: "word/document.xml", SLIDES: "ppt/presentation.xml", SHEETS: "xl/workbook.xml"}
_CALLED = {WORD: "Word file", SLIDES: "PowerPoint file", SHEETS: "Excel file"}
_SIGNS = (
    (b"GIF8", "an image (GIF)"),
    (b"{\\rtf", "a rich text (RTF) file"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"%!PS", "a PostScript file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
)
_OTHERS = ((b"\x89PNG", PNG), (b"\xff\xd8\xff", JPEG), (b"II*\x00", TIFF), (b"MM\x00*", TIFF),
           (b"PAR1", PARQUET))  # fmt: skip
_OTHER_ZIP = (
    ("xl/workbook.bin", "a binary Excel workbook (XLSB)", "Save it as XLSX and upload that."),
    ("mimetype", "an OpenDocument or EPUB file", "Save it as DOCX, XLSX, PPTX or PDF and upload that."),
    ("META-INF/MANIFEST.MF", "a program", "Upload documents only."),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
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
    for sign, kind in _OTHERS:
        if data.startswith(sign):
            return kind
    if data.startswith(_OLE):
        return _compound(expected, data)
    if data.startswith(_ZIP):
        return _packed(name, expected, data)
    if expected in (PDF, WORD, SLIDES, SHEETS, PARQUET, OUTLOOK, ZIP, PNG, JPEG, TIFF):
        raise UnreadableDocument(f"The file is named .{suffix(name)} but its content is not; it may be damaged.")
    return HTML if expected != MAIL and _HTML_START.match(data[:4096]) else expected


def _packed(name: str, expected: str, data: bytes) -> str:
    """Which kind of ZIP archive it is: an Office file by the part that each has; a PDF that is one is no mistake."""
    if expected == PDF:
        raise UnreadableDocument("The file is named .pdf but is a ZIP archive.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        kind = _CALLED.get(expected, "ZIP archive")
        raise UnreadableDocument(f"The {kind} is cut short or damaged.", cure="Copy or download it again.") from None
    for office, part in _OFFICE.items():
        if part in names:
            return office
    if expected in _OFFICE:
        raise UnreadableDocument(f"The file is named .{suffix(name)} but is not a real {_CALLED[expected]}.")
    for part, what, cure in _OTHER_ZIP:
        if part in names:
            raise UnreadableDocument(f"The file is {what}, which is not read.", cure=cure)
    return ZIP


def _compound(expected: str, data: bytes) -> str:
    """Which of the files that older Office programs write it is; the names of its streams are in UTF-16."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise UnreadableDocument(
            "The Office file opens only with a password.", cure="Save it without a password and upload that."
        )
    if holds("__properties_version1.0"):
        return OUTLOOK
    for stream, what, cure in (
        ("WordDocument", "Word", "DOCX"),
        ("Workbook", "Excel", "XLSX"),
        ("PowerPoint Document", "PowerPoint", "PPTX"),
    ):
        if holds(stream):
            raise UnreadableDocument(
                f"The file is from an old version of {what}, or has a password.",
                cure=f"Save it as {cure} without a password and upload that.",
            )
    if expected == OUTLOOK:
        raise UnreadableDocument("The Outlook mail is cut short or damaged.", cure="Save it again, or as EML.")
    raise UnreadableDocument("The file is of an old Office program, or has a password.")
