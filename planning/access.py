"""Who signs the assertions of an environment's logins, and which names need one. Pure.

developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json
"""

from __future__ import annotations

from settings.environment import Environment
from settings.route import Route

CERTIFICATES = "/cdn-cgi/access/certs"


def access_values(environment: Environment) -> dict[str, str]:
    """What `${access...}` means in texts of the catalogue; nothing while the team is not known."""
    edge = environment.edge
    team = edge.team if edge else None
    if edge is None or team is None:
        return {}
    issuer = f"https://{team}.cloudflareaccess.com"
    simulated = f"http://{edge.connectors}" if edge.simulated else None
    return {"access.issuer": issuer, "access.certificates": f"{simulated or issuer}{CERTIFICATES}"}


def with_login(environment: Environment) -> list[Route]:
    """The routes whose names nobody passes without a login at Cloudflare, in the order of the settings."""
    return [route for route in environment.routes if route.asks_access]
