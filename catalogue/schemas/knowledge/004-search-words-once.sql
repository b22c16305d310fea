-- The question's words are made into a query once, not again for every chunk that is looked at when a session reuses its
-- plan, and the index over words is used whatever the question. Results stay what they were.

CREATE OR REPLACE FUNCTION search_text(question text, wanted integer)
RETURNS TABLE (chunk_id bigint, score double precision) LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT c.id, ts_rank(c.terms, (SELECT search_terms(question)))::double precision AS rank FROM :"chunks" c
    WHERE c.terms @@ (SELECT search_terms(question)) ORDER BY rank DESC, c.id LIMIT wanted;
END;

-- Chunks are read whole to be ranked: compressed, their words take twice as long and save a tenth of the room. For rows
-- that are written from now on.
ALTER TABLE :"chunks" SET (toast_tuple_target = 8160);
