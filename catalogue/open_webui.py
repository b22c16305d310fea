"""Open WebUI: the chat page, wired to Ollama and to the embed and rerank services.

Its accounts and chats lie in its own volume, so that a rehearsed new version never migrates live data.
"""

from __future__ import annotations

from catalogue.definition import AUTHORITY_FILE, Database, Definition, File, Healthcheck, Image, Probe, Volume

DEFINITION = Definition(
    kind="open-webui",
    summary="Open WebUI: chat in the browser",
    image=Image(
        name="open-webui",
        official="ghcr.io/open-webui/open-webui:v0.11.4"
        "@sha256:9591b13f13843c7721c2b8eaf7382846c81b3ffe126526d1888d1fed50c6a33f",
    ),
    port=3000,
    container_port=8080,
    memory_mb=1536,
    disk_gb=10,
    entrypoint=(),
    command=("bash", "start.sh"),
    environment={
        "OLLAMA_BASE_URL": "http://${address.ollama}",
        "RAG_EMBEDDING_ENGINE": "openai",
        "RAG_OPENAI_API_BASE_URL": "http://${address.embed}/v1",
        "RAG_OPENAI_API_KEY": "unused",
        "RAG_EMBEDDING_MODEL": "${models.embedding}",
        "RAG_RERANKING_ENGINE": "external",
        "RAG_EXTERNAL_RERANKER_URL": "http://${address.rerank}/v1/rerank",
        "ENABLE_RAG_HYBRID_SEARCH": "true",
        "CHUNK_SIZE": "1000",
        "CHUNK_OVERLAP": "200",
        "RAG_TOP_K": "5",
        "VECTOR_DB": "pgvector",
        "HF_HUB_OFFLINE": "1",
        "OFFLINE_MODE": "true",
        "ANONYMIZED_TELEMETRY": "false",
        "ENABLE_OPENAI_API": "false",
    },
    secret_environment={
        "WEBUI_SECRET_KEY": "${password.open-webui}",
        "PGVECTOR_DB_URL": "postgresql://openwebui:${password.openwebui-database}@${address.postgres}/openwebui"
        "?${tls.postgres}",
    },
    files=(File(path=AUTHORITY_FILE, template="${authority.postgres}"),),
    volumes=(Volume(name="data", path="/app/backend/data", saved=True, sqlite=("webui.db",)),),
    healthcheck=Healthcheck(
        test=("CMD-SHELL", "curl --silent --fail http://127.0.0.1:8080/health"), interval=10, start_period=180
    ),
    probe=Probe(method="GET", path="/health", status=200, timeout=10),
    needs=("ollama", "embed", "rerank", "postgres"),
    database=Database(name="openwebui", role="openwebui", extensions=("vector",)),
    routable=True,
)
