"""Public names in words: which there are, and how a browser on this machine opens those of a simulated edge. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from planning.plan import Plan
from settings.simulated_edge import FOLDER

TEAM_DOMAIN = "cloudflareaccess.com"
HOSTS_FILE = "/etc/hosts"


def told(plan: Plan) -> Iterator[str]:
    """Lines for a terminal; none for an environment without public names."""
    edge, routes = plan.environment.edge, plan.environment.outside
    if edge is None or not routes:
        return
    urls = {route.hostname: f"https://{route.hostname}{edge.port}" for route in routes}
    width = max(map(len, urls.values()))
    yield "Names:"
    for route in routes:
        yield f"  {urls[route.hostname]:<{width}}  {', '.join(route.targets)}, {route.access}"
    if edge.simulated:
        address = edge.browsers.rpartition(":")[0]
        yield "  Simulated: they answer on this machine only, and the mail with the code of a login goes nowhere."
        yield f"  {f'scripts/edge-pin -s {plan.name}':<44} the code of the last login"
        yield f"  {HOSTS_FILE + ', once:':<44} {address} {' '.join([*urls, f'{edge.team}.{TEAM_DOMAIN}'])}"
        yield f"  {'authority for the browser to trust, once:':<44} {FOLDER / 'ca.pem'}"
