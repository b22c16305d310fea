"""Reranking over HTTP. Callers fall back to vector scores while it is down."""

from __future__ import annotations

from catalogue.definition import Definition, File, Healthcheck, Image, Probe, Volume, Want

DEFINITION = Definition(
    kind="rerank",
    summary="Reranking of search results",
    image=Image(name="inference"),
    port=5556,
    container_port=5556,
    memory_mb=1024,
    cpus=2.0,
    disk_gb=1,
    command=("rerank",),
    environment={"RERANK_MODEL": "${models.rerank}"},
    volumes=(Volume(name="models", path="/models", model="rerank"),),
    tmpfs=("/tmp",),  # noqa: S108  (a path inside the container)
    read_only=True,
    user="10001:10001",
    healthcheck=Healthcheck(
        test=("CMD", "python", "-m", "inference.probe", "http://127.0.0.1:5556/ready"),
        interval=5,
        timeout=10,
        start_period=120,
    ),
    probe=Probe(method="GET", path="/ready", status=200),
    replicable=True,
    wants=(
        Want(
            kind="redis",
            # Database 0 is left to others: of this one the service removes what it has no room for.
            environment={
                "CACHE_URL": "redis://${address.redis}/2",
                "CACHE_PASSWORD_FILE": "/run/secrets/redis_password",
            },
            files=(File(path="/run/secrets/redis_password", template="${password.redis}"),),
        ),
    ),
)
