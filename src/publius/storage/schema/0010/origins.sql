-- Sources of several kinds, and where a document was taken from. What a source said of a file (its address, its mark of the
-- version) is kept with the document that it became, and goes with it: there is still no second list.
ALTER TABLE sources
    DROP CONSTRAINT sources_kind_check,
    ADD CHECK (kind ~ '^[a-z]{1,20}$'),
    ADD COLUMN settings jsonb NOT NULL DEFAULT '{}',   -- as its kind reads them
    ADD COLUMN refusals jsonb NOT NULL DEFAULT '[]';   -- of the last run, the first of them: [{name, reason}, …]

-- NULL: somebody added it. Otherwise {address, publisher, licence, mark}, as the source said.
ALTER TABLE job_items ADD COLUMN origin jsonb;
ALTER TABLE documents ADD COLUMN origin jsonb;
ALTER TABLE revisions ADD COLUMN origin jsonb;

-- A document that is removed is not named by what its source's last run told either.
CREATE FUNCTION forget_refusals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE sources SET refusals = '[]' WHERE agency_id = OLD.agency_id AND name = split_part(OLD.name, '/', 1);
    RETURN OLD;
END $$;
CREATE TRIGGER forget_refusals BEFORE DELETE ON documents FOR EACH ROW EXECUTE FUNCTION forget_refusals();
