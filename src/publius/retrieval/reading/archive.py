"""The ZIP archive that a Word file is: opened with limits, its XML parsed without entities or network."""

import io
import zipfile
import zlib

from lxml import etree

from publius.errors import UnreadableDocument

MAX_PARTS = 10_000
MAX_UNPACKED = 512 * 1024 * 1024  # bytes of the whole archive
MAX_XML = 64 * 1024 * 1024  # bytes of one part that is parsed
MAX_RATIO = 250  # unpacked to packed; XML written by people's programs stays under 100
_SMALL = 1024 * 1024  # bytes; below this a high ratio does no harm


class Archive:
    """A Word file's parts by name. Sizes are judged from the directory, before anything is unpacked.

    Raises:
        UnreadableDocument: not a sound ZIP archive, encrypted, or one that would unpack to far too much.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise UnreadableDocument("The Word file is cut short or damaged.") from None
        parts = self._zip.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise UnreadableDocument("The Word file would unpack to far more than a document needs.")
        if any(part.file_size > _SMALL and part.file_size > MAX_RATIO * part.compress_size for part in parts):
            raise UnreadableDocument("The Word file would unpack to far more than a document needs.")

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
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError):
            raise UnreadableDocument("The Word file is damaged or encrypted.") from None
        if len(data) > MAX_XML:
            raise UnreadableDocument("The Word file's text is too large.", cure="Split it and upload the parts.")
        return _parse(data)


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise UnreadableDocument("The Word file is damaged: its XML cannot be read.") from None
    # No word processor writes a document type; it is where a file would name other files to be read.
    if root.getroottree().docinfo.doctype:
        raise UnreadableDocument("The Word file declares a document type or entities, which no Word file should.")
    return root
