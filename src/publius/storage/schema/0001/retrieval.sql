-- The agencies' documents, their passages, and the postings that BM25 reads.
--
-- Passages and postings are partitioned by agency: each agency's search has its own indexes, so one
-- agency's size never slows another's search, and its words never weigh in another's scores.
-- Foreign keys carry the agency as well, because referential checks look past row-level security.

CREATE TABLE documents (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    agency_id integer NOT NULL REFERENCES agencies ON DELETE CASCADE DEFAULT current_agency(),
    name text NOT NULL,                  -- file name, with the folder it was added from
    title text NOT NULL,
    media_type text NOT NULL,
    sha256 bytea NOT NULL,               -- of the current revision's bytes
    revision integer NOT NULL,           -- the current one; its passages are the ones in search
    passages integer NOT NULL,           -- how many of them; the sum is BM25's number of passages
    added_by text NOT NULL,              -- Principal.id
    added_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agency_id, id),
    UNIQUE (agency_id, name)
);
CREATE INDEX ON documents (agency_id, sha256);
SELECT wall('documents', 'SELECT, INSERT, UPDATE, DELETE');

-- Older revisions stay, so that an earlier answer's citations still open.
CREATE TABLE revisions (
    agency_id integer NOT NULL REFERENCES agencies ON DELETE CASCADE DEFAULT current_agency(),
    document_id uuid NOT NULL,
    number integer NOT NULL,             -- 1, 2, 3 … within the document
    name text NOT NULL,
    title text NOT NULL,
    media_type text NOT NULL,
    sha256 bytea NOT NULL,
    original bytea NOT NULL,             -- the file, byte for byte
    text text NOT NULL,                  -- what offsets count in
    pages integer[] NOT NULL,            -- {{start, end}, …} of each page in text; empty where there are none
    added_by text NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (document_id, number),
    FOREIGN KEY (agency_id, document_id) REFERENCES documents (agency_id, id) ON DELETE CASCADE
);
-- Documents are mostly compressed already, or compress badly: do not spend time on it.
ALTER TABLE revisions ALTER COLUMN original SET STORAGE EXTERNAL;
SELECT wall('revisions', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE passages (
    id bigint GENERATED ALWAYS AS IDENTITY,
    agency_id integer NOT NULL DEFAULT current_agency(),
    document_id uuid NOT NULL,
    start_at integer NOT NULL,
    end_at integer NOT NULL,
    page integer,
    headings text[] NOT NULL,
    context text NOT NULL,               -- the header of the table that its rows begin in, when that stands further up
    text text NOT NULL,
    embedding halfvec(384) NOT NULL,     -- L2-normalised
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, document_id) REFERENCES documents (agency_id, id) ON DELETE CASCADE
) PARTITION BY LIST (agency_id);
CREATE INDEX ON passages (document_id);
CREATE INDEX ON passages USING hnsw (embedding halfvec_cosine_ops) WITH (m = 16, ef_construction = 64);
SELECT wall('passages', 'SELECT, INSERT, UPDATE, DELETE');

-- One row for each term of each document: in which of its passages, with which weight. A long document has one for
-- every hundred passages, so that a row always fits into the index.
CREATE TABLE postings (
    agency_id integer NOT NULL DEFAULT current_agency(),
    term text COLLATE "C" NOT NULL,
    document_id uuid NOT NULL,
    passages bigint[] NOT NULL,
    weights real[] NOT NULL,             -- BM25's saturated term frequency, one for each passage
    FOREIGN KEY (agency_id, document_id) REFERENCES documents (agency_id, id) ON DELETE CASCADE
) PARTITION BY LIST (agency_id);
-- Search reads the postings of a term from this index alone, side by side, and not from as many pages as documents.
CREATE INDEX ON postings (agency_id, term) INCLUDE (passages, weights);
CREATE INDEX ON postings (document_id);
SELECT wall('postings', 'SELECT, INSERT, UPDATE, DELETE');

-- Words as search knows them: stemmed, without stop words. A slash parts words here ("and/or"),
-- where PostgreSQL's parser would see one path.
CREATE FUNCTION lexemes(words text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_tsvector('english', translate(words, '/_|', '   '));

-- The partitions of a new agency, walled themselves and granted to nobody, so that naming one
-- directly finds nothing. Called by the owner with every new agency.
CREATE FUNCTION create_agency_partitions(agency integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    parent text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['passages', 'postings'] LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES IN (%s)', parent || '_' || agency, parent, agency);
        PERFORM wall((parent || '_' || agency)::regclass, '');
    END LOOP;
END $$;

CREATE FUNCTION remove_agency_partitions(agency integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TABLE %I, %I', 'postings_' || agency, 'passages_' || agency);
END $$;

REVOKE ALL ON FUNCTION create_agency_partitions(integer), remove_agency_partitions(integer) FROM PUBLIC;
