-- The missions that an agency has turned on. What a mission is stands in its pack; here is only its name.
CREATE TABLE agency_missions (
    agency_id    integer NOT NULL REFERENCES agencies ON DELETE CASCADE DEFAULT current_agency(),
    mission      text NOT NULL CHECK (length(mission) BETWEEN 1 AND 64),
    turned_on_at timestamptz NOT NULL DEFAULT now(),
    turned_on_by text NOT NULL,
    PRIMARY KEY (agency_id, mission)
);
SELECT wall('agency_missions', 'SELECT, INSERT, DELETE');
