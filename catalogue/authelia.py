"""Authelia: people log in here, and the reverse proxy asks it about every request. Second factors are not set up.

Its configuration and its people come from planning/authelia.py; passwords are argon2id hashes. It keeps nothing:
sessions and failed attempts are in memory, so a restart asks people once more, and no volume belongs to root.
"""

from __future__ import annotations

from catalogue.definition import Definition, File, Healthcheck, Image, Probe

PORT = 9091
MEMORY = "/tmp"  # noqa: S108  (a path inside the container)

DEFINITION = Definition(
    kind="authelia",
    summary="Authelia: the login of people",
    image=Image(
        name="authelia",
        official="ghcr.io/authelia/authelia:4.39.20"
        "@sha256:1b363e9279e742397966333f364e0876ae02bf5c876de73e83af6d48c57ff51b",
    ),
    port=PORT,
    container_port=PORT,
    # One check of a password takes 64 MB.
    memory_mb=384,
    cpus=0.5,
    disk_gb=0.1,
    environment={
        "X_AUTHELIA_CONFIG": "/run/secrets/configuration.yml",
        "AUTHELIA_SESSION_SECRET_FILE": "/run/secrets/session",
        "AUTHELIA_STORAGE_ENCRYPTION_KEY_FILE": "/run/secrets/storage",
    },
    files=(
        File(path="/run/secrets/configuration.yml", template="${authelia.configuration}"),
        File(path="/run/secrets/users.yml", template="${authelia.users}"),
        File(path="/run/secrets/session", template="${password.authelia-session}"),
        File(path="/run/secrets/storage", template="${password.authelia-storage}"),
    ),
    tmpfs=(MEMORY,),
    read_only=True,
    user="1000:1000",
    healthcheck=Healthcheck(
        test=("CMD-SHELL", f"wget -q -O /dev/null http://127.0.0.1:{PORT}/api/health"), start_period=30
    ),
    probe=Probe(method="GET", path="/api/health", status=200),
    routable=True,
)
