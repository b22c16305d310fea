"""The public side of an environment. Only environments with routes import this: the Cloudflare SDK costs seconds."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_cloudflare as cloudflare
from pulumi import ResourceOptions

from components.public_names import PublicNames, PublicNamesArgs
from components.tunnel import Tunnel, TunnelArgs
from planning.plan import Plan


class Edge:
    """Opens in two steps around the services: the tunnel first, whose connector is one; the names last."""

    def __init__(self, plan: Plan, api_token: pulumi.Input[str]) -> None:
        self._plan = plan
        self._provider = cloudflare.Provider("cloudflare", api_token=api_token)
        self._tunnel = Tunnel("tunnel", TunnelArgs(plan=plan), opts=self._options())
        self.token = self._tunnel.token

    def open_names(self, connector: Sequence[pulumi.Resource]) -> None:
        """Logins, then records, once `connector` serves."""
        args = PublicNamesArgs(plan=self._plan, tunnel_id=self._tunnel.id, after=connector)
        PublicNames("names", args, opts=self._options())

    def _options(self) -> ResourceOptions:
        return ResourceOptions(providers=[self._provider])
