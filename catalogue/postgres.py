"""Postgres with pgvector: documents, embeddings, and the databases of other services.

The administrator's password is read from a file. Roles and databases are made by components/database.py through
the container's local socket, so a changed password or a data volume that outlived its stack needs no old password.
"""

from __future__ import annotations

from catalogue.definition import Database, Definition, File, Healthcheck, Image, Probe, Volume

DEFINITION = Definition(
    kind="postgres",
    summary="Postgres 16 with pgvector",
    image=Image(
        name="postgres",
        official="docker.io/pgvector/pgvector:0.8.6-pg16"
        "@sha256:ccc6e83d6e35e931dc7c5def2022729d5a6c370318d099181995567ff1fb4d6b",
    ),
    port=5432,
    container_port=5432,
    memory_mb=1024,
    # Workers of one index build, and of one query, share memory there; 64 MB is less than a single HNSW build takes.
    shared_memory_share=0.5,
    disk_gb=5,
    environment={
        "POSTGRES_USER": "postgres",
        "POSTGRES_PASSWORD_FILE": "/run/secrets/postgres_password",
        "PGDATA": "/var/lib/postgresql/data/pgdata",
    },
    files=(File(path="/run/secrets/postgres_password", template="${password.postgres}"),),
    volumes=(Volume(name="data", path="/var/lib/postgresql/data"),),
    user="999",
    healthcheck=Healthcheck(test=("CMD", "pg_isready", "--username=postgres", "--host=127.0.0.1")),
    probe=Probe(method="POSTGRES"),
    database=Database(name="platform", role="platform", extensions=("vector",)),
)
