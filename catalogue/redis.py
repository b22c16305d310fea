"""Redis: cache and queues. Passwords stand in a configuration file, never in an argument.

What it keeps and who may use which keys is up to the settings: planning/redis.py.
"""

from __future__ import annotations

from catalogue.definition import Definition, File, Healthcheck, Image, Probe, Volume

CONFIGURATION = """\
requirepass ${password.redis}
${redis.policy}
dir /data
"""

DEFINITION = Definition(
    kind="redis",
    summary="Redis 8: cache and queues",
    image=Image(
        name="redis",
        official="docker.io/library/redis:8.10.2-alpine"
        "@sha256:3811787313eba226a2ef38658c6ccb91cd5e110edc89c37767de373120a0e5a0",
    ),
    port=6379,
    container_port=6379,
    memory_mb=256,
    cpus=0.5,
    disk_gb=1,
    entrypoint=("docker-entrypoint.sh",),
    command=("redis-server", "/run/secrets/redis.conf"),
    files=(
        File(path="/run/secrets/redis.conf", template=CONFIGURATION),
        File(path="/run/secrets/redis_password", template="${password.redis}"),
    ),
    volumes=(Volume(name="data", path="/data"),),
    user="999",
    healthcheck=Healthcheck(
        test=(
            "CMD-SHELL",
            'REDISCLI_AUTH="$$(cat /run/secrets/redis_password)" redis-cli ping | grep -q PONG',
        ),
        start_period=30,
    ),
    probe=Probe(method="REDIS"),
)
