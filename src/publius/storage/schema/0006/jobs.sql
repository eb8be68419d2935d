-- Files that wait to be read into the library. A file is here with its bytes from the moment that it was accepted until
-- the transaction that writes its document, so that no death of a process loses it or reads it twice.

CREATE TABLE jobs (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    agency_id    integer NOT NULL REFERENCES agencies ON DELETE CASCADE DEFAULT current_agency(),
    title        text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),  -- where the files came from; never a file's name
    added_by     text NOT NULL,                 -- Principal.id
    ceiling      smallint NOT NULL,             -- of whoever added it: it is read as they would have
    paused       boolean NOT NULL DEFAULT false,
    cancelled_at timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agency_id, id)
);
CREATE INDEX ON jobs (agency_id, created_at DESC);
SELECT wall('jobs', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE job_items (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agency_id   integer NOT NULL REFERENCES agencies ON DELETE CASCADE DEFAULT current_agency(),
    job_id      uuid NOT NULL,
    position    integer NOT NULL,               -- 1, 2, 3 … within the job
    name        text NOT NULL,
    sha256      bytea NOT NULL,
    data        bytea,                          -- NULL once it is not needed any more
    label       text,                           -- the one asked for, by name; NULL: none was
    level       smallint NOT NULL,              -- who may see this row; once it is done, the document's
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'taken', 'done', 'failed', 'cancelled')),
    attempts    smallint NOT NULL DEFAULT 0,    -- how often it was taken
    holder      integer,                        -- the worker that has it, which holds the advisory lock of this number
    reason      text NOT NULL DEFAULT '',       -- why it failed; of one that is done, what became of it
    document_id uuid,
    settled_at  timestamptz,
    CHECK (state NOT IN ('waiting', 'taken', 'failed') OR data IS NOT NULL),
    UNIQUE (job_id, position),
    FOREIGN KEY (agency_id, job_id) REFERENCES jobs (agency_id, id) ON DELETE CASCADE,
    -- Its name goes with the document, and is no more to be seen than that.
    FOREIGN KEY (agency_id, document_id, level) REFERENCES documents (agency_id, id, level)
        ON UPDATE CASCADE ON DELETE CASCADE
);
ALTER TABLE job_items ALTER COLUMN data SET STORAGE EXTERNAL;
CREATE INDEX ON job_items (agency_id, job_id, position) WHERE state = 'waiting';
CREATE INDEX ON job_items (agency_id) WHERE state = 'taken';
CREATE INDEX ON job_items (job_id, state);
CREATE INDEX ON job_items (agency_id, document_id) WHERE document_id IS NOT NULL;
CREATE INDEX ON job_items (agency_id, sha256);
CREATE INDEX ON job_items (agency_id, name);
SELECT wall('job_items', 'SELECT, INSERT, UPDATE, DELETE');
SELECT under_ceiling('job_items');

-- The agencies that have something to read. It steps behind the wall of one after the other, as its caller could, and
-- brings out nothing else.
CREATE FUNCTION agencies_with_work() RETURNS SETOF integer LANGUAGE plpgsql AS $$
DECLARE
    agency integer;
BEGIN
    PERFORM set_config('publius.ceiling', '32767', true);
    FOR agency IN SELECT id FROM agencies ORDER BY id LOOP
        PERFORM set_config('publius.agency', agency::text, true);
        IF EXISTS (SELECT FROM job_items WHERE agency_id = agency AND state = 'waiting')
            OR EXISTS (SELECT FROM job_items WHERE agency_id = agency AND state = 'taken') THEN
            RETURN NEXT agency;
        END IF;
    END LOOP;
    PERFORM set_config('publius.agency', '', true), set_config('publius.ceiling', '', true);
END $$;
REVOKE ALL ON FUNCTION agencies_with_work() FROM PUBLIC;
DO $$ BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION agencies_with_work() TO %I', app_role());
END $$;
