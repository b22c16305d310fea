-- Documents, their chunks, and one vector for each chunk and embedding model.

CREATE TABLE :"documents" (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    path text NOT NULL UNIQUE,
    category text NOT NULL DEFAULT '',
    doc_type text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'active',
    embed_mode text NOT NULL DEFAULT 'full',
    pricing_sensitive boolean NOT NULL DEFAULT false,
    series text,
    series_position integer,
    digest text,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON :"documents" (category, doc_type, status);

CREATE TABLE :"chunks" (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id bigint NOT NULL REFERENCES :"documents" ON DELETE CASCADE,
    position integer NOT NULL,
    heading_path text NOT NULL DEFAULT '',
    text text NOT NULL,
    section_labels jsonb NOT NULL DEFAULT '[]',
    primary_modes jsonb NOT NULL DEFAULT '[]',
    archetype_bias jsonb NOT NULL DEFAULT '{}',
    guardrail_flags jsonb NOT NULL DEFAULT '[]',
    content_id text,
    terms tsvector GENERATED ALWAYS AS (to_tsvector(:'language', heading_path || ' ' || text)) STORED,
    UNIQUE (document_id, position)
);
CREATE INDEX ON :"chunks" (heading_path);
CREATE INDEX ON :"chunks" USING gin (terms);
CREATE INDEX ON :"chunks" USING gin (section_labels jsonb_path_ops);
CREATE INDEX ON :"chunks" USING gin (primary_modes jsonb_path_ops);
CREATE INDEX ON :"chunks" USING gin (guardrail_flags jsonb_path_ops);

CREATE TABLE :"embeddings" (
    chunk_id bigint NOT NULL REFERENCES :"chunks" ON DELETE CASCADE,
    embedding_model text NOT NULL,
    embedding halfvec(:dimension) NOT NULL CHECK (l2_norm(embedding) > 0),
    PRIMARY KEY (chunk_id, embedding_model)
) WITH (parallel_workers = 4);
-- The vectors lie outside the table's own pages, so that it looks too small to Postgres for more than one worker.
CREATE INDEX ON :"embeddings" USING hnsw ((embedding::halfvec(:dimension)) halfvec_cosine_ops)
    WITH (m = 16, ef_construction = 200);
