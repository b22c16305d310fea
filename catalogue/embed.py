"""Embeddings over HTTP. Apart from rerank on purpose: one may crash and the other goes on."""

from __future__ import annotations

from catalogue.definition import Definition, Healthcheck, Image, Probe, Volume

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
    user="10001:10001",
    healthcheck=Healthcheck(
        test=("CMD", "python", "-m", "inference.probe", "http://127.0.0.1:5555/ready"),
        interval=10,
        timeout=10,
        start_period=120,
    ),
    probe=Probe(method="GET", path="/ready", status=200),
)
