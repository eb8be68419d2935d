-- What is done to a source is on record, and a run that dies with its server is taken up again.

ALTER TABLE ledger_records ADD COLUMN act boolean NOT NULL DEFAULT false;  -- true: this leaf says what somebody did
CREATE INDEX ledger_acts ON ledger_records (agency_id, position) WHERE act;

ALTER TABLE sources
    ADD COLUMN holder  integer,                       -- who runs it, by the advisory lock of this number
    ADD COLUMN losses  smallint NOT NULL DEFAULT 0,   -- runs that broke off one after the other
    ADD COLUMN noindex integer NOT NULL DEFAULT 0;    -- of the last run, among those not taken: what asks for that itself

-- Not one that is being run: what is asked for meanwhile waits for its end.
CREATE OR REPLACE FUNCTION is_due(source sources) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT source.begun_at IS NULL AND (source.wanted OR (source.every_minutes IS NOT NULL AND NOT source.paused
        AND (source.run_at IS NULL OR source.run_at + make_interval(mins => source.every_minutes) <= now())))
$$;

-- With those that are being run, since whoever does may be gone.
CREATE OR REPLACE FUNCTION agencies_with_sources_due() RETURNS SETOF integer LANGUAGE plpgsql AS $$
DECLARE
    agency integer;
BEGIN
    FOR agency IN SELECT id FROM agencies ORDER BY id LOOP
        PERFORM set_config('publius.agency', agency::text, true);
        IF EXISTS (SELECT FROM sources WHERE begun_at IS NOT NULL OR is_due(sources)) THEN
            RETURN NEXT agency;
        END IF;
    END LOOP;
    PERFORM set_config('publius.agency', '', true);
END $$;
