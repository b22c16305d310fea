"""nginx in front of a web application: static pages, `/api/` to the application, everything else to index.html."""

from __future__ import annotations

from catalogue.definition import Definition, File, Healthcheck, Image, Probe, Volume

# Asked for each request, Docker's own DNS tells where the application is after it was replaced: a name in `proxy_pass`
# itself is looked up only once. Browsers ask before they use what they hold (mostly 304): a release shows at once.
CONFIGURATION = """\
server {
  listen 8080;
  root /usr/share/nginx/html/${service.pages};
  resolver 127.0.0.11 valid=5s ipv6=off;
  set $$application http://${address.application};
  location = /health { return 200 "ok"; }
  location /api/ {
    # A replaced application's old address answers nothing at all: one request must not wait a minute for it.
    proxy_connect_timeout 3s;
    proxy_pass $$application;
    proxy_set_header Host $$host;
    proxy_set_header X-Forwarded-For $$proxy_add_x_forwarded_for;
  }
  location / {
    add_header Cache-Control no-cache;
    try_files $$uri $$uri/index.html /index.html =404;
  }
}
"""

DEFINITION = Definition(
    kind="web",
    summary="nginx: static pages and the application's API",
    image=Image(
        name="web",
        official="docker.io/nginxinc/nginx-unprivileged:1.31.2-alpine"
        "@sha256:592b23aa79a6e6c08ba4b20f1fff700e1328895705966722608e115d62e52d39",
    ),
    port=80,
    container_port=8080,
    memory_mb=128,
    cpus=0.5,
    files=(File(path="/etc/nginx/conf.d/default.conf", template=CONFIGURATION),),
    volumes=(Volume(name="pages", path="/usr/share/nginx/html"),),
    tmpfs=("/tmp",),  # noqa: S108  (a path inside the container)
    healthcheck=Healthcheck(test=("CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1:8080/health"), start_period=15),
    probe=Probe(method="GET", path="/health", status=200),
    needs=("application",),
    site_volume="pages",
    routable=True,
)
