"""Typing errors: a word that the agency's documents do not have, put right by the nearest one that they do."""

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection

from publius.types import Agency

SHORTEST = 5  # letters; a shorter word has too many neighbours
OFTEN = 5  # passages with the word that is put in its place; a rarer one may be an error itself
SAMPLE = 500  # documents in which such a word is counted; more of them would take time and say no more
MOST = 4  # words put right in one question
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

_KNOWN = """
SELECT lexeme, EXISTS (SELECT FROM postings WHERE agency_id = %(agency)s AND term = lexeme) AS known
FROM unnest(tsvector_to_array(lexemes(%(words)s))) AS lexeme
"""
_NEAREST = """
SELECT near.term FROM unnest(%(near)s::text[]) AS near (term), LATERAL (
    SELECT sum(cardinality(passages)) AS often
    FROM (
        SELECT passages FROM postings WHERE agency_id = %(agency)s AND term = near.term LIMIT %(sample)s
    ) AS sampled
) AS counted
WHERE often >= %(often)s ORDER BY often DESC, near.term LIMIT 1
"""


async def terms(connection: AsyncConnection[Any], agency: Agency, words: str) -> list[str]:
    """The words to search for, stemmed and each once; those that no document has are put right where one is near."""
    rows = await connection.execute(_KNOWN, {"agency": agency.id, "words": words}, prepare=False)
    asked = {row.lexeme: row.known for row in await rows.fetchall()}
    wrong = [word for word, known in asked.items() if not known and len(word) >= SHORTEST and word.isalpha()]
    for word in wrong[:MOST]:
        values = {"agency": agency.id, "near": near(word), "often": OFTEN, "sample": SAMPLE}
        rows = await connection.execute(_NEAREST, values, prepare=False)
        if nearest := await rows.fetchone():
            del asked[word]
            asked[nearest.term] = True
    return list(asked)


def near(word: str) -> Sequence[str]:
    """Words that one slip away from this one: a letter missing, added, another, or two in each other's place.

    The first letter stays, since it is seldom mistyped and "failed" is no misspelling of "mailed".
    """
    cuts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    fewer = {head + tail[1:] for head, tail in cuts if tail}
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    another = {head + letter + tail[1:] for head, tail in cuts if tail for letter in _LETTERS}
    more = {head + letter + tail for head, tail in cuts for letter in _LETTERS}
    return sorted((fewer | swapped | another | more) - {word})
