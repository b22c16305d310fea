"""Embeddings over HTTP. Apart from rerank on purpose: one may crash and the other goes on."""

from __future__ import annotations

from catalogue.definition import Definition, File, Healthcheck, Image, Probe, Volume, Want

DEFINITION = Definition(
    kind="embed",
    summary="Text embeddings",
    image=Image(name="inference"),
    port=5555,
    container_port=5555,
    memory_mb=1024,
    cpus=2.0,
    disk_gb=1,
    command=("embed",),
    environment={"EMBED_MODEL": "${models.embedding}"},
    volumes=(Volume(name="models", path="/models", model="embedding"),),
    tmpfs=("/tmp",),  # noqa: S108  (a path inside the container)
    read_only=True,
    user="10001:10001",
    healthcheck=Healthcheck(
        test=("CMD", "python", "-m", "inference.probe", "http://127.0.0.1:5555/ready"),
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
                "CACHE_URL": "redis://${address.redis}/1",
                "CACHE_PASSWORD_FILE": "/run/secrets/redis_password",
            },
            files=(File(path="/run/secrets/redis_password", template="${password.redis}"),),
        ),
    ),
)
