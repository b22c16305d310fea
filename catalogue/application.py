"""An application of one's own, by image digest from the settings: it gets the platform's addresses and a database."""

from __future__ import annotations

from catalogue.definition import AUTHORITY_FILE, Database, Definition, File, Probe

DEFINITION = Definition(
    kind="application",
    summary="An application of your own",
    port=3001,
    container_port=3000,
    memory_mb=1024,
    environment={
        "PORT": "3000",
        "OLLAMA_BASE_URL": "http://${address.ollama}",
        "EMBED_SERVICE_URL": "http://${address.embed}",
        "RERANK_SERVICE_URL": "http://${address.rerank}",
        "PGSSL_MODE": "${ssl.postgres}",
        "PGSSLMODE": "${sslmode.postgres}",
        "PGSSLROOTCERT": AUTHORITY_FILE,
    },
    secret_environment={
        "DATABASE_URL": "postgresql://application:${password.application-database}@${address.postgres}/application",
    },
    files=(File(path=AUTHORITY_FILE, template="${authority.postgres}"),),
    probe=Probe(method="GET", path="/health", status=200),
    needs=("postgres", "ollama", "embed", "rerank"),
    database=Database(name="application", role="application", extensions=("vector",)),
)
