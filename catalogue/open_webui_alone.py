"""Open WebUI with nothing but Ollama beside it, as on a rented machine: chats and documents lie in its own volume.

Documents are embedded by `nomic-embed-text`, which has to be among the models of that Ollama.
"""

from __future__ import annotations

from catalogue import open_webui
from catalogue.definition import Definition, Volume

DEFINITION = Definition(
    kind="open-webui-alone",
    summary="Open WebUI: chat in the browser, beside Ollama alone",
    image=open_webui.DEFINITION.image,
    port=3000,
    container_port=8080,
    memory_mb=1024,
    disk_gb=10,
    command=open_webui.DEFINITION.command,
    environment={
        "OLLAMA_BASE_URL": "http://${address.ollama}",
        "RAG_EMBEDDING_ENGINE": "ollama",
        "RAG_OLLAMA_BASE_URL": "http://${address.ollama}",
        "RAG_EMBEDDING_MODEL": "nomic-embed-text",
        "CHUNK_SIZE": "1000",
        "CHUNK_OVERLAP": "200",
        "RAG_TOP_K": "5",
        "HF_HUB_OFFLINE": "1",
        "OFFLINE_MODE": "true",
        "ANONYMIZED_TELEMETRY": "false",
        "ENABLE_OPENAI_API": "false",
    },
    secret_environment={"WEBUI_SECRET_KEY": "${password.open-webui}"},
    # Without another vector store its documents lie in Chroma, whose rows are SQLite too.
    volumes=(
        Volume(name="data", path="/app/backend/data", saved=True, sqlite=("webui.db", "vector_db/chroma.sqlite3")),
    ),
    healthcheck=open_webui.DEFINITION.healthcheck,
    probe=open_webui.DEFINITION.probe,
    needs=("ollama",),
    routable=True,
)
