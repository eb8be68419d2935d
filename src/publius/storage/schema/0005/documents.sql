-- What documents say about themselves, how surely they were read, and which of them came inside of others.
ALTER TABLE documents
    ADD COLUMN language   text NOT NULL DEFAULT '',  -- ISO 639-1; empty where it could not be told
    ADD COLUMN published  date,
    ADD COLUMN publisher  text NOT NULL DEFAULT '',
    ADD COLUMN recognised real,                      -- by OCR, with this confidence from 0 to 1; NULL: not by OCR
    ADD COLUMN part_of    uuid,                      -- the mail or archive that it came in
    -- It goes when that goes, and has its label: the mail's own file holds the attachment too.
    ADD FOREIGN KEY (agency_id, part_of, level) REFERENCES documents (agency_id, id, level)
        ON UPDATE CASCADE ON DELETE CASCADE;
CREATE INDEX ON documents (part_of) WHERE part_of IS NOT NULL;

ALTER TABLE revisions
    ADD COLUMN language   text NOT NULL DEFAULT '',
    ADD COLUMN published  date,
    ADD COLUMN publisher  text NOT NULL DEFAULT '',
    ADD COLUMN recognised real,
    ADD COLUMN parts      jsonb NOT NULL DEFAULT '[]',  -- of a mail or archive: [{name, document or null, reason}, …]
    ADD COLUMN places     bytea;                        -- where its words stand on its pages; NULL: it has none

ALTER TABLE passages ADD COLUMN recognised real;     -- the confidence of its least sure line, where OCR read it
