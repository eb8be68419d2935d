"""What is said of the student that a question is about: `how much can a dependent sophomore borrow`.

A question states nothing of the person who asks. But where it is about a student whom it describes, what it calls that
student is an input, and is confirmed like all others.
"""

import re

from publius.verification.words import fold

_STUDENT = r"(?:college\s+)?(?:student|under-?grad(?:uate)?|kid|child|freshman|sophomore|junior|senior)s?\b"
_BEHIND = re.compile(rf"\s+(?:(?:(?:first|second|third|fourth|1st|2nd|3rd|4th)[\s-]year)\s+)?{_STUDENT}")
_BEFORE = re.compile(r"\b(?:estudiantes?|alumn[oa]s?|hij[oa]s?)\s+(?:universitari[oa]s?\s+)?$")
_AS = re.compile(r"\b(?:as|como)\s+(?:an?\s+|una?\s+|estudiante\s+)?$")
# Who asks is not described: `am I a dependent student`, `¿soy estudiante dependiente?`, `is my son a dependent one`.
_OWN = re.compile(r"\b(?:i|i'm|im|we|my|our|you|your|soy|somos|es|mi|mis|nuestr[oa]s?|if|whether|si)\b")
_ASKED = re.compile(r"^\W*(?:what|who|which|que|quien|cual)\s+(?:is|are|does|makes|counts|es|son|significa|hace)\b")
_NOT = re.compile(r"\b(?:not|non|no|nor|or|and|o|u|y|e|ni)\s+(?:an?\s+|una?\s+)?$|-\s*$")


def described(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is what the text calls the student whom it asks about."""
    folded = fold(text)
    if len(folded) != len(text) or _NOT.search(folded[:start]) or _ASKED.search(folded):
        return False
    if _AS.search(folded[:start]):
        return True
    noun = _BEHIND.match(folded, end) or _BEFORE.search(folded[:start])
    return bool(noun) and not _OWN.search(folded)
