-- What each run of the ingestion has brought in. Warnings name documents by their ids, never their text.

CREATE TABLE :"ingestion_runs" (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    embedding_model text NOT NULL,
    documents integer NOT NULL DEFAULT 0 CHECK (documents >= 0),
    chunks integer NOT NULL DEFAULT 0 CHECK (chunks >= 0),
    tokens bigint NOT NULL DEFAULT 0 CHECK (tokens >= 0),
    seconds double precision GENERATED ALWAYS AS (extract(epoch FROM ended_at - started_at)) STORED,
    warnings jsonb NOT NULL DEFAULT '[]'
);
CREATE INDEX ON :"ingestion_runs" (started_at);

-- The ingest role may not delete. This lets it take away the chunks that a document no longer has, and nothing else.
CREATE FUNCTION trim_chunks(document bigint, kept integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    DELETE FROM :"chunks" c WHERE c.document_id = document AND c.position >= kept;
END;
REVOKE ALL ON FUNCTION trim_chunks FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trim_chunks TO :"ingest";
