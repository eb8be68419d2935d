-- Labels: each agency's own ordered list. A level is a place in that list, from 0, and stands on whatever holds content;
-- a ceiling is the highest level that somebody, a key or a model may see.

ALTER TABLE agencies
    ADD COLUMN labels         text[] NOT NULL DEFAULT '{public,internal,CUI}' CHECK (cardinality(labels) BETWEEN 1 AND 16),
    ADD COLUMN default_level  smallint NOT NULL DEFAULT 1,  -- of documents that come without a label, and members' ceiling
    ADD COLUMN model_ceilings jsonb NOT NULL DEFAULT '{}',  -- level by model; a model that is not here has none of its own
    ADD CHECK (default_level >= 0 AND default_level < cardinality(labels));

-- NULL: the ceiling of the role.
ALTER TABLE users ADD COLUMN ceiling smallint CHECK (ceiling >= 0);
ALTER TABLE keys ADD COLUMN ceiling smallint CHECK (ceiling >= 0);

-- The ceiling of this transaction; NULL when none was set, and nothing is below NULL.
CREATE FUNCTION current_ceiling() RETURNS smallint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('publius.ceiling', true), '')::smallint;

-- Beside the agency's wall, which lets rows in, this keeps those above the ceiling out. The SELECT has the planner ask
-- once for a statement, not for every row.
CREATE FUNCTION under_ceiling(walled regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE POLICY ceiling ON %s AS RESTRICTIVE USING (level <= (SELECT current_ceiling()))', walled);
END $$;
REVOKE ALL ON FUNCTION under_ceiling(regclass) FROM PUBLIC;

-- What was there before is neither public nor controlled: it is for everybody in the agency.
ALTER TABLE documents ADD COLUMN level smallint NOT NULL DEFAULT 1 CHECK (level >= 0);
ALTER TABLE revisions ADD COLUMN level smallint NOT NULL DEFAULT 1;
ALTER TABLE passages ADD COLUMN level smallint NOT NULL DEFAULT 1;
ALTER TABLE postings ADD COLUMN level smallint NOT NULL DEFAULT 1;

-- One name may stand once at each level: otherwise who may not see a document would learn its name by trying to take it.
ALTER TABLE documents
    DROP CONSTRAINT documents_agency_id_name_key,
    ADD UNIQUE (agency_id, name, level) DEFERRABLE,
    ADD UNIQUE (agency_id, id, level);

-- What belongs to a document has its level, by the key itself, and follows when that changes.
ALTER TABLE revisions
    DROP CONSTRAINT revisions_agency_id_document_id_fkey,
    ADD FOREIGN KEY (agency_id, document_id, level) REFERENCES documents (agency_id, id, level)
        ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE passages
    DROP CONSTRAINT passages_agency_id_document_id_fkey,
    ADD FOREIGN KEY (agency_id, document_id, level) REFERENCES documents (agency_id, id, level)
        ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE postings
    DROP CONSTRAINT postings_agency_id_document_id_fkey,
    ADD FOREIGN KEY (agency_id, document_id, level) REFERENCES documents (agency_id, id, level)
        ON UPDATE CASCADE ON DELETE CASCADE;

-- The level is part of the key, so that search does not even read postings above the ceiling.
DROP INDEX postings_agency_id_term_passages_weights_idx;
CREATE INDEX ON postings (agency_id, term, level) INCLUDE (passages, weights);

-- A conversation has the highest level of its answers, and an answer that of all that it rests on.
ALTER TABLE conversations ADD COLUMN level smallint NOT NULL DEFAULT 0 CHECK (level >= 0);
ALTER TABLE turns
    ADD COLUMN level     smallint NOT NULL DEFAULT 0 CHECK (level >= 0),
    ADD COLUMN documents uuid[] NOT NULL DEFAULT '{}';  -- all that the answer rests on or names
CREATE INDEX ON turns USING gin (documents);

SELECT under_ceiling(walled) FROM unnest(ARRAY[
    'documents', 'revisions', 'passages', 'postings', 'conversations', 'turns']::regclass[]) AS walled;

-- Answers from before labels have the default level, as the documents that they rest on.
DO $$
DECLARE
    agency integer;
BEGIN
    FOR agency IN SELECT id FROM agencies LOOP
        PERFORM set_config('publius.agency', agency::text, true), set_config('publius.ceiling', '32767', true);
        UPDATE turns SET level = 1, documents = ARRAY(
            SELECT DISTINCT (place ->> 'document_id')::uuid
            FROM jsonb_array_elements((answer #> '{checked,citations}') || (answer #> '{checked,nearest}')) AS place)
        WHERE agency_id = agency AND answer IS NOT NULL;
        UPDATE conversations SET level = 1 WHERE agency_id = agency;
    END LOOP;
    PERFORM set_config('publius.agency', '', true), set_config('publius.ceiling', '', true);
END $$;

-- When a document's level rises, so do the answers that were given from it; but not when the list of labels itself
-- changes, and levels move with the names.
CREATE FUNCTION raise_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE turns SET level = NEW.level WHERE documents @> ARRAY[NEW.id] AND level < NEW.level;
    UPDATE conversations SET level = NEW.level WHERE level < NEW.level AND EXISTS (
        SELECT FROM turns WHERE conversation_id = conversations.id AND documents @> ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER raise_answers AFTER UPDATE OF level ON documents FOR EACH ROW
    WHEN (NEW.level > OLD.level AND current_setting('publius.moving', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION raise_answers();
