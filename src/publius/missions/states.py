"""The states and territories as people name them, in English and Spanish, by their two letters."""

import re
from functools import cache

from publius.verification.words import fold

NAMES: dict[str, tuple[str, ...]] = {
    "AL": ("Alabama",), "AK": ("Alaska",), "AZ": ("Arizona",), "AR": ("Arkansas",), "CA": ("California",),
    "CO": ("Colorado",), "CT": ("Connecticut",), "DE": ("Delaware",),
    "DC": ("District of Columbia", "Washington, D.C.", "Washington DC", "D.C.", "Distrito de Columbia"),
    "FL": ("Florida",), "GA": ("Georgia",), "HI": ("Hawaii", "Hawái"), "ID": ("Idaho",), "IL": ("Illinois",),
    "IN": ("Indiana",), "IA": ("Iowa",), "KS": ("Kansas",), "KY": ("Kentucky",), "LA": ("Louisiana", "Luisiana"),
    "ME": ("Maine",), "MD": ("Maryland",), "MA": ("Massachusetts",), "MI": ("Michigan",), "MN": ("Minnesota",),
    "MS": ("Mississippi", "Misisipi"), "MO": ("Missouri", "Misuri"), "MT": ("Montana",), "NE": ("Nebraska",),
    "NV": ("Nevada",), "NH": ("New Hampshire", "Nuevo Hampshire"), "NJ": ("New Jersey", "Nueva Jersey"),
    "NM": ("New Mexico", "Nuevo México"), "NY": ("New York", "Nueva York"),
    "NC": ("North Carolina", "Carolina del Norte"), "ND": ("North Dakota", "Dakota del Norte"), "OH": ("Ohio",),
    "OK": ("Oklahoma",), "OR": ("Oregon", "Oregón"), "PA": ("Pennsylvania", "Pensilvania"), "RI": ("Rhode Island",),
    "SC": ("South Carolina", "Carolina del Sur"), "SD": ("South Dakota", "Dakota del Sur"),
    "TN": ("Tennessee", "Tennessee"), "TX": ("Texas", "Tejas"), "UT": ("Utah",), "VT": ("Vermont",),
    "VA": ("Virginia",), "WA": ("Washington", "Washington State", "estado de Washington"),
    "WV": ("West Virginia", "Virginia Occidental", "Virginia del Oeste"), "WI": ("Wisconsin",), "WY": ("Wyoming",),
    "AS": ("American Samoa", "Samoa Americana"), "GU": ("Guam",), "MP": ("Northern Mariana Islands",),
    "PR": ("Puerto Rico",), "VI": ("U.S. Virgin Islands", "US Virgin Islands", "Virgin Islands", "Islas Vírgenes"),
}  # fmt: skip

# Two capital letters are a state where the words before say so; alone, `IN`, `OR`, `ME` and `OK` are words.
_CODE = re.compile(
    r"(?:\b(?:live|lives|living|reside|resident|state|from|vivo|vive|vivimos|estado)\b[^.;\n]{0,20}?|, )"
)


def find(text: str, *, alone: bool = False) -> list[tuple[str, int, int]]:
    """Each state that the text names: its two letters, start and end. `alone`: the text answers which state."""
    found: list[tuple[str, int, int]] = []
    folded = fold(text)
    if len(folded) != len(text):  # Rare letters fold to two; then places could not be told.
        return []
    for name, code in _names():
        for match in re.finditer(rf"\b{re.escape(name)}(?!\w)", folded):
            if not any(start < match.end() and match.start() < end for _, start, end in found):
                found.append((code, match.start(), match.end()))
    for match in re.finditer(r"\b[A-Za-z]{2}\b", text):
        code = match.group().upper()
        said = alone and text.strip().strip(".!").upper() == code
        written = match.group().isupper() and _CODE.search(text, max(0, match.start() - 32), match.start())
        taken = any(start < match.end() and match.start() < end for _, start, end in found)
        if code in NAMES and not taken and (said or (written and written.end() <= match.start())):
            found.append((code, match.start(), match.end()))
    return sorted(found, key=lambda one: one[1])


@cache
def _names() -> list[tuple[str, str]]:
    """Every name in lower case without accents with its letters, the longest first."""
    pairs = [(fold(name), code) for code, names in NAMES.items() for name in names]
    return sorted(pairs, key=lambda pair: -len(pair[0]))
