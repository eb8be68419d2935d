-- What search needs in a large library: of a common word it reads a sample of documents, and then the word's postings
-- in the few documents that it has come to otherwise. Ids of documents are random, so the first ones are a fair sample.
DROP INDEX postings_agency_id_term_level_passages_weights_idx;
CREATE INDEX ON postings (agency_id, term, document_id, level) INCLUDE (passages, weights);

-- The part of all documents that was read, from 0 to 1: all of them unless it was cut short, after the document `last`.
CREATE FUNCTION covered(cut boolean, last text) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN cut THEN (1 + ('x' || left(last, 8))::bit(32)::bigint) / 4294967296.0::double precision ELSE 1 END;
