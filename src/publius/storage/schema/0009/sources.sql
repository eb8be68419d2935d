-- Where an agency's documents come from again and again. What was taken from a source is told by the documents themselves,
-- which are kept under the source's name: there is no second list that could contradict the library.
CREATE TABLE sources (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    agency_id     integer NOT NULL REFERENCES agencies ON DELETE CASCADE DEFAULT current_agency(),
    name          text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
    kind          text NOT NULL CHECK (kind IN ('folder')),
    address       text NOT NULL,
    label         text,                          -- of what it brings; NULL: the agency's default
    removes       boolean NOT NULL,              -- whether what vanished there is removed here
    every_minutes integer CHECK (every_minutes BETWEEN 1 AND 525600),  -- NULL: only when somebody runs it
    added_by      text NOT NULL,
    job_id        uuid,                          -- what the last run handed over
    run_at        timestamptz,
    found         integer NOT NULL DEFAULT 0,    -- of the last run
    changed       integer NOT NULL DEFAULT 0,
    vanished      integer NOT NULL DEFAULT 0,
    refused       integer NOT NULL DEFAULT 0,    -- not taken: links that lead out, files that are too large or unreadable
    failure       text NOT NULL DEFAULT '',
    UNIQUE (agency_id, name)
);
SELECT wall('sources', 'SELECT, INSERT, UPDATE, DELETE');

-- The agencies with a source whose time has come; as agencies_with_work.
CREATE FUNCTION agencies_with_sources_due() RETURNS SETOF integer LANGUAGE plpgsql AS $$
DECLARE
    agency integer;
BEGIN
    FOR agency IN SELECT id FROM agencies ORDER BY id LOOP
        PERFORM set_config('publius.agency', agency::text, true);
        IF EXISTS (SELECT FROM sources WHERE run_at IS NULL AND every_minutes IS NOT NULL
                   OR run_at + make_interval(mins => every_minutes) <= now()) THEN
            RETURN NEXT agency;
        END IF;
    END LOOP;
    PERFORM set_config('publius.agency', '', true);
END $$;
REVOKE ALL ON FUNCTION agencies_with_sources_due() FROM PUBLIC;
DO $$ BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION agencies_with_sources_due() TO %I', app_role());
END $$;
