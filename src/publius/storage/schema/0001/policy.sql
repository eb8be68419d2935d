-- What an agency has used of what it may use. Both tables are one small row per agency (and day).

-- The request rate as one timestamp: when the agency's allowance is whole again. It may be lost in
-- a crash, so it is unlogged and costs no write to disk.
CREATE UNLOGGED TABLE request_rates (
    agency_id integer PRIMARY KEY REFERENCES agencies ON DELETE CASCADE DEFAULT current_agency(),
    whole_at  timestamptz NOT NULL
) WITH (fillfactor = 50);
SELECT wall('request_rates', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE tokens_spent (
    agency_id integer NOT NULL REFERENCES agencies ON DELETE CASCADE DEFAULT current_agency(),
    day       date NOT NULL,
    tokens    bigint NOT NULL,
    PRIMARY KEY (agency_id, day)
) WITH (fillfactor = 50);
SELECT wall('tokens_spent', 'SELECT, INSERT, UPDATE, DELETE');
