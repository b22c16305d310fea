"""nginx between the tunnel and the services: one way in for every public name, and the place where logins are checked.

Its configuration is text of planning/proxy.py and holds no secret, so that a preview shows what changes. The running
nginx tests it and takes it up: requests that are under way go on, and a text that nginx does not take changes nothing.
"""

from __future__ import annotations

from catalogue import nginx
from catalogue.definition import Definition, File, Healthcheck, Probe, Want
from catalogue.web import DEFINITION as WEB

PORT = 8080
HEALTH = "/-/health"
CLOSED = nginx.closed(
    f"""\
  server {{
    listen {PORT} default_server;
    if ($$remote_addr = 127.0.0.1) {{ return 200 "ok"; }}
    return 503;
  }}
"""
)
"""Healthy for Docker inside the container, and for nobody else."""

DEFINITION = Definition(
    kind="proxy",
    summary="nginx: the way from public names to services",
    image=WEB.image,
    port=8088,
    container_port=PORT,
    memory_mb=256,
    cpus=1.0,
    disk_gb=0.1,
    entrypoint=("/bin/sh", "-c", nginx.START),
    environment={"CLOSED": CLOSED},
    live=nginx.live(File(path="nginx.conf", template="${proxy.configuration}")),
    tmpfs=("/tmp",),  # noqa: S108  (a path inside the container)
    read_only=True,
    healthcheck=Healthcheck(
        test=("CMD-SHELL", f"wget -q -O /dev/null http://127.0.0.1:{PORT}{HEALTH}"), start_period=15
    ),
    probe=Probe(method="GET", path=HEALTH, status=200),
    wants=(Want(kind="access-check"),),
)
