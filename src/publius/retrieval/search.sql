-- One agency's passages for one question, best first, in one round trip: BM25 over the postings and cosine over the
-- vectors, fused. The agency stands as a parameter beside row-level security so that the planner prunes the partitions.
WITH asked AS MATERIALIZED (
    SELECT lexeme FROM unnest(%(terms)s::text[]) AS lexeme
),
read AS MATERIALIZED (
    SELECT term, passages, weights FROM postings
    WHERE agency_id = %(agency)s AND term = ANY (ARRAY(SELECT lexeme FROM asked))
),
-- Document frequencies are counted from the postings just read, so they are right at every moment.
frequencies AS (
    SELECT lexeme, coalesce(sum(cardinality(passages)), 0)::real AS frequency
    FROM asked LEFT JOIN read ON term = lexeme GROUP BY lexeme
),
-- The rarest words first, as far as the budget goes: the commonest say least and cost most.
weighed AS MATERIALIZED (
    SELECT lexeme, ln(1 + (size - frequency + 0.5) / (frequency + 0.5))::real AS idf
    FROM (SELECT *, sum(frequency) OVER (ORDER BY frequency, lexeme) AS so_far FROM frequencies) AS sorted,
         (SELECT coalesce(sum(passages), 0)::real AS size FROM documents WHERE agency_id = %(agency)s) AS library
    WHERE so_far <= greatest(%(budget)s, frequency)
),
whole AS (SELECT nullif(sum(idf), 0) AS idf FROM weighed),
scored AS MATERIALIZED (
    SELECT id, sum(weight * idf) AS bm25, sum(idf) AS covered, bool_or(near) AS near
    FROM (
        SELECT unnest(passages) AS id, unnest(weights) AS weight, idf, false AS near
        FROM read JOIN weighed ON lexeme = term
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
measured AS (
    SELECT p.*, coalesce(bm25 / whole.idf, 0) AS bm25, coalesce(covered / whole.idf, 0) AS coverage,
           1 - (embedding <=> %(vector)s::halfvec) AS cosine
    FROM whole, candidates JOIN passages p ON p.id = candidates.id
    WHERE agency_id = %(agency)s
)
SELECT m.id, document_id, revision, title, name, m.level, text, start_at, end_at, page, headings, context,
       m.recognised, published, publisher,
       %(lexical_share)s * bm25 + (1 - %(lexical_share)s) * cosine AS score, coverage, cosine
FROM measured m JOIN documents d ON d.id = document_id
WHERE d.agency_id = %(agency)s
ORDER BY score DESC, m.id LIMIT %(limit)s
