"""Bytes to text: which encoding a text file is in, and whether it is text at all."""

import codecs
import re

from publius.errors import UnreadableDocument

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd]")
_SAMPLE = 200_000  # characters looked at to tell text from rubbish


def decode(data: bytes, declared: str = "") -> str:
    """Decode by byte-order mark, then as UTF-8, then as declared, then as Windows-1252.

    UTF-8 comes before the declaration because bytes that are valid UTF-8 almost never mean anything else,
    while declarations are often wrong.

    Raises:
        UnreadableDocument: the bytes are not text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _text(data[len(mark) :].decode(encoding, "replace"))
    if encoding := _unmarked_utf16(data):
        return _text(data.decode(encoding, "replace"))
    try:
        return _text(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _text(_damaged(data, declared))


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 of a western script has a zero in every second byte, and on one side only."""
    sample = data[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    enough = len(sample) // 5
    if odd > enough and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > enough and odd == 0 else ""


def _damaged(data: bytes, declared: str) -> str:
    """Not valid UTF-8: UTF-8 with a few broken bytes, or an older encoding."""
    lenient = data.decode("utf-8", "replace")
    broken = lenient.count("\ufffd")
    whole = sum(map(len, re.findall("[^\x00-\x7f]+", lenient))) - broken
    if whole > broken:
        return lenient
    try:
        known = codecs.lookup(declared).name if declared else "cp1252"
        # Browsers read the two names below as Windows-1252 as well.
        return data.decode("cp1252" if known in ("ascii", "iso8859-1", "utf-8") else known, "replace")
    except (LookupError, UnicodeError, ValueError):
        return data.decode("cp1252", "replace")


def _text(text: str) -> str:
    """Refuse what has more control characters or broken ones than a damaged text file would."""
    sample = text[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) * 50 > len(sample):
        raise UnreadableDocument("The file holds binary data, not text.")
    return text
