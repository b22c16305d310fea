"""The public side of an environment. Only environments with routes import this: the Cloudflare SDK is large."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi import ResourceOptions

from components.access_keys import AccessKeys
from components.cloudflare_sdk import cloudflare
from components.public_limits import PublicLimits
from components.public_names import PublicNames, PublicNamesArgs
from components.tunnel import Tunnel, TunnelArgs
from planning.plan import Plan


class Edge:
    """Opens in two steps around the services: the tunnel and the logins first; routing, limits and names last.

    The connector of the tunnel is one of the services: it needs `token`. The check of the logins is another, and needs
    `audiences`.
    """

    def __init__(self, plan: Plan, api_token: pulumi.Input[str], base_url: str | None = None) -> None:
        self._provider = cloudflare.Provider("cloudflare", api_token=api_token, base_url=base_url)
        settings = plan.environment.edge
        if settings is None:
            raise ValueError("public names need the settings' `edge`")
        tunnel = Tunnel("tunnel", TunnelArgs(plan=plan, api_token=api_token, base_url=base_url), opts=self._options())
        self._plan, self._tunnel = plan, tunnel
        self.token = tunnel.token
        keys = AccessKeys("keys", settings, plan.name, opts=self._options())
        self.credentials = keys.credentials
        self._names = PublicNames(
            "names", PublicNamesArgs(plan=plan, tunnel_id=tunnel.id, keys=keys.ids), opts=self._options()
        )
        by_name = {hostname: login.aud for hostname, login in self._names.logins.items()}
        self.audiences = pulumi.Output.json_dumps(by_name, sort_keys=True)
        """What an assertion for each name is made out to, as a JSON object."""
        self.protection: list[pulumi.Resource] = [*self._names.logins.values()]
        """What the reverse proxy has to wait for: a name that Authelia no longer guards is guarded by these."""

    def open_names(self, connector: Sequence[pulumi.Resource], front: Sequence[pulumi.Resource] = ()) -> None:
        """Routing once `front` can take requests, and records once `connector` serves; logins and limits before."""
        routing = self._tunnel.route(self._names.logins, front)
        protection: list[pulumi.Resource] = [routing]
        if any(route.access == "public" for route in self._plan.environment.routes):
            after = [*self._names.logins.values(), routing]
            protection.append(PublicLimits("limits", self._plan, after, opts=self._options()))
        self._names.open([*connector, *protection])

    def _options(self) -> ResourceOptions:
        return ResourceOptions(providers=[self._provider])
