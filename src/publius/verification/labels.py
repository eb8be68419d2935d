"""Figures that name rather than count: sections of law, controls, versions, telephone numbers, addresses.

They are equal only letter by letter, apart from the ways in which the same one is written.
"""

import re
from collections.abc import Iterator

from publius.verification.figure import Figure, Kind, free
from publius.verification.words import fold, singular

_LINKS = re.compile(
    r"(?i)https?://[^\s)>\]]+|www\.[^\s)>\]]+|[\w.+-]+@[\w-]+\.[\w.-]*\w"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:gov|mil|org|com|edu|net)\b(?:/[^\s)>\]]*)?"
)
_PHONES = re.compile(r"(?<!\w)(?:\+?1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b|\b1-8\d\d-[\dA-Z]+(?:-[\dA-Z]+)*\b")
_LAW = re.compile(
    r"\b(\d+)\s+(U\.?\s?S\.?\s?C\.?|C\.?\s?F\.?\s?R\.?)\s*(?:§+\s*)?(?:[Pp]arts?\s+)?(\d+[\w.-]*\w|\d)((?:\(\w+\))*)"
)
_COUNTED = {"One": "1", "Two": "2", "Three": "3", "Four": "4", "Five": "5", "Six": "6", "Seven": "7", "Eight": "8"}
_SUBSECTION = r"\((?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})\)"
_NAMED = re.compile(
    r"(?:§+\s*|\b(?i:sections?|sec\.|sección|subsections?|titles?|título|parts?|parte|chapters?|capítulo|subparts?"
    r"|articles?|artículo|art\.|paragraphs?|notes?|footnotes?|pages?|table|tabla|figure|fig\.|form|appendix|annex"
    r"|levels?|nivel|versions?|phase|fase|rooms?|rev\.|revision|number|no\.|nos\.|núm\.|public law(?: no\.)?|pub\. l\."
    r"|order|resolution|step|paso)\s+(?:No\.\s+)?)"
    rf"(?:(\d[\w.–-]*\w|\d|[IVX]{{1,5}}\b|[A-H]\b(?!\s+[a-z])|(?:{'|'.join(_COUNTED)})\b)((?:{_SUBSECTION})*)|((?:{_SUBSECTION})+))"
)
_SAME_WORD = {"sec": "section", "seccion": "section", "no": ""}
_MARKS = re.compile(r"(?m)^\s*\d{1,3}[.)]\s|(?<!\w)\((?:\d{1,2}|[a-zA-Z]|[ivx]{2,5})\)(?=\s)|\[\d{1,3}\]")
_DECADES = re.compile(r"\b(?:1[5-9]|20)\d0s\b|['’]\d0s\b")
_MIXED = re.compile(
    r"(?<=SP )\d+-\d+\w*(?:-\w+)*"  # SP 800-53
    r"|\b\d+(?:\.\d+){2,}\b"  # 1.2.3
    r"|\b[A-Za-z]+\d[\w.]*(?:-\w+)*(?:\(\d+\))*"  # IAL2
    r"|\b[A-Z]{1,6}-\d+\w*(?:-\w+)*(?:\(\d+\))*"  # AC-2(1)
    r"|\b\d+(?:-\d+){2,}\w*\b|\b\d+(?:-\d+)+[A-Z]\b"  # 800-63-4, 800-63B
    r"|\b\d+[A-Za-z]+\d\w*"
    r"|\b\d+(?!(?:[KMB]|bn|mm|tn|[kKMG][bB]|km|hr|h|s|st|nd|rd|th)\b)[A-Za-z]{1,3}\b"  # 1087tt, but not 5KB
)


def label(word: str, value: str, match: re.Match[str]) -> Figure:
    """The figure of a match that names something; `word` says what, such as `section`."""
    folded = re.sub(r"[\s–]", "-", fold(_COUNTED.get(value, value)).strip(".,;:"))
    return Figure(Kind.LABEL, folded, match.group(), match.start(), match.end(), unit=word)


def addresses(text: str, taken: bytearray) -> Iterator[Figure]:
    """Links, mail addresses and telephone numbers."""
    for match in free(_LINKS, text, taken):
        yield label("link", re.sub(r"^https?://(www\.)?|^www\.", "", match.group().lower()).rstrip("/.,;:"), match)
    for match in free(_PHONES, text, taken):
        yield label("phone", re.sub(r"[^0-9A-Z]", "", match.group()).removeprefix("1"), match)


def sections(text: str, taken: bytearray) -> Iterator[Figure]:
    """`20 U.S.C. 1087tt`, `section 5(b)`, `Title IV`; and the marks of a list, which support nothing."""
    for match in free(_LAW, text, taken):
        code = re.sub(r"[\s.]", "", match[2].lower())
        yield label("law", f"{match[1]} {code} {match[3]}{match[4]}", match)
    for match in free(_NAMED, text, taken):
        word = "section" if match.group()[0] == "§" else singular(re.split(r"[\s.]", match.group())[0])
        yield label(_SAME_WORD.get(word, word), match[3] or match[1] + match[2], match)
    for match in free(_MARKS, text, taken):
        yield Figure(Kind.LABEL, match.group().strip(), match.group(), match.start(), match.end(), "mark", weak=True)


def codes(text: str, taken: bytearray) -> Iterator[Figure]:
    """Letters and digits in one word: `IAL2`, `AC-2(1)`, `800-63-4`, `1960s`."""
    for match in free(_DECADES, text, taken):
        yield label("decade", match.group()[-3:], match)
    for match in free(_MIXED, text, taken):
        yield label("", match.group(), match)
