-- Who may come in: people, their sessions and one-time links, and keys for programs.
-- No secret is stored: `prefix` finds a row, `hash` is the SHA-256 of the whole token.

CREATE TABLE users (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    agency_id     integer NOT NULL REFERENCES agencies ON DELETE CASCADE DEFAULT current_agency(),
    username      text NOT NULL,
    name          text NOT NULL,
    role          text NOT NULL CHECK (role IN ('member', 'administrator', 'auditor', 'operator')),
    password_hash text,  -- argon2id; NULL: this person signs in by link only
    created_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at   timestamptz,
    UNIQUE (agency_id, username),
    UNIQUE (agency_id, id)
);
SELECT wall('users', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE keys (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    agency_id    integer NOT NULL REFERENCES agencies ON DELETE CASCADE DEFAULT current_agency(),
    name         text NOT NULL,
    role         text NOT NULL CHECK (role IN ('member', 'administrator', 'auditor', 'operator')),
    scopes       text[],  -- NULL: all that the role gives
    prefix       text NOT NULL,
    hash         bytea NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    UNIQUE (agency_id, prefix)
);
SELECT wall('keys', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE sessions (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    agency_id  integer NOT NULL REFERENCES agencies ON DELETE CASCADE DEFAULT current_agency(),
    user_id    uuid NOT NULL,
    prefix     text NOT NULL,
    hash       bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    UNIQUE (agency_id, prefix),
    FOREIGN KEY (agency_id, user_id) REFERENCES users (agency_id, id) ON DELETE CASCADE
);
CREATE INDEX ON sessions (agency_id, user_id);
SELECT wall('sessions', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE sign_in_links (
    agency_id  integer NOT NULL REFERENCES agencies ON DELETE CASCADE DEFAULT current_agency(),
    user_id    uuid NOT NULL,
    prefix     text NOT NULL,
    hash       bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, prefix),
    FOREIGN KEY (agency_id, user_id) REFERENCES users (agency_id, id) ON DELETE CASCADE
);
SELECT wall('sign_in_links', 'SELECT, INSERT, UPDATE, DELETE');

-- Password attempts in the running window. A name need not exist to be counted, so that the
-- throttle does not tell which names do.
CREATE TABLE sign_in_attempts (
    agency_id    integer NOT NULL REFERENCES agencies ON DELETE CASCADE DEFAULT current_agency(),
    username     text NOT NULL,
    attempts     integer NOT NULL,
    window_ends  timestamptz NOT NULL,
    PRIMARY KEY (agency_id, username)
);
SELECT wall('sign_in_attempts', 'SELECT, INSERT, UPDATE, DELETE');
