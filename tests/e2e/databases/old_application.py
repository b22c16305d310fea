"""What the application of W1 has left in its hosted Postgres: four tables with vectors, and one beside them."""

from __future__ import annotations

import random

from psycopg import Connection

TABLES = ["wiki_sources", "wiki_chunks", "questions", "evaluations"]
ROWS = 90
SOURCE = """
create extension if not exists vector;
create table wiki_sources (
    id uuid primary key default gen_random_uuid(), title text not null, added timestamptz default now()
);
create table wiki_chunks (
    id bigserial primary key, source_id uuid not null references wiki_sources on delete cascade, text text not null,
    embedding vector(768), ddc_cid text unique, words tsvector generated always as (to_tsvector('english', text)) stored
);
create index wiki_chunks_embedding on wiki_chunks using hnsw (embedding vector_cosine_ops);
create index on wiki_chunks using gin (words);
create table questions (
    id bigint generated always as identity primary key, text text not null check (text <> ''), meta jsonb
);
create table evaluations (
    question_id bigint references questions, run text, score double precision, raw bytea, primary key (question_id, run)
);
create table unrelated (id int primary key);
"""


def fill(connection: Connection) -> None:
    chooser = random.Random(5)
    connection.execute(
        "insert into wiki_sources (title) select 'Page ' || n || E'\\t\\\\ ü' from generate_series(1, 30) n"
    )
    ids = [row[0] for row in connection.execute("select id from wiki_sources order by title").fetchall()]
    with connection.cursor() as cursor, cursor.copy("copy wiki_chunks (source_id, text, embedding) from stdin") as copy:
        for number in range(ROWS):
            vector = "[" + ",".join(f"{chooser.gauss(0, 1):.6f}" for _ in range(768)) + "]"
            copy.write_row((ids[number % 30], f"canary text {number}\nsecond line", None if number == 7 else vector))
    connection.execute(
        "insert into questions (text, meta) select 'Q' || n, '{\"a\": null}' from generate_series(1, 40) n"
    )
    connection.execute(
        "insert into evaluations select id, run, 1.0 / id, '\\x00ff' from questions, unnest(array['a', 'B b', 'ä']) run"
    )
