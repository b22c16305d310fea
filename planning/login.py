"""How nginx asks Authelia about each request: www.authelia.com/integration/proxies/nginx. Pure.

Who calls makes up no `Remote-*` headers: they are set to what Authelia said, and to nothing where it is not asked. The
name that Authelia is asked about is that of the server, not what the request calls itself.
"""

from __future__ import annotations

from collections.abc import Callable

from planning.names import address_of
from settings.environment import Environment
from settings.login_checks import AUTHELIA, portals
from settings.route import Route

Reach = Callable[[str], str]
"""host:port of a service, as the container that asks sees it."""
ASKS = """\
    location = /internal/authelia/authz {{
      internal;
      set $authelia http://{authelia};
      proxy_pass $authelia/api/authz/auth-request;
      proxy_pass_request_body off;
      proxy_http_version 1.1;
      proxy_set_header Content-Length "";
      proxy_set_header Connection "";
      proxy_set_header X-Original-Method $request_method;
      proxy_set_header X-Original-URL https://{name}$request_uri;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_connect_timeout 3s;
      proxy_read_timeout 15s;
    }}
"""
ADMITS = """\
      auth_request /internal/authelia/authz;
      auth_request_set $login_page $upstream_http_location;
      auth_request_set $person $upstream_http_remote_user;
      auth_request_set $person_groups $upstream_http_remote_groups;
      auth_request_set $person_name $upstream_http_remote_name;
      auth_request_set $person_email $upstream_http_remote_email;
      error_page 401 =302 $login_page;
"""
HEADERS = """\
      proxy_set_header Remote-User $person;
      proxy_set_header Remote-Groups $person_groups;
      proxy_set_header Remote-Name $person_name;
      proxy_set_header Remote-Email $person_email;"""
NO_HEADERS = """\
      proxy_set_header Remote-User "";
      proxy_set_header Remote-Groups "";
      proxy_set_header Remote-Name "";
      proxy_set_header Remote-Email "";"""


def directives(environment: Environment, route: Route, reach: Reach) -> tuple[str, str]:
    """What a server of nginx, and its location, need so that only people whom Authelia admits get through.

    Nothing for a name that asks nobody, and for the login page itself. When Authelia does not answer, nginx says 500.
    """
    if not asks_authelia(environment, route):
        return "", ""
    (authelia,) = environment.of_kind(AUTHELIA)
    return ASKS.format(authelia=reach(authelia), name=address_of(environment, route)), ADMITS


def asks_authelia(environment: Environment, route: Route) -> bool:
    """Whether people must have logged in before they get there; the login page itself is open."""
    return route.login == AUTHELIA and route not in portals(environment)
