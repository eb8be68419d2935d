"""Names that documents may carry: a file name with its folder, and nothing that could lead out of it."""

import unicodedata

from publius.errors import InvalidRequest

LONGEST = 240  # characters; a file system's usual limit


def clean(name: str) -> str:
    """The name to keep a file under: parts joined by "/", without `.`, `..`, control or invisible characters.

    Raises:
        InvalidRequest: nothing is left.
    """
    visible = "".join(c for c in unicodedata.normalize("NFC", name) if not unicodedata.category(c).startswith("C"))
    parts = (part.strip() for part in visible.replace("\\", "/").split("/"))
    kept = "/".join(part for part in parts if part.strip("."))
    if not kept:
        raise InvalidRequest("The file has no name that can be kept.", cure="Give it a name and send it again.")
    return kept[-LONGEST:].lstrip("/ ")
