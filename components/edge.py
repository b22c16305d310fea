"""The public side of an environment. Only environments with routes import this: the Cloudflare SDK costs seconds."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_cloudflare as cloudflare
from pulumi import ResourceOptions

from components.access_keys import AccessKeys
from components.public_limits import PublicLimits
from components.public_names import PublicNames, PublicNamesArgs
from components.tunnel import Tunnel, TunnelArgs
from planning.plan import Plan


class Edge:
    """Opens in two steps around the services: the tunnel, its routing, logins and limits first; the names last.

    The connector of the tunnel is one of the services: it needs `token`.
    """

    def __init__(self, plan: Plan, api_token: pulumi.Input[str], base_url: str | None = None) -> None:
        self._provider = cloudflare.Provider("cloudflare", api_token=api_token, base_url=base_url)
        settings = plan.environment.edge
        if settings is None:
            raise ValueError("public names need the settings' `edge`")
        tunnel = Tunnel("tunnel", TunnelArgs(plan=plan, api_token=api_token, base_url=base_url), opts=self._options())
        self.token = tunnel.token
        keys = AccessKeys("keys", settings, plan.name, opts=self._options())
        self.credentials = keys.credentials
        self._names = PublicNames(
            "names", PublicNamesArgs(plan=plan, tunnel_id=tunnel.id, keys=keys.ids), opts=self._options()
        )
        routing = tunnel.route(self._names.logins)
        self._protection: list[pulumi.Resource] = [routing]
        self.protection: list[pulumi.Resource] = [*self._names.logins.values()]
        """What the reverse proxy has to wait for: a name that Authelia no longer guards is guarded by these."""
        if any(route.access == "public" for route in plan.environment.routes):
            after = [*self._names.logins.values(), routing]
            limits = PublicLimits("limits", plan, after, opts=self._options())
            self._protection.append(limits)
            self.protection.append(limits)

    def open_names(self, connector: Sequence[pulumi.Resource]) -> None:
        """Records, once `connector` serves; their logins and limits are there by then."""
        self._names.open([*connector, *self._protection])

    def _options(self) -> ResourceOptions:
        return ResourceOptions(providers=[self._provider])
