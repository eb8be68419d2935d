"""Hybrid search within one agency: BM25 and vectors, fused in one query."""

from collections.abc import Iterable, Sequence
from importlib.resources import files
from itertools import chain
from typing import Any

import numpy as np
from psycopg import AsyncConnection

from publius.retrieval.relevance import relevance
from publius.retrieval.spelling import terms
from publius.types import Agency, Passage

SEARCH = (files("publius.retrieval") / "search.sql").read_text(encoding="utf-8")
POSTINGS = (files("publius.retrieval") / "postings.sql").read_text(encoding="utf-8")

K1 = 1.2  # how fast the weight of a repeated word levels off
B = 0.4  # how much a long passage is held back: little, since passages are cut to one size
TYPICAL = 100.0  # words that search knows in a usual passage
LEXICAL_SHARE = 0.3  # of the fused score; the rest is cosine
DEPTH = 60  # candidates from each side
BUDGET = 10_000  # postings scored for one question, the rarest words' first
SAMPLE = 1_000  # documents read of a word; one that stands in more is too common to find passages by
MOST_CHARACTERS = 4_000  # of a question that is searched for; a pasted report is not a question

# The planner's compiler costs more than such a query. A wider beam finds what the default of 40 misses, and in a larger
# library it must be wider: one in 2,000 of the passages that the last ANALYZE has counted; pgvector's most is 1,000.
TUNING = """
SELECT set_config('jit', 'off', true) AS jit, set_config('hnsw.iterative_scan', 'relaxed_order', true) AS scan,
       set_config('hnsw.ef_search', least(1000, greatest(200, reltuples / 2000))::int::text, true) AS beam
FROM pg_class WHERE oid = to_regclass('passages_' || %(agency)s)
"""


async def search(
    connection: AsyncConnection[Any], agency: Agency, words: str, vector: np.ndarray, *, limit: int = 20
) -> list[Passage]:
    """The passages nearest to `words`, best first; `vector` is their embedding, L2-normalised, of 384 floats."""
    await connection.execute(TUNING, {"agency": agency.id})
    asked = parameters(agency, await terms(connection, agency, searchable(words)), vector, limit)
    # Not prepared: a plan made for every agency could not leave out the other partitions.
    rows = await connection.execute(SEARCH, asked, prepare=False)
    return [_passage(row) for row in await rows.fetchall()]


def parameters(agency: Agency, lexemes: Sequence[str], vector: np.ndarray, limit: int) -> dict[str, object]:
    """What the statement is told, by name."""
    return {
        "terms": lexemes,
        "vector": halfvec(vector),
        "agency": agency.id,
        "lexical_share": LEXICAL_SHARE,
        "depth": DEPTH,
        "budget": BUDGET,
        "sample": SAMPLE,
        "limit": limit,
    }


def best(found: Iterable[Sequence[Passage]]) -> list[Passage]:
    """What several searches found, as one: each passage as the search that liked it best has it."""
    ordered = sorted(chain.from_iterable(found), key=lambda passage: (-passage.score, passage.id))
    kept: dict[int, Passage] = {}
    for passage in ordered:
        kept.setdefault(passage.id, passage)
    return list(kept.values())


async def index(connection: AsyncConnection[Any], agency: Agency, document: object, title: str) -> None:
    """Write the postings of a document whose passages have just been written in this transaction."""
    await connection.execute(
        POSTINGS,
        {"agency": agency.id, "document": document, "title": title, "k1": K1, "b": B, "typical": TYPICAL},
    )


def searchable(words: str) -> str:
    """Text as PostgreSQL takes it: no NUL, no half of a surrogate pair, and not without end."""
    return words[:MOST_CHARACTERS].replace("\0", " ").encode("utf-8", "ignore").decode()


def halfvec(vector: np.ndarray | Sequence[float]) -> str:
    """A vector in pgvector's notation, in half precision."""
    return "[" + ",".join(map(str, np.asarray(vector, dtype=np.float16).tolist())) + "]"


def _passage(row: Any) -> Passage:
    return Passage(
        id=row.id,
        document_id=row.document_id,
        revision=row.revision,
        title=row.title,
        name=row.name,
        text=row.text,
        start=row.start_at,
        end=row.end_at,
        page=row.page,
        headings=tuple(row.headings),
        context=row.context,
        published=row.published,
        publisher=row.publisher,
        recognised=row.recognised,
        score=row.score,
        relevance=relevance(row.coverage, row.cosine),
        level=row.level,
    )
