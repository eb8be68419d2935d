-- What happened, provably: one append-only tree an agency. `docs/ledger.md` says how it is verified.

-- One row an agency: the size and right edge of its tree. Whoever appends locks it, so that there is never a fork.
CREATE TABLE ledger_heads (
    agency_id integer PRIMARY KEY DEFAULT current_agency() REFERENCES agencies ON DELETE CASCADE,
    size      bigint NOT NULL CHECK (size >= 0),
    frontier  bytea NOT NULL,
    key_id    text NOT NULL        -- the key that signs this log; another key must not go on with it
);

-- The leaves. `body` is the exact text that was hashed; the other columns only find it.
CREATE TABLE ledger_records (
    agency_id integer NOT NULL DEFAULT current_agency() REFERENCES agencies ON DELETE CASCADE,
    position  bigint NOT NULL CHECK (position >= 0),
    record    uuid NOT NULL,
    removal   boolean NOT NULL,    -- true: this leaf says that content was removed
    leaf_hash bytea NOT NULL CHECK (length(leaf_hash) = 32),
    body      text NOT NULL,
    PRIMARY KEY (agency_id, position),
    UNIQUE (agency_id, record)
);
CREATE INDEX ledger_removals ON ledger_records (agency_id, position) WHERE removal;

-- The hash over each 256 leaves, so that a proof over a long log reads few rows. Never trusted: a proof is checked.
CREATE TABLE ledger_tiles (
    agency_id integer NOT NULL DEFAULT current_agency() REFERENCES agencies ON DELETE CASCADE,
    tile      bigint NOT NULL,
    hash      bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (agency_id, tile)
);

-- A signed root for each group of leaves that was committed at once.
CREATE TABLE ledger_checkpoints (
    agency_id integer NOT NULL DEFAULT current_agency() REFERENCES agencies ON DELETE CASCADE,
    size      bigint NOT NULL CHECK (size > 0),
    note      text NOT NULL,
    made_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (agency_id, size)
);

-- What the commitments in the leaves open to. Rows may go; the tree stands without them.
CREATE TABLE ledger_contents (
    agency_id integer NOT NULL DEFAULT current_agency() REFERENCES agencies ON DELETE CASCADE,
    position  bigint NOT NULL,
    item      text NOT NULL,
    document  uuid,                -- for a passage: whose text this is, so that it can go with the document
    salt      bytea NOT NULL CHECK (length(salt) = 32),
    content   bytea NOT NULL,
    PRIMARY KEY (agency_id, position, item)
);
CREATE INDEX ledger_contents_of_document ON ledger_contents (agency_id, document) WHERE document IS NOT NULL;

-- Streams that have begun and have no leaf yet. `writer` names the process that still holds them.
CREATE TABLE ledger_journal (
    agency_id integer NOT NULL DEFAULT current_agency() REFERENCES agencies ON DELETE CASCADE,
    record    uuid NOT NULL,
    writer    text NOT NULL,
    entry     bytea NOT NULL,
    began_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (agency_id, record)
);

-- Even the owner's own slip must not change what was recorded. A whole agency may be deleted (by cascade).
CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The ledger is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_records FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_checkpoints FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON ledger_records EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON ledger_checkpoints EXECUTE FUNCTION ledger_is_append_only();

SELECT wall('ledger_heads', 'SELECT, INSERT, UPDATE');
SELECT wall('ledger_records', 'SELECT, INSERT');
SELECT wall('ledger_tiles', 'SELECT, INSERT');
SELECT wall('ledger_checkpoints', 'SELECT, INSERT');
SELECT wall('ledger_contents', 'SELECT, INSERT, DELETE');
SELECT wall('ledger_journal', 'SELECT, INSERT, DELETE');
