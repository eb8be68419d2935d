-- One agency's passages for one question, best first, in one round trip: BM25 over the postings and cosine over the
-- vectors, fused. The agency stands as a parameter beside row-level security so that the planner prunes the partitions.
WITH asked AS MATERIALIZED (
    SELECT lexeme FROM unnest(%(terms)s::text[]) AS lexeme
),
-- Of a word that stands in very many documents, no more than a sample is read: the first ones by their random ids.
read AS MATERIALIZED (
    SELECT lexeme, document_id, passages, weights
    FROM asked CROSS JOIN LATERAL (
        SELECT document_id, passages, weights FROM postings
        WHERE agency_id = %(agency)s AND term = lexeme
        ORDER BY document_id LIMIT %(sample)s
    ) AS found
),
-- Document frequencies are counted from the postings just read, so they are right at every moment; from a sample they
-- are estimated, and so is the number of passages, from the part of all ids that the sample covers.
frequencies AS (
    SELECT asked.lexeme, count(document_id) >= %(sample)s AS cut,
           (coalesce(sum(cardinality(passages)), 0)
            / covered(count(document_id) >= %(sample)s, max(document_id::text)))::real AS frequency
    FROM asked LEFT JOIN read ON read.lexeme = asked.lexeme GROUP BY asked.lexeme
),
library AS (
    SELECT (coalesce(sum(passages), 0) / covered(count(*) >= %(sample)s, max(id::text)))::real AS size
    FROM (SELECT id, passages FROM documents WHERE agency_id = %(agency)s ORDER BY id LIMIT %(sample)s) AS sampled
),
-- The rarest words lead, as far as the budget goes: their passages are candidates. The commonest say least and would
-- cost most, so they only follow: they count in passages that are candidates already.
weighed AS MATERIALIZED (
    SELECT lexeme, ln(1 + (greatest(size, frequency) - frequency + 0.5) / (frequency + 0.5))::real AS idf,
           NOT cut AND so_far <= greatest(%(budget)s, frequency) AS leads
    FROM (SELECT *, sum(frequency) OVER (ORDER BY frequency, lexeme) AS so_far FROM frequencies) AS sorted, library
),
whole AS (SELECT nullif(sum(idf), 0) AS idf FROM weighed),
scored AS MATERIALIZED (
    SELECT id, sum(weight * idf) AS bm25, sum(idf) AS covered, bool_or(near) AS near
    FROM (
        SELECT unnest(passages) AS id, unnest(weights) AS weight, idf, false AS near
        FROM read JOIN weighed ON weighed.lexeme = read.lexeme WHERE leads
        UNION ALL
        (SELECT id, 0, 0, true FROM passages WHERE agency_id = %(agency)s
         ORDER BY embedding <=> %(vector)s::halfvec LIMIT %(depth)s)
    ) AS hits
    GROUP BY id
),
candidates AS (
    (SELECT id, bm25, covered FROM scored ORDER BY bm25 DESC LIMIT %(depth)s)
    UNION
    (SELECT id, bm25, covered FROM scored WHERE near LIMIT %(depth)s)
),
placed AS MATERIALIZED (
    SELECT p.*, bm25, covered FROM candidates JOIN passages p ON p.id = candidates.id WHERE agency_id = %(agency)s
),
following AS (
    SELECT hit.id, sum(weight * idf) AS bm25, sum(idf) AS covered
    FROM (SELECT DISTINCT document_id FROM placed) AS near
         CROSS JOIN weighed CROSS JOIN LATERAL (
             SELECT passages, weights FROM postings
             WHERE agency_id = %(agency)s AND term = lexeme AND postings.document_id = near.document_id OFFSET 0
         ) AS found CROSS JOIN LATERAL unnest(passages, weights) AS hit (id, weight)
    WHERE NOT leads
    GROUP BY hit.id
),
measured AS (
    SELECT placed.*, 1 - (embedding <=> %(vector)s::halfvec) AS cosine,
           coalesce((placed.bm25 + coalesce(following.bm25, 0)) / whole.idf, 0) AS lexical,
           coalesce((placed.covered + coalesce(following.covered, 0)) / whole.idf, 0) AS coverage
    FROM whole, placed LEFT JOIN following ON following.id = placed.id
)
SELECT m.id, document_id, revision, title, name, m.level, text, start_at, end_at, page, headings, context,
       m.recognised, published, publisher,
       %(lexical_share)s * lexical + (1 - %(lexical_share)s) * cosine AS score, coverage, cosine
FROM measured m JOIN documents d ON d.id = document_id
WHERE d.agency_id = %(agency)s
ORDER BY score DESC, m.id LIMIT %(limit)s
