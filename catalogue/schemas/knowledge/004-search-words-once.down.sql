ALTER TABLE :"chunks" RESET (toast_tuple_target);

CREATE OR REPLACE FUNCTION search_text(question text, wanted integer)
RETURNS TABLE (chunk_id bigint, score double precision) LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT c.id, ts_rank(c.terms, search_terms(question))::double precision AS rank FROM :"chunks" c
    WHERE c.terms @@ search_terms(question) ORDER BY rank DESC, c.id LIMIT wanted;
END;
