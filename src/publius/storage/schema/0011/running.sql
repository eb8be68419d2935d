-- A source can be run when somebody asks for it, in the background, and its clock can be stopped.
ALTER TABLE sources
    ADD COLUMN paused boolean NOT NULL DEFAULT false,  -- it is not run by the clock
    ADD COLUMN wanted boolean NOT NULL DEFAULT false,  -- somebody asked for a run, which has not begun
    ADD COLUMN begun_at timestamptz;                   -- of the run under way; NULL: there is none

-- Whether a source's time has come: the same in the two places that ask.
CREATE FUNCTION is_due(source sources) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT source.wanted OR (source.every_minutes IS NOT NULL AND NOT source.paused
        AND (source.run_at IS NULL OR source.run_at + make_interval(mins => source.every_minutes) <= now()))
$$;

CREATE OR REPLACE FUNCTION agencies_with_sources_due() RETURNS SETOF integer LANGUAGE plpgsql AS $$
DECLARE
    agency integer;
BEGIN
    FOR agency IN SELECT id FROM agencies ORDER BY id LOOP
        PERFORM set_config('publius.agency', agency::text, true);
        IF EXISTS (SELECT FROM sources WHERE is_due(sources)) THEN
            RETURN NEXT agency;
        END IF;
    END LOOP;
    PERFORM set_config('publius.agency', '', true);
END $$;
