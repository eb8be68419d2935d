-- What a person asked on the pages and what they were answered. A conversation is its owner's alone:
-- the wall keeps other agencies out, `principal` keeps colleagues out.

CREATE TABLE conversations (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    agency_id  integer NOT NULL REFERENCES agencies ON DELETE CASCADE DEFAULT current_agency(),
    principal  text NOT NULL,
    title      text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agency_id, id)
);
CREATE INDEX ON conversations (agency_id, principal, updated_at DESC);
SELECT wall('conversations', 'SELECT, INSERT, UPDATE, DELETE');

-- One question with its answer. Neither answer nor failure: it is being answered, or was broken off.
CREATE TABLE turns (
    id              uuid PRIMARY KEY,
    agency_id       integer NOT NULL REFERENCES agencies ON DELETE CASCADE DEFAULT current_agency(),
    conversation_id uuid NOT NULL,
    position        integer NOT NULL,
    question        text NOT NULL,
    model           text NOT NULL,
    asked_at        timestamptz NOT NULL DEFAULT now(),
    answer          jsonb,
    failure         text,
    UNIQUE (conversation_id, position),
    FOREIGN KEY (agency_id, conversation_id) REFERENCES conversations (agency_id, id) ON DELETE CASCADE
);
SELECT wall('turns', 'SELECT, INSERT, UPDATE, DELETE');
