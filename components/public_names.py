"""Public names: for each route a login, and only then a DNS record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_cloudflare as cloudflare
from pulumi import ResourceOptions

from planning.plan import Plan
from settings.route import Edge, Route


@dataclass(frozen=True, kw_only=True)
class PublicNamesArgs:
    """`after` holds what must serve before a name may lead to it: the tunnel's connector."""

    plan: Plan
    tunnel_id: pulumi.Input[str]
    after: Sequence[pulumi.Resource]


class PublicNames(pulumi.ComponentResource):
    """Access applications, policies and proxied records. Fail-closed: a record is made after its login.

    Every name gets a login for named people; planning/runnable.py refuses routes that ask for anything else.
    """

    def __init__(self, name: str, args: PublicNamesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ai-platform:index:PublicNames", name, None, opts)
        edge = args.plan.environment.edge
        if edge is None:
            raise ValueError("public names need the settings' `edge`")
        for route in args.plan.environment.routes:
            login = self._login(f"{name}-{route.hostname}", edge, route)
            cloudflare.DnsRecord(
                f"{name}-{route.hostname}-record",
                zone_id=edge.zone_id,
                name=route.hostname,
                type="CNAME",
                content=pulumi.Output.concat(args.tunnel_id, ".cfargotunnel.com"),
                proxied=True,
                ttl=1,  # the only value that Cloudflare takes for a proxied record
                opts=ResourceOptions(parent=self, depends_on=[login, *args.after]),
            )
        self.register_outputs({})

    def _login(self, name: str, edge: Edge, route: Route) -> cloudflare.ZeroTrustAccessApplication:
        policy = cloudflare.ZeroTrustAccessPolicy(
            f"{name}-policy",
            account_id=edge.account_id,
            name=f"people of {route.hostname}",
            decision="allow",
            includes=_people(edge),
            session_duration="24h",
            opts=ResourceOptions(parent=self),
        )
        return cloudflare.ZeroTrustAccessApplication(
            f"{name}-login",
            account_id=edge.account_id,
            name=route.hostname,
            domain=route.hostname,
            type="self_hosted",
            session_duration="24h",
            policies=[cloudflare.ZeroTrustAccessApplicationPolicyArgs(id=policy.id, precedence=1)],
            opts=ResourceOptions(parent=self),
        )


def _people(edge: Edge) -> list[cloudflare.ZeroTrustAccessPolicyIncludeArgs]:
    people = [
        cloudflare.ZeroTrustAccessPolicyIncludeArgs(
            email=cloudflare.ZeroTrustAccessPolicyIncludeEmailArgs(email=address)
        )
        for address in edge.emails
    ]
    if edge.email_domain:
        domain = cloudflare.ZeroTrustAccessPolicyIncludeEmailDomainArgs(domain=edge.email_domain)
        people.append(cloudflare.ZeroTrustAccessPolicyIncludeArgs(email_domain=domain))
    return people
