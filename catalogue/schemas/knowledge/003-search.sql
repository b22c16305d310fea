-- Search by meaning, by words, and by both. Plain SQL functions, so that the planner sees through them to the indexes:
-- set hnsw.ef_search to at least the number wanted, and hnsw.iterative_scan where several models share the table.

CREATE FUNCTION search_terms(question text) RETURNS tsquery LANGUAGE sql STABLE PARALLEL SAFE
RETURN replace(plainto_tsquery(:'language', question)::text, ' & ', ' | ')::tsquery;

CREATE FUNCTION search_semantic(query halfvec, model text, wanted integer)
RETURNS TABLE (chunk_id bigint, score double precision) LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT e.chunk_id, 1 - (e.embedding <=> query) FROM :"embeddings" e
    WHERE e.embedding_model = model ORDER BY e.embedding <=> query LIMIT wanted;
END;

CREATE FUNCTION search_text(question text, wanted integer)
RETURNS TABLE (chunk_id bigint, score double precision) LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT c.id, ts_rank(c.terms, search_terms(question))::double precision AS rank FROM :"chunks" c
    WHERE c.terms @@ search_terms(question) ORDER BY rank DESC, c.id LIMIT wanted;
END;

-- Reciprocal rank fusion (Cormack, Clarke, Buettcher 2009) with their constant of 60.
CREATE FUNCTION search_hybrid(query halfvec, question text, model text, wanted integer, candidates integer)
RETURNS TABLE (chunk_id bigint, score double precision) LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT ranked.chunk_id, sum(1.0 / (60 + ranked.place))::double precision AS fused
    FROM (
        SELECT near.chunk_id, row_number() OVER (ORDER BY near.score DESC, near.chunk_id) AS place
        FROM search_semantic(query, model, candidates) near
        UNION ALL
        SELECT said.chunk_id, row_number() OVER (ORDER BY said.score DESC, said.chunk_id) AS place
        FROM search_text(question, candidates) said
    ) ranked
    GROUP BY ranked.chunk_id ORDER BY fused DESC, ranked.chunk_id LIMIT wanted;
END;
