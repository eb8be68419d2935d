-- One agency's passages for one question, best first, in one round trip: BM25 over the postings and cosine over the
-- vectors, fused. The agency stands as a parameter beside row-level security so that the planner prunes the partitions.
WITH asked AS MATERIALIZED (
    SELECT lexeme FROM unnest(tsvector_to_array(lexemes(%(words)s))) AS lexeme
),
found AS MATERIALIZED (
    SELECT term, passages, weights FROM postings
    WHERE agency_id = %(agency)s AND term = ANY (ARRAY(SELECT lexeme FROM asked))
),
-- Document frequencies are counted from the postings just read, so they are right at every moment.
frequencies AS (
    SELECT lexeme, coalesce(sum(cardinality(passages)), 0)::real AS frequency
    FROM asked LEFT JOIN found ON term = lexeme GROUP BY lexeme
),
weighed AS MATERIALIZED (
    SELECT lexeme, ln(1 + (size - frequency + 0.5) / (frequency + 0.5))::real AS idf
    FROM frequencies, (SELECT coalesce(sum(passages), 0)::real AS size FROM documents WHERE agency_id = %(agency)s) AS all_of_them
),
whole AS (SELECT nullif(sum(idf), 0) AS idf FROM weighed),
lexical AS MATERIALIZED (
    SELECT id, sum(weight * idf) AS bm25, sum(idf) AS covered
    FROM found JOIN weighed ON lexeme = term, unnest(passages, weights) AS posting (id, weight)
    GROUP BY id
),
candidates AS (
    (SELECT id FROM lexical ORDER BY bm25 DESC LIMIT %(depth)s)
    UNION
    (SELECT id FROM passages WHERE agency_id = %(agency)s ORDER BY embedding <=> %(vector)s::halfvec LIMIT %(depth)s)
),
measured AS (
    SELECT p.*, coalesce(bm25 / whole.idf, 0) AS bm25, coalesce(covered / whole.idf, 0) AS coverage,
           1 - (embedding <=> %(vector)s::halfvec) AS cosine
    FROM candidates JOIN passages p ON p.id = candidates.id LEFT JOIN lexical ON lexical.id = candidates.id, whole
    WHERE agency_id = %(agency)s
)
SELECT m.id, document_id, revision, title, name, text, start_at, end_at, page, headings,
       %(lexical_share)s * bm25 + (1 - %(lexical_share)s) * cosine AS score, coverage, cosine
FROM measured m JOIN documents d ON d.id = document_id
ORDER BY score DESC, m.id LIMIT %(limit)s
