-- Removing a document is complete: what was answered from it goes with it, and no file that waits brings it back.

-- The answers that rest on one of these documents or name it, and all that came after them in the same conversation: a
-- model was told there what had been said. Above a ceiling too, since nothing of it is shown to whoever removes.
CREATE FUNCTION answers_from(removed uuid[]) RETURNS TABLE (turn uuid, record uuid) LANGUAGE plpgsql AS $$
DECLARE
    ceiling text := current_setting('publius.ceiling', true);
BEGIN
    PERFORM set_config('publius.ceiling', '32767', true);
    RETURN QUERY
        SELECT t.id, (t.answer #>> '{receipt,record}')::uuid FROM turns t JOIN (
            SELECT conversation_id, min(position) AS position FROM turns
            WHERE documents && removed GROUP BY conversation_id) first USING (conversation_id)
        WHERE t.position >= first.position AND t.answer IS NOT NULL;
    PERFORM set_config('publius.ceiling', coalesce(ceiling, ''), true);
END $$;

CREATE FUNCTION withdraw_answers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ceiling text := current_setting('publius.ceiling', true);
BEGIN
    PERFORM set_config('publius.ceiling', '32767', true);
    UPDATE turns SET answer = NULL, documents = '{}', failure =
        'A document that this answer or one before it rested on was removed, and the answer with it. Ask again.'
    WHERE id IN (SELECT turn FROM answers_from(ARRAY[OLD.id]));
    DELETE FROM job_items WHERE agency_id = OLD.agency_id AND document_id IS NULL AND (
        name = OLD.name AND level = OLD.level
        OR sha256 IN (SELECT sha256 FROM revisions WHERE document_id = OLD.id));
    PERFORM set_config('publius.ceiling', coalesce(ceiling, ''), true);
    RETURN OLD;
END $$;
CREATE TRIGGER withdraw_answers BEFORE DELETE ON documents FOR EACH ROW EXECUTE FUNCTION withdraw_answers();
