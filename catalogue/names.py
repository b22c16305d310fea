"""nginx for internal names: TLS with a certificate of the environment's authority, and a login where a route has one.

It stands beside the reverse proxy of the tunnel, not in it: what only the office may see is served by a container that
Cloudflare has no way to. Names and certificate change while it runs: no connection ends with that.
"""

from __future__ import annotations

from catalogue import nginx
from catalogue.definition import Definition, File, Healthcheck, Probe
from catalogue.web import DEFINITION as WEB

PORT = 443
HEALTH_PORT = 8081

DEFINITION = Definition(
    kind="names",
    summary="nginx: internal names with TLS",
    image=WEB.image,
    port=PORT,
    container_port=8443,
    memory_mb=128,
    cpus=0.5,
    disk_gb=0.1,
    entrypoint=("/bin/sh", "-c", nginx.START),
    environment={"CLOSED": nginx.closed(f"  server {{ listen 127.0.0.1:{HEALTH_PORT}; return 200 ok; }}\n")},
    live=nginx.live(
        File(path="nginx.conf", template="${names.configuration}"),
        File(path="certificate.pem", template="${certificate.certificate}"),
        File(path="key.pem", template="${certificate.key}"),
    ),
    tmpfs=("/tmp",),  # noqa: S108  (a path inside the container)
    read_only=True,
    healthcheck=Healthcheck(
        test=("CMD-SHELL", f"wget -q -O /dev/null http://127.0.0.1:{HEALTH_PORT}/"), start_period=15
    ),
    probe=Probe(method="TCP"),
    certified=True,
)
