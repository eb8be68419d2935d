"""Lists: an item says little without its sentence above, and a list without its other items only a part.

`Upon termination of employment: a. Disable access; b. Retrieve all property.`
"""

import re
from collections.abc import Iterable

from publius.verification.choosing import MOST_WORDS
from publius.verification.support import Match, Neighbours, Span

MOST_LISTED = 120  # words of a list that is quoted whole

_ITEM = re.compile(r"(?:[-*•‣–]\s|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]\s)")
_GOES_ON = (";", "; and", "; or", ",")
_LEADS = (":", "—", "–")


def in_full(found: Iterable[Match], spans: Iterable[Span]) -> list[Match]:
    """The same, with the whole list where an item of it was found, as far as there is room."""
    lists = _whole(spans)
    kept: list[Match] = []
    room = MOST_WORDS
    for match in found:
        full = lists.get(id(match.span), match.span)
        if len(full.plain.split()) > min(MOST_LISTED, room) or any(full.overlaps(other.span) for other in kept):
            full = match.span
        length = len(full.plain.split())
        if not kept or (length <= room and not any(full.overlaps(other.span) for other in kept)):
            kept.append(match._replace(span=full))
            room -= length
    return kept


def _whole(spans: Iterable[Span]) -> dict[int, Span]:
    """For the ids of a list's sentences, the one that leads to it and each item, the span of it all."""
    lists: list[list[Span]] = []
    for span in spans:
        if isinstance(span, Neighbours):
            continue
        if lists and _continues(lists[-1], span):
            lists[-1].append(span)
        if span.plain.endswith(_LEADS):
            lists.append([span])
    found: dict[int, Span] = {}
    for items in lists:
        if len(items) > 1:
            first = items[0]
            all_of_it = Span(first.source, first.start, items[-1].end, first.before)
            found |= {id(span): all_of_it for span in items}
    return found


def _continues(items: list[Span], span: Span) -> bool:
    last = items[-1]
    between = last.source.text[last.end : span.start] if last.source is span.source else "?"
    return not between.strip() and bool(_ITEM.match(span.text) or span.plain.endswith(_GOES_ON))
