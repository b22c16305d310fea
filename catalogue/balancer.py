"""nginx in front of the replicas of one service. No kind of its own: a service with `replicas` brings it along.

Docker's DNS answers with every replica that runs, in turn, and is asked at most once a second. What one replica cannot
take (it is gone, loading, or has a full queue) goes to the next, so that a client notices nothing: requests to replicas
change nothing and may be sent twice.
"""

from __future__ import annotations

from catalogue.definition import Definition, Healthcheck
from catalogue.web import DEFINITION as WEB

PORT = 8080
REPLICAS_SUFFIX = "-replicas"
"""After the name of the service: the name that all replicas answer to."""
CONFIGURATION = """\
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events { worker_connections 4096; }
http {
  access_log off;
  server_tokens off;
${nginx.writable}  keepalive_timeout 75s;
  client_max_body_size ${balancer.body};
  resolver 127.0.0.11 valid=1s ipv6=off;
  resolver_timeout 2s;
  server {
    listen 8080;
    listen ${balancer.port};
    set $$replicas http://${balancer.replicas};
    location / {
      proxy_pass $$replicas;
      proxy_http_version 1.1;
      proxy_set_header Host $$http_host;
      proxy_set_header Connection "";
      proxy_connect_timeout 1s;
      proxy_read_timeout 75s;
      proxy_buffers 16 64k;
      proxy_next_upstream error timeout http_429 http_503 non_idempotent;
    }
    error_page 413 /refused/too-large;
    error_page 502 504 =503 /refused/no-replica;
    location = /refused/too-large {
      internal;
      default_type application/json;
      return 413 '{"detail":"the body is larger than ${balancer.body} bytes; send it in parts"}';
    }
    location = /refused/no-replica {
      internal;
      default_type application/json;
      add_header Retry-After 1 always;
      return 503 '{"detail":"no replica answers; try again in a second"}';
    }
  }
}
"""
START = 'printf %s "$CONFIGURATION" > /tmp/nginx.conf && exec nginx -c /tmp/nginx.conf -g "daemon off;"'

BALANCER = Definition(
    kind="balancer",
    summary="nginx: one address for the replicas of a service",
    image=WEB.image,
    port=0,
    container_port=PORT,
    memory_mb=128,
    cpus=0.5,
    disk_gb=0.1,
    entrypoint=("/bin/sh", "-c", START),
    environment={"CONFIGURATION": CONFIGURATION},
    tmpfs=("/tmp",),  # noqa: S108  (a path inside the container)
    read_only=True,
    healthcheck=Healthcheck(test=("CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1:8080/ready"), start_period=15),
    probe=WEB.probe,
    rehearsed=False,
)
