-- What stands outside every wall: the list of agencies, and the functions that build the walls.

CREATE EXTENSION IF NOT EXISTS vector;

CREATE TABLE agencies (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug            text NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9]{1,31}$'),
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    rate_per_minute integer NOT NULL CHECK (rate_per_minute > 0),
    tokens_per_day  bigint NOT NULL CHECK (tokens_per_day > 0),
    created_at      timestamptz NOT NULL DEFAULT now()
);

-- The role that the application connects as: it owns nothing, so it cannot lift a wall.
DO $$ BEGIN
    EXECUTE format('CREATE FUNCTION app_role() RETURNS text LANGUAGE sql IMMUTABLE RETURN %L', current_database() || '_app');
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', app_role());
    EXECUTE format('GRANT SELECT ON agencies TO %I', app_role());
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- The agency of this transaction; NULL when none was set, and NULL equals nothing.
CREATE FUNCTION current_agency() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('publius.agency', true), '')::integer;

-- Put a table behind the wall: forced row-level security, and just these privileges for the application.
CREATE FUNCTION wall(walled regclass, privileges text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format('CREATE POLICY wall ON %s USING (agency_id = current_agency()) WITH CHECK (agency_id = current_agency())', walled);
    IF privileges <> '' THEN
        EXECUTE format('GRANT %s ON %s TO %I', privileges, walled, app_role());
    END IF;
END $$;
