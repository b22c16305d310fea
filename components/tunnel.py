"""A Cloudflare tunnel with its routing kept at Cloudflare, and the token of its connector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_command as command
from pulumi import ResourceOptions

from components.cloudflare_sdk import cloudflare
from planning.origins import origin
from planning.plan import Plan
from settings.route import Route

NOT_FOUND = "http_status:404"


@dataclass(frozen=True, kw_only=True)
class TunnelArgs:
    """The plan's routes decide where names lead. `api_token`, `base_url`: for what the provider does not do."""

    plan: Plan
    api_token: pulumi.Input[str]
    base_url: str | None = None


class Tunnel(pulumi.ComponentResource):
    """Tunnel, and routing once `route` is called. No name leads to it: that is PublicNames, after its logins.

    A tunnel is never replaced: Cloudflare refuses to delete one that is connected, and keeps its name taken.
    """

    id: pulumi.Output[str]
    token: pulumi.Output[str]

    def __init__(self, name: str, args: TunnelArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ai-platform:index:Tunnel", name, None, opts)
        edge = args.plan.environment.edge
        if edge is None:
            raise ValueError("a tunnel needs the settings' `edge`")
        self._name, self._plan, self._edge = name, args.plan, edge
        tunnel = cloudflare.ZeroTrustTunnelCloudflared(
            name,
            account_id=edge.account_id,
            name=f"ai-platform-{args.plan.name}",
            config_src="cloudflare",
            opts=ResourceOptions(parent=self),
        )
        self.id = tunnel.id
        token = cloudflare.get_zero_trust_tunnel_cloudflared_token_output(
            account_id=edge.account_id, tunnel_id=tunnel.id, opts=pulumi.InvokeOptions(parent=self)
        ).token
        # The engine returns results of functions in plain: this one opens the way into the network. Whoever has it
        # goes before the tunnel does, and its connections with it.
        self.token = pulumi.Output.all(pulumi.Output.secret(token), self._disconnected_at_the_end(args)).apply(first)

    def _disconnected_at_the_end(self, args: TunnelArgs) -> pulumi.Output[str]:
        """Cloudflare deletes no tunnel that is connected, and the provider does not disconnect it."""
        spec = {
            "account_id": self._edge.account_id,
            "tunnel_id": self.id,
            "token": args.api_token,
            "base_url": args.base_url or "",
        }
        end = command.local.Command(
            f"{self._name}-disconnect",
            delete="scripts/tunnel-disconnect",
            stdin=pulumi.Output.json_dumps(spec),
            add_previous_output_in_env=False,
            opts=ResourceOptions(parent=self),
        )
        return end.id

    def route(
        self, logins: Mapping[str, cloudflare.ZeroTrustAccessApplication], after: Sequence[pulumi.Resource]
    ) -> pulumi.Resource:
        """One rule per route in the order of the settings; the catch-all comes last, as Cloudflare demands.

        `after`: what names lead to from then on.
        Where the team is known, connectors themselves refuse a request to a name of `logins` that did not pass it.
        """
        rules = [self._rule(route, logins.get(route.hostname)) for route in self._plan.environment.outside]
        last = cloudflare.ZeroTrustTunnelCloudflaredConfigConfigIngressArgs(service=NOT_FOUND)
        routing = cloudflare.ZeroTrustTunnelCloudflaredConfig(
            f"{self._name}-routing",
            account_id=self._edge.account_id,
            tunnel_id=self.id,
            config=cloudflare.ZeroTrustTunnelCloudflaredConfigConfigArgs(ingresses=[*rules, last]),
            # A name that loses its login (it becomes public, or it goes) leads on only as the rules then say.
            opts=ResourceOptions(parent=self, depends_on=[*logins.values(), *after]),
        )
        self.register_outputs({"id": self.id})
        return routing

    def _rule(
        self, route: Route, login: cloudflare.ZeroTrustAccessApplication | None
    ) -> cloudflare.ZeroTrustTunnelCloudflaredConfigConfigIngressArgs:
        request = None
        if login and self._edge.team:
            access = cloudflare.ZeroTrustTunnelCloudflaredConfigConfigIngressOriginRequestAccessArgs(
                required=True, team_name=self._edge.team, aud_tags=[login.aud]
            )
            request = cloudflare.ZeroTrustTunnelCloudflaredConfigConfigIngressOriginRequestArgs(access=access)
        return cloudflare.ZeroTrustTunnelCloudflaredConfigConfigIngressArgs(
            hostname=route.hostname, service=origin(self._plan, route), origin_request=request
        )


def first(values: list[str]) -> str:
    """A value that is known once the others are."""
    return values[0]
