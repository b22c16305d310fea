"""The tables in Postgres, and how they come to be. All lie in the schema `retrieval`; nothing else is touched."""

from __future__ import annotations

from psycopg import Connection, sql

from operations.failure import Failure

LOCK = 0x61736B
"""Two first runs at the same time must not both create the tables."""

MIGRATIONS = (
    """
    create table retrieval.chunks (
        source text not null,
        digest text not null,
        model text not null,
        heading text not null,
        text text not null,
        embedding halfvec({dimension}) not null,
        primary key (source, digest)
    );
    create index chunks_embedding on retrieval.chunks
        using hnsw (embedding halfvec_cosine_ops) with (m = 16, ef_construction = 200);
    """,
    """
    alter table retrieval.chunks add terms tsvector
        generated always as (to_tsvector('english', heading || ' ' || text)) stored;
    create index chunks_terms on retrieval.chunks using gin (terms);

    create function retrieval.search_terms(question text) returns tsquery language sql stable parallel safe
    return replace(plainto_tsquery('english', question)::text, ' & ', ' | ')::tsquery;

    create function retrieval.search_semantic(query halfvec, asked text, named text[], wanted integer)
    returns table (source text, digest text, score double precision) language sql stable parallel safe
    begin atomic
        select c.source, c.digest, 1 - (c.embedding <=> query) from retrieval.chunks c
        where c.source = any(named) and c.model = asked order by c.embedding <=> query limit wanted;
    end;

    create function retrieval.search_text(question text, asked text, named text[], wanted integer)
    returns table (source text, digest text, score double precision) language sql stable parallel safe
    begin atomic
        select c.source, c.digest, ts_rank(c.terms, retrieval.search_terms(question))::double precision as rank
        from retrieval.chunks c
        where c.source = any(named) and c.model = asked and c.terms @@ retrieval.search_terms(question)
        order by rank desc, c.source, c.digest limit wanted;
    end;

    create function retrieval.search_hybrid(
        query halfvec, question text, asked text, named text[], wanted integer, candidates integer
    )
    returns table (source text, digest text, score double precision) language sql stable parallel safe
    begin atomic
        select ranked.source, ranked.digest, sum(1.0 / (60 + ranked.place))::double precision as fused
        from (
            select near.source, near.digest, row_number() over (order by near.score desc, near.digest) as place
            from retrieval.search_semantic(query, asked, named, candidates) near
            union all
            select said.source, said.digest, row_number() over (order by said.score desc, said.digest) as place
            from retrieval.search_text(question, asked, named, candidates) said
        ) ranked
        group by ranked.source, ranked.digest order by fused desc, ranked.source, ranked.digest limit wanted;
    end;
    """,
    """
    create or replace function retrieval.search_text(question text, asked text, named text[], wanted integer)
    returns table (source text, digest text, score double precision) language sql stable parallel safe
    begin atomic
        select c.source, c.digest,
            ts_rank(c.terms, (select retrieval.search_terms(question)))::double precision as rank
        from retrieval.chunks c
        where c.source = any(named) and c.model = asked and c.terms @@ (select retrieval.search_terms(question))
        order by rank desc, c.source, c.digest limit wanted;
    end;
    """,
)
"""Applied once each, in order. Never edit one that has been released: append."""


def prepare(connection: Connection, dimension: int) -> None:
    """Brings the tables up to date; checks the dimension before it writes anything. Raises Failure."""
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        _check_dimension(connection, dimension)
        connection.execute("create extension if not exists vector")
        _check_extension(connection)
        connection.execute("create schema if not exists retrieval")
        connection.execute(
            "create table if not exists retrieval.migrations"
            " (version integer primary key, applied timestamptz not null default now())"
        )
        row = connection.execute("select coalesce(max(version), 0) from retrieval.migrations").fetchone()
        done = row[0] if row else 0
        if done > len(MIGRATIONS):
            raise Failure(f"the tables are at version {done}, this program knows {len(MIGRATIONS)}", "update it")
        for version, migration in enumerate(MIGRATIONS[done:], done + 1):
            connection.execute(sql.SQL(migration).format(dimension=sql.Literal(dimension)))
            connection.execute("insert into retrieval.migrations (version) values (%s)", [version])


def drop(connection: Connection) -> None:
    """Removes the tables; the next question embeds everything anew."""
    connection.execute("drop schema if exists retrieval cascade")


def _check_dimension(connection: Connection, dimension: int) -> None:
    row = connection.execute(
        "select atttypmod from pg_attribute where attrelid = to_regclass('retrieval.chunks') and attname = 'embedding'"
    ).fetchone()
    if row and row[0] != dimension:
        raise Failure(
            f"table retrieval.chunks holds vectors of {row[0]} numbers, the embed service gives {dimension}",
            "if the new model is meant to stay: scripts/ask --rebuild QUESTION",
        )


def _check_extension(connection: Connection) -> None:
    row = connection.execute("select extversion from pg_extension where extname = 'vector'").fetchone()
    version = row[0] if row else "none"
    if [int(part) for part in version.split(".")[:2] if part.isdigit()] < [0, 8]:
        raise Failure(f"pgvector is {version}, 0.8 or later is needed", "update it: alter extension vector update")
