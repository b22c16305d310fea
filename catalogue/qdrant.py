"""Qdrant: a vector store for applications that already speak its protocol."""

from __future__ import annotations

from catalogue.definition import Definition, File, Healthcheck, Image, Probe, Volume

DEFINITION = Definition(
    kind="qdrant",
    summary="Qdrant: vector store",
    image=Image(
        name="qdrant",
        official="docker.io/qdrant/qdrant:v1.19.1-unprivileged"
        "@sha256:801777072776dc81b2a9dd2007b2ed487571f21ecd30efffd15ddb1671f2193d",
    ),
    port=6333,
    container_port=6333,
    memory_mb=4096,
    cpus=2.0,
    disk_gb=10,
    entrypoint=("./entrypoint.sh",),
    files=(File(path="/qdrant/config/local.yaml", template='service:\n  api_key: "${password.qdrant}"\n'),),
    volumes=(Volume(name="data", path="/qdrant/storage"),),
    # The image has no HTTP client; bash opens the port itself.
    healthcheck=Healthcheck(test=("CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/6333")),
    probe=Probe(method="GET", path="/readyz", status=200),
)
