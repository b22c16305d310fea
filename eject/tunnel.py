"""Public names as the configuration file of a tunnel that is managed where it runs."""

from __future__ import annotations

import yaml

from planning.origins import first_stop
from planning.plan import Plan

CATCH_ALL = {"service": "http_status:404"}
HEAD = """\
# cloudflared tunnel --config {file} run NAME
# Make the tunnel with `cloudflared tunnel create NAME`, and the login of each name (Access application with a policy)
# BEFORE its record (`cloudflared tunnel route dns NAME HOSTNAME`): without a login anybody may come in.
"""


def tunnel_file(plan: Plan) -> tuple[str, str] | None:
    """Name and text; None where the environment has no public names. What no rule names is answered with 404."""
    if not plan.environment.outside:
        return None
    rules = []
    for route in plan.environment.outside:
        service = first_stop(plan, route)
        rules.append({"hostname": route.hostname, "service": f"http://{service.address}:{service.port}"})
    access = "".join(f"#   {route.hostname}: {route.access}\n" for route in plan.environment.outside)
    document = yaml.safe_dump({"ingress": [*rules, CATCH_ALL]}, sort_keys=False)
    return "config.yml", f"{HEAD.format(file='config.yml')}# Who may use them:\n{access}{document}"
