"""How nginx asks Authelia about each request: www.authelia.com/integration/proxies/nginx. Pure.

Who calls makes up no `Remote-*` headers: they are set to what Authelia said, and to nothing where it is not asked. The
name that Authelia is asked about is that of the server, not what the request calls itself.
"""

from __future__ import annotations

from collections.abc import Callable

from settings.environment import Environment
from settings.login_checks import AUTHELIA, portals
from settings.route import Route

Reach = Callable[[str], str | None]
"""host:port of a service, as the container that asks sees it; None for one that is not placed."""
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
      proxy_set_header X-Forwarded-For {visitor};
      proxy_connect_timeout 3s;
      proxy_read_timeout 15s;
    }}
"""
NOBODY = "    location = /internal/authelia/authz { internal; return 403; }\n"
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
      proxy_set_header Remote-Email $person_email;
"""
NO_HEADERS = """\
      proxy_set_header Remote-User "";
      proxy_set_header Remote-Groups "";
      proxy_set_header Remote-Name "";
      proxy_set_header Remote-Email "";
"""

SET = 'set $person ""; set $person_groups ""; set $person_name ""; set $person_email "";'
"""Of a server whose `http` block sends HEADERS on."""


def asks(environment: Environment, reach: Reach, name: str, visitor: str) -> str:
    """The location of nginx that asks Authelia whether `visitor` may see what is asked of `name`.

    ADMITS in another location then lets nobody else through. When Authelia does not answer, nginx says 500.
    """
    authelia = next(map(reach, environment.of_kind(AUTHELIA)), None)
    return ASKS.format(authelia=authelia, name=name, visitor=visitor) if authelia else NOBODY


def asks_authelia(environment: Environment, route: Route) -> bool:
    """Whether people must have logged in before they get there; the login page itself is open."""
    return route.login == AUTHELIA and route not in portals(environment)
