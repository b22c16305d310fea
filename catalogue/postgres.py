"""Postgres with pgvector: documents, embeddings, and the databases of other services.

The administrator's password is read from a file. Roles and databases are made by components/database.py through
the container's local socket, so a changed password or a data volume that outlived its stack needs no old password.
Over the network it serves TLS only, with a certificate of the environment's authority.
"""

from __future__ import annotations

from catalogue.definition import SECRETS_FOLDER, Database, Definition, File, Healthcheck, Image, Probe, Volume

CERTIFICATE = f"{SECRETS_FOLDER}/certificate.pem"
KEY = f"{SECRETS_FOLDER}/certificate.key"
ACCESS = f"{SECRETS_FOLDER}/pg_hba.conf"
PRIVATE = "/run/certificate"
OWN_KEY = f'(umask 077 && cat {KEY} >{PRIVATE}/key) && exec "$@"'
"""Postgres refuses a key that others may read (19.9.1 of its manual). Its own copy lies in memory."""
LOGINS = """\
local all all trust
host all all 127.0.0.1/32 scram-sha-256
hostssl all all all scram-sha-256
"""
"""Who is inside the container owns the server anyway; nothing on its loopback ever leaves it."""

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
    entrypoint=("/bin/sh", "-c", OWN_KEY, "sh", "docker-entrypoint.sh"),
    command=(
        "postgres",
        "--ssl=on",
        f"--ssl-cert-file={CERTIFICATE}",
        f"--ssl-key-file={PRIVATE}/key",
        "--ssl-min-protocol-version=TLSv1.2",
        f"--hba-file={ACCESS}",
    ),
    environment={
        "POSTGRES_USER": "postgres",
        "POSTGRES_PASSWORD_FILE": "/run/secrets/postgres_password",
        "PGDATA": "/var/lib/postgresql/data/pgdata",
    },
    files=(
        File(path="/run/secrets/postgres_password", template="${password.postgres}"),
        File(path=CERTIFICATE, template="${certificate.certificate}"),
        File(path=KEY, template="${certificate.key}"),
        File(path=ACCESS, template=LOGINS),
    ),
    volumes=(Volume(name="data", path="/var/lib/postgresql/data"),),
    tmpfs=(PRIVATE,),
    user="999",
    healthcheck=Healthcheck(test=("CMD", "pg_isready", "--username=postgres", "--host=127.0.0.1")),
    probe=Probe(method="POSTGRES"),
    database=Database(name="platform", role="platform", extensions=("vector",)),
    certified=True,
)
