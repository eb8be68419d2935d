"""The ZIP archive that an Office file is: opened with limits, its XML parsed without entities or network."""

import io
import zipfile
import zlib
from posixpath import dirname, normpath

from lxml import etree

from publius.errors import UnreadableDocument

MAX_PARTS = 10_000
MAX_UNPACKED = 512 * 1024 * 1024  # bytes of the whole archive
MAX_XML = 64 * 1024 * 1024  # bytes of one part that is parsed
MAX_RATIO = 250  # unpacked to packed; XML written by people's programs stays under 100
SMALL = 1024 * 1024  # bytes; below this a high ratio does no harm

DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError)
_RELATED = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
LINK_ID, LINK_EMBED = _LINK + "id", _LINK + "embed"


class Archive:
    """An Office file's parts by name. Sizes are judged from the directory, before anything is unpacked.

    Raises:
        UnreadableDocument: not a sound ZIP archive, encrypted, or one that would unpack to far too much.
    """

    def __init__(self, data: bytes, what: str) -> None:
        """`what` is what a person calls such a file, as in "Word file"."""
        self._what = what
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise UnreadableDocument(f"The {what} is cut short or damaged.") from None
        parts = self._zip.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED or any(map(swells, parts)):
            raise UnreadableDocument(f"The {what} would unpack to far more than a document needs.")

    def xml(self, name: str) -> etree._Element | None:
        """The root of one part, or None if the archive has no such part.

        Raises:
            UnreadableDocument: damaged, too large, or with a document type (where entities are declared).
        """
        try:
            with self._zip.open(name) as part:
                data = part.read(MAX_XML + 1)
        except KeyError:
            return None
        except DAMAGED:
            raise UnreadableDocument(f"The {self._what} is damaged or encrypted.") from None
        if len(data) > MAX_XML:
            raise UnreadableDocument(f"The {self._what}'s text is too large.", cure="Split it and upload the parts.")
        return self._parse(data)

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """The parts that one part names, by the id that it names them by: (kind, name). Other files are left out."""
        folder, _, base = name.rpartition("/")
        root = self.xml(f"{folder}/_rels/{base}.rels")
        found = {}
        for each in root.iter(_RELATED) if root is not None else ():
            if each.get("TargetMode") != "External":
                kind = each.get("Type", "").rpartition("/")[2]
                found[each.get("Id", "")] = (kind, _absolute(name, each.get("Target", "")))
        return found

    def _parse(self, data: bytes) -> etree._Element:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False)
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError):
            raise UnreadableDocument(f"The {self._what} is damaged: its XML cannot be read.") from None
        # No Office program writes a document type; it is where a file would name other files to be read.
        if root.getroottree().docinfo.doctype:
            raise UnreadableDocument(f"The {self._what} declares a document type or entities, which none should.")
        return root


def swells(part: zipfile.ZipInfo) -> bool:
    """Whether a part would unpack to far more than such parts do."""
    return part.file_size > SMALL and part.file_size > MAX_RATIO * part.compress_size


def _absolute(name: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else normpath(f"{dirname(name)}/{target}")
