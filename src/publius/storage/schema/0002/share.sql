-- An agency's share of the engine: its weight among those who wait, and whether it has an engine process of its own.
ALTER TABLE agencies
    ADD COLUMN weight           real NOT NULL DEFAULT 1 CHECK (weight > 0 AND weight < 'infinity'),
    ADD COLUMN exclusive_engine boolean NOT NULL DEFAULT false;
