"""What search found: recall and nDCG, by document and by quote."""

import re
from collections.abc import Sequence
from math import log2
from typing import Protocol

from msgspec import Struct

from publius.evaluation.questions import ALL_DOCUMENTS, Case

DEPTH = 40  # passages looked at, so that ten documents are among them
ENOUGH = 0.6  # of a quote, at the end of one passage or the beginning of the next


class Found(Protocol):
    """Some text of a document, found by ours or by a baseline; `context` is the header of its table."""

    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def context(self) -> str: ...


class Ranks(Struct, frozen=True, kw_only=True):
    """Each from 0 to 1, for one question."""

    document_recall_5: float
    document_recall_10: float
    document_ndcg_10: float
    quote_recall_5: float
    quote_recall_10: float
    quote_ndcg_10: float


def ranks(case: Case, found: Sequence[Found]) -> Ranks:
    """How well passages, best first, answer to the labels."""
    names = list(dict.fromkeys(passage.name for passage in found))
    right = [any(same(path, name) for path in case.right_docs) for name in names]
    places = [_place(quote, found[:10]) for quote in case.gold_quotes]
    return Ranks(
        document_recall_5=_documents(case, names[:5]),
        document_recall_10=_documents(case, names[:10]),
        document_ndcg_10=_ndcg(right[:10], len(case.gold_docs)),
        quote_recall_5=_quotes(case, places, 5),
        quote_recall_10=_quotes(case, places, 10),
        quote_ndcg_10=_over(case, [1 / log2(place + 2) if place < 10 else 0.0 for place in places]),
    )


def same(path: str, name: str) -> bool:
    """Whether a document's name is that of a path: one ends in the other."""
    one, other = path.split("/"), name.split("/")
    shorter = min(len(one), len(other))
    return one[-shorter:] == other[-shorter:]


def plain(text: str) -> str:
    """Letters and digits alone, as quotes are compared: marks and markup say nothing here."""
    return re.sub(r"[\W_]+", " ", text).casefold().strip()


def overlaps(quote: str, text: str) -> bool:
    """Whether the text holds the quote, most of it at one of its ends, or is itself a part of the quote."""
    wanted, held = plain(quote), plain(text)
    if not held:
        return False
    if wanted in held or held in wanted:
        return True
    most = int(ENOUGH * len(wanted))
    return held.endswith(wanted[:most]) or held.startswith(wanted[-most:])


def _documents(case: Case, names: Sequence[str]) -> float:
    if case.kind == ALL_DOCUMENTS:
        hits = [any(same(path, name) for name in names) for path in case.gold_docs]
        return sum(hits) / len(hits)
    return float(any(same(path, name) for path in case.right_docs for name in names))


def _place(quote: str, found: Sequence[Found]) -> int:
    """Where the first text with the quote stands, from 0; DEPTH where none has it."""
    hits = (place for place, one in enumerate(found) if overlaps(quote, f"{one.context} {one.text}"))
    return next(hits, DEPTH)


def _quotes(case: Case, places: Sequence[int], depth: int) -> float:
    return _over(case, [float(place < depth) for place in places])


def _over(case: Case, gains: Sequence[float]) -> float:
    """A question of many documents needs all of its quotes; for any other one of them answers."""
    if not gains:
        return 0.0
    return sum(gains) / len(gains) if case.kind == ALL_DOCUMENTS else max(gains)


def _ndcg(right: Sequence[bool], wanted: int) -> float:
    """Gains for as many right documents as there are gold ones; another that gives the same answer is as good."""
    at = [place for place, hit in enumerate(right) if hit][:wanted]
    ideal = sum(1 / log2(place + 2) for place in range(wanted))
    return sum(1 / log2(place + 2) for place in at) / ideal if ideal else 0.0
