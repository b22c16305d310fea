"""An S3 store (Versity S3 Gateway over a folder) for artefacts and backups. Objects are plain files in its volume."""

from __future__ import annotations

from catalogue.definition import Definition, Healthcheck, Image, Probe, Volume

DEFINITION = Definition(
    kind="s3",
    summary="S3 object store",
    image=Image(
        name="s3",
        official="ghcr.io/versity/versitygw:v1.8.0"
        "@sha256:30292fc2eeacc67a36993b01f7a7a5e3361a19cced0e80c1d71cfa2a4b0a2499",
    ),
    port=8333,
    container_port=7070,
    memory_mb=256,
    cpus=0.5,
    disk_gb=10,
    entrypoint=("/usr/local/bin/docker-entrypoint.sh",),
    command=("--health", "/health", "posix", "/data"),
    secret_environment={"ROOT_ACCESS_KEY": "platform", "ROOT_SECRET_KEY": "${password.s3}"},
    volumes=(Volume(name="data", path="/data"),),
    healthcheck=Healthcheck(test=("CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1:7070/health"), start_period=20),
    probe=Probe(method="GET", path="/health", status=200),
)
