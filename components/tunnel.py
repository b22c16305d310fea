"""A Cloudflare tunnel with its routing kept at Cloudflare, and the token of its connector."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_cloudflare as cloudflare
from pulumi import ResourceOptions

from planning.plan import Plan

NOT_FOUND = "http_status:404"


@dataclass(frozen=True, kw_only=True)
class TunnelArgs:
    """The plan's routes decide where names lead."""

    plan: Plan


class Tunnel(pulumi.ComponentResource):
    """Tunnel and routing. No name leads to it yet: that is PublicNames, after the logins are in place.

    A tunnel is never replaced: Cloudflare refuses to delete one that is connected, and keeps its name taken.
    """

    id: pulumi.Output[str]
    token: pulumi.Output[str]

    def __init__(self, name: str, args: TunnelArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ai-platform:index:Tunnel", name, None, opts)
        edge = args.plan.environment.edge
        if edge is None:
            raise ValueError("a tunnel needs the settings' `edge`")
        tunnel = cloudflare.ZeroTrustTunnelCloudflared(
            name,
            account_id=edge.account_id,
            name=f"ai-platform-{args.plan.name}",
            config_src="cloudflare",
            opts=ResourceOptions(parent=self),
        )
        cloudflare.ZeroTrustTunnelCloudflaredConfig(
            f"{name}-routing",
            account_id=edge.account_id,
            tunnel_id=tunnel.id,
            config=cloudflare.ZeroTrustTunnelCloudflaredConfigConfigArgs(ingresses=_ingresses(args.plan)),
            opts=ResourceOptions(parent=self),
        )
        self.id = tunnel.id
        token = cloudflare.get_zero_trust_tunnel_cloudflared_token_output(
            account_id=edge.account_id, tunnel_id=tunnel.id, opts=pulumi.InvokeOptions(parent=self)
        ).token
        # The engine returns results of functions in plain: this one opens the way into the network.
        self.token = pulumi.Output.secret(token)
        self.register_outputs({"id": self.id})


def _ingresses(plan: Plan) -> list[cloudflare.ZeroTrustTunnelCloudflaredConfigConfigIngressArgs]:
    """One rule per route in the order of the settings; the catch-all comes last, as Cloudflare demands."""
    rules = []
    for route in plan.environment.routes:
        service = plan.service(route.service)
        rules.append(
            cloudflare.ZeroTrustTunnelCloudflaredConfigConfigIngressArgs(
                hostname=route.hostname, service=f"http://{service.address}:{service.port}"
            )
        )
    return [*rules, cloudflare.ZeroTrustTunnelCloudflaredConfigConfigIngressArgs(service=NOT_FOUND)]
