"""The nginx that answers for internal names: one server for each, with a login where the route has one. Pure."""

from __future__ import annotations

from catalogue import nginx
from catalogue.names import DEFINITION, HEALTH_PORT
from planning import login
from planning.login import Reach
from planning.names import address_of
from settings.environment import Environment
from settings.route import Route

HTTP = """\
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  server_tokens off;
{writable}  client_max_body_size 0;
  resolver 127.0.0.11 valid=5s ipv6=off;
  resolver_timeout 2s;
  map $http_upgrade $upgrading {{ default upgrade; '' ''; }}
  ssl_certificate certificate.pem;
  ssl_certificate_key key.pem;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_session_cache shared:names:1m;
{version}  server {{ listen 127.0.0.1:{health}; return 200 ok; }}
  server {{ listen {port} ssl default_server; ssl_reject_handshake on; return 421; }}
{servers}}}
"""
SERVER = """\
  server {{
    listen {port} ssl;
    server_name {hostname};
    set $upstream http://{upstream};
{asks}    location / {{
{admits}{headers}      proxy_pass $upstream;
      proxy_http_version 1.1;
      proxy_set_header Host {name};
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $upgrading;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-Host {name};
      proxy_buffering off;
      proxy_connect_timeout 3s;
      proxy_read_timeout 600s;
    }}
  }}
"""


def configuration(environment: Environment, reach: Reach) -> str:
    """nginx.conf with one server for each internal name; a name that is not listed gets no handshake."""
    placed = [(route, reach(name)) for route in environment.internal for name in route.targets]
    servers = [_server(environment, route, upstream, reach) for route, upstream in placed if upstream]
    return HTTP.format(
        writable=nginx.WRITABLE,
        version=nginx.ANSWERS_VERSION,
        health=HEALTH_PORT,
        port=DEFINITION.container_port,
        servers="".join(servers),
    )


def _server(environment: Environment, route: Route, upstream: str, reach: Reach) -> str:
    name, asked = address_of(environment, route), login.asks_authelia(environment, route)
    return SERVER.format(
        port=DEFINITION.container_port,
        hostname=route.hostname,
        name=name,
        upstream=upstream,
        asks=login.asks(environment, reach, name, "$remote_addr") if asked else "",
        admits=login.ADMITS if asked else "",
        headers=login.HEADERS if asked else login.NO_HEADERS,
    )
