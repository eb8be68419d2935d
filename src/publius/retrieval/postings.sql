-- The postings of one document, from its passages: each term with the passages it stands in and its BM25 weight there.
-- A word of the title, of a heading or of a table's header counts in every passage below it. Passages are cut to one size, so the typical
-- length is a constant, and a weight once written never goes stale.
INSERT INTO postings (agency_id, term, document_id, level, passages, weights)
SELECT %(agency)s, term, %(document)s, level, array_agg(id),
       array_agg(times * (%(k1)s + 1) / (times + %(k1)s * (1 - %(b)s + %(b)s * length / %(typical)s)))
FROM (
    SELECT id, level, lexeme AS term, sum(times)::float8 AS times, sum(sum(times)) OVER (PARTITION BY id)::float8 AS length
    FROM passages, LATERAL (
        SELECT lexeme, cardinality(positions)::float8 AS times FROM unnest(lexemes(text))
        UNION ALL
        SELECT lexeme, 1 FROM unnest(lexemes(concat_ws(' ', %(title)s::text, array_to_string(headings, ' '), context)))
    ) AS word
    WHERE agency_id = %(agency)s AND document_id = %(document)s
    GROUP BY id, level, lexeme
) AS counted
GROUP BY term, level, id / 100
