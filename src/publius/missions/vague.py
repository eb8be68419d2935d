"""What makes of a number no value: a bound, a guess or a range, as in `under 60,000`, `about 4`, `50,000 to 60,000`."""

import re

from publius.verification.words import fold

_WITHIN = 60  # characters before a number that are looked at

_BEFORE = re.compile(
    r"""(?:(?<![^\W_])(?:
      under|below|over|above|(?:less|more|fewer|lower|higher|greater|bigger)\s+than|at\s+(?:least|most)
    | (?:up|close)\s+to|(?<!what\s)(?<!how\s)about|around|roughly|approximately|approx\.?|circa|nearly|almost
    | maybe|perhaps|probably|some|somewhere|something\s+like
    | (?:a\s+)?(?:minimum|maximum)\s+of|between|entre|from|de|desde
    | menos\s+de|mas\s+de|(?:debajo|encima)\s+de|(?:inferior|superior|menor|mayor)(?:es)?\s+(?:a|de|que)
    | (?:al|por\s+lo|a\s+lo)\s+menos|como(?:\s+(?:maximo|minimo|mucho))?|a\s+lo\s+sumo|hasta|casi|cerca\s+de
    | alrededor\s+de|aproximadamente|un[oa]s|mas\s+o\s+menos|quizas?|tal\s+vez|probablemente
    )(?![^\W_])|[~≈<>≤≥±])[^\w~≈<>≤≥±]{0,2}
    (?:(?:an?|the|los|las|(?:a|un)\s+total\s+(?:of|de))\s+)?""",
    re.X,
)
_BEHIND = re.compile(
    r"""(?:\s+[^\W\d_]+)?(?:
      \+(?!\d)|[-\s]?ish(?![^\W_])
    | \s+(?:(?:or|o)\s+(?:so|less|more|fewer|under|over|above|below|mas|menos)|more\s+or\s+less|mas\s+o\s+menos
      |approximately|aproximadamente|roughly|give\s+or\s+take|at\s+(?:least|most)|como\s+(?:maximo|minimo|mucho)|y\s+pico)
      (?![^\W_])(?!\W*\$?\d)
    )""",
    re.X,
)
# What joins the two ends of a range; `and` does so behind `between` alone.
_TO = re.compile(r"(?:\s+(?:dollars?|dolares?))?(?:\s*[-–—]\s*|\s+(?:to|or|through|a|o|u|hasta)\s+)")
_AND = re.compile(r"(?:\s+(?:dollars?|dolares?))?\s+(?:and|y|e)\s+")
_BETWEEN = re.compile(r"\b(?:between|entre)\b[^;]{1,25}$")
_OPENS = re.compile(r"(?:(?:between|entre|from|de|desde)[^\w~≈<>≤≥±]+)+")  # what says nothing about one number alone


def begins(text: str, start: int) -> int:
    """Where the words before the number at `start` begin that make no value of it; `start` where none do."""
    folded, first = _folded(text), start
    while (match := _before(folded, first)) is not None:
        first = match
    return start if _OPENS.fullmatch(folded[first:start]) else first


def ends(text: str, end: int) -> int:
    """Where the words behind the number that stops at `end` stop that make no value of it; `end` where none do."""
    match = _BEHIND.match(_folded(text), end)
    return match.end() if match else end


def joins(text: str, end: int, following: int) -> bool:
    """Whether a number that stops at `end` and the one that begins at `following` are the two ends of a range."""
    folded = _folded(text)
    if _TO.fullmatch(folded, end, following):
        return True
    return bool(_AND.fullmatch(folded, end, following) and _BETWEEN.search(folded[max(0, end - _WITHIN) : end]))


def opens(text: str, start: int) -> int:
    """Where the words before a range begin: the `between` of `between 50,000 and 60,000`."""
    before = _before(_folded(text), start)
    return start if before is None else before


def _before(folded: str, start: int) -> int | None:
    """Where the last of these words begins that reaches up to `start`."""
    low = max(0, start - _WITHIN)
    return next((match.start() for match in _BEFORE.finditer(folded, low, start) if match.end() == start), None)


def _folded(text: str) -> str:
    folded = fold(text)
    return folded if len(folded) == len(text) else text.lower()
